"""Optimisers: their steps, penalties and learning rates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from toy_nets import EMBEDDING, SIZES, end_of_epochs, toy_data, toy_net

from hanrock_sk.estimators.training import train
from hanrock_sk.model.layout.batches import make_batch
from hanrock_sk.model.losses import MultiTaskLoss
from hanrock_sk.model.networks import make_network


def optimizer_of(name, module, l2):
    if name == "sgd":
        return torch.optim.SGD(module.parameters(), lr=0.1, momentum=0.9)
    if name == "adam":
        return torch.optim.Adam(module.parameters(), lr=0.1)
    matrices = [p for n, p in module.named_parameters() if "weight" in n]
    others = [p for n, p in module.named_parameters() if "weight" not in n]
    groups = [
        {"params": matrices, "weight_decay": l2},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=0.1)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
@pytest.mark.parametrize("l2", [0.0, 0.03])
def test_steps_of_each_optimizer(optimizer, l2):
    """Three epochs of one batch, against a loop of one's own."""
    data = toy_data()
    net = toy_net(optimizer, l2)
    train(net, data, None, end_of_epochs(), seed=5)

    with torch.random.fork_rng():
        torch.manual_seed(5)
        twin = make_network("rock", EMBEDDING, SIZES)
    with torch.no_grad():
        twin.auxiliary_heads.value_bias.fill_(float(np.median(data.values)))
    optim = optimizer_of(optimizer, twin, l2)
    batch = make_batch(data.table, data.targets, 2)
    for _ in range(3):
        optim.zero_grad()
        loss, _, _ = MultiTaskLoss()(twin(batch), data.of(batch.targets))
        if optimizer != "adamw":
            squares = [
                (p**2).sum() for n, p in twin.named_parameters() if "weight" in n
            ]
            loss = loss + l2 * sum(squares)
        loss.backward()
        optim.step()
    for name, expected in twin.state_dict().items():
        found = net.module_.state_dict()[name]
        torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-4, msg=name)


def test_l2_is_decoupled_in_adamw_alone():
    data = toy_data()
    start = make_network("rock", EMBEDDING, SIZES).state_dict()
    moved = {}
    for optimizer in ("adam", "adamw"):
        nets = [toy_net(optimizer, l2, max_epochs=1) for l2 in (0.0, 0.5)]
        for net in nets:
            train(net, data, None, end_of_epochs(), seed=5)
        free, decayed = (net.module_.state_dict() for net in nets)
        moved[optimizer] = {name: decayed[name] - free[name] for name in start}
    with torch.random.fork_rng():
        torch.manual_seed(5)
        start = make_network("rock", EMBEDDING, SIZES).state_dict()
    for name, difference in moved["adamw"].items():
        expected = -0.1 * 0.5 * start[name] if "weight" in name else 0 * start[name]
        torch.testing.assert_close(difference, expected, rtol=1e-3, atol=1e-5)
    # Coupled, the penalty passes through Adam, whose first step is lr times a sign.
    head = moved["adam"]["primary_head.weight"]
    assert ((head.abs() < 1e-4) | ((head.abs() - 0.2).abs() < 1e-2)).all()


def learning_rates_of(optimizer):
    sizes = replace(SIZES, direct=True, bag=2)
    net = toy_net(optimizer, 0.03, sizes, lr=0.01).initialize()
    names = {id(p): name for name, p in net.module_.named_parameters()}
    return net, {
        names[id(p)]: (group["lr"], group.get("weight_decay", 0))
        for group in net.optimizer_.param_groups
        for p in group["params"]
    }


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_bags_learn_faster_and_the_direct_way_has_its_own_penalty(optimizer):
    net, rates = learning_rates_of(optimizer)
    assert len(rates) == len(list(net.module_.parameters()))
    faster = 1 if optimizer == "sgd" else 10
    assert rates.pop("direct.bag") == (pytest.approx(0.01 * faster), 0)
    assert rates["direct.dense"] == (0.01, 0)
    for name, (lr, decay) in rates.items():
        assert lr == 0.01
        decayed = optimizer == "adamw" and "weight" in name.split(".")[-1]
        assert decay == (0.03 if decayed else 0), name


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
@pytest.mark.parametrize("direct", [False, True])
def test_the_record_has_the_learning_rate_of_the_network(optimizer, direct):
    sizes = replace(SIZES, direct=direct, bag=2)
    net = toy_net(optimizer, sizes=sizes, lr=0.01, max_epochs=1)
    end = end_of_epochs()
    train(net, toy_data(), None, end, seed=5)
    assert end.history_[0]["lr"] == 0.01
