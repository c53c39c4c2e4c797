"""The training loop: optimisers, the best epoch, patience, what is not finite."""

from __future__ import annotations

import math
import warnings
from contextlib import suppress
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch
from sklearn.exceptions import ConvergenceWarning
from skorch.callbacks import Callback
from tiny_estimators import (
    global_generators,
    tiny_classifier,
    words_that_tell_most,
)
from torch import nn
from toy_nets import EMBEDDING, SIZES, toy_data, toy_net

from hanrock_sk.estimators import training
from hanrock_sk.estimators.running_losses import NonFiniteLoss
from hanrock_sk.estimators.training import EpochEnd, StopTraining, describe_epoch, train
from hanrock_sk.model.layout.batches import make_batch
from hanrock_sk.model.losses import MultiTaskLoss
from hanrock_sk.model.networks import make_network

NAN = math.nan


class Epochs:
    """Stands for scikit-learn's callbacks; asks to stop after so many epochs."""

    def __init__(self, stop_after=None):
        self.stop_after, self.begun, self.ended = stop_after, 0, 0

    def begin_epoch(self):
        self.begun += 1

    def end_epoch(self):
        self.ended += 1
        return self.ended == self.stop_after


def end_of_epochs(stop_after=None, patience=None, verbose=0):
    return EpochEnd([], Epochs(stop_after), patience, 0.5, verbose)


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


def test_same_seed_same_weights_whatever_ran_before():
    data = toy_data()
    sizes = replace(SIZES, gru_dropout=0.3, recurrent_dropout=0.3)

    def trained(seed):
        net = toy_net(
            sizes=sizes,
            batch_size=4,
            iterator_train__generator=np.random.default_rng(1),
        )
        train(net, data, None, end_of_epochs(), seed)
        return net.module_.primary_head.weight.detach()

    first = trained(5)
    torch.rand(7)
    assert torch.equal(trained(5), first)
    assert not torch.equal(trained(6), first)


def test_global_generators_are_left_alone():
    before = global_generators()
    train(toy_net(), toy_data(), toy_data(1), end_of_epochs(), seed=5)
    assert global_generators() == before


def tiny_is_zero():
    return (torch.tensor([1e-40]) * 1).item() == 0


@pytest.mark.parametrize("before", [False, True])
def test_tiny_numbers_are_zero_while_it_trains(before):
    from skorch.callbacks import Callback

    class Looks(Callback):
        def on_batch_end(self, net, **kwargs):
            seen.append(tiny_is_zero())

    seen = []
    if not torch.set_flush_denormal(before):
        pytest.skip("this processor has no such mode")
    try:
        net = toy_net(callbacks=[("looks", Looks())])
        train(net, toy_data(), None, end_of_epochs(), seed=5)
        assert seen == [True] * 3
        assert tiny_is_zero() == before
    finally:
        torch.set_flush_denormal(False)


def test_no_optimizer_is_left():
    net = toy_net()
    train(net, toy_data(), None, end_of_epochs(), seed=5)
    assert net.optimizer_ is None
    assert net.criterion_ is None
    assert net.train_split is None
    assert not net.module_.training


def test_callbacks_of_the_user_stay_in_their_list():
    from skorch.callbacks import Callback

    class Counts(Callback):
        batches = 0

        def on_batch_end(self, net, training, **kwargs):
            self.batches += training

    counts = Counts()
    given = [("counts", counts)]
    net = toy_net(callbacks=given, batch_size=4)
    train(net, toy_data(), None, end_of_epochs(), seed=5)
    assert counts.batches == 9
    assert given == [("counts", counts)]


class ScriptedNet:
    """A net whose losses are known beforehand; its weight is the epoch's number."""

    def __init__(self, valid_losses):
        self.valid_losses, self.epoch = valid_losses, 0
        self.module_ = nn.Linear(1, 1, bias=False)
        self.lr, self.n_steps, self.average_ = 1.0, 1, None
        self.wants_to_stop = False

    def decay_lr(self, factor):
        self.lr *= factor

    def start_epoch(self):
        self.epoch += 1
        with torch.no_grad():
            self.module_.weight.fill_(self.epoch)

    @property
    def record_(self):
        record = {"epoch": self.epoch, "loss": 1.0, "train_loss": {"primary": 1.0}}
        loss = self.valid_losses[self.epoch - 1]
        if loss is not None:
            # Other tasks' losses have no say in which epoch is the best.
            losses = {"primary": loss, "action__au05": -self.epoch}
            record |= {"valid_loss": losses, "valid_score": 0.5}
        return record


def play(valid_losses, constant_loss=math.inf, **params):
    """Run a script to its end; the number of epochs, and the `EpochEnd`."""
    net, end = ScriptedNet(valid_losses), end_of_epochs(**params)
    end.constant_loss = constant_loss
    with suppress(StopTraining):
        for _ in valid_losses:
            end.on_epoch_begin(net)
            end.on_epoch_end(net)
    return net.epoch, end


@pytest.mark.parametrize(
    ("valid_losses", "patience", "n_epochs", "best"),
    [
        ([3, 2, 2.5, 2.6, 1], 2, 4, 2),
        ([3, 2, 2.5, 1, 2, 0], 2, 6, 6),
        ([3, 2, 2, 2, 1], 2, 4, 2),  # as good is not better
        ([3, 2, 2.5, 2.6, 1], None, 5, 5),
        ([1, 2, 3], 1, 2, 1),
        ([1, 2, 3], 5, 3, 1),
    ],
)
def test_patience_and_the_best_epoch(valid_losses, patience, n_epochs, best):
    found, end = play(valid_losses, patience=patience)
    assert found == n_epochs
    assert end.best_epoch == best
    assert end.best_state["weight"].item() == best
    assert [record["epoch"] for record in end.history_] == list(range(1, found + 1))
    assert all(record["seconds"] >= 0 for record in end.history_)


def test_without_validation_the_last_epoch_is_the_best():
    n_epochs, end = play([None, None, None], patience=None)
    assert (n_epochs, end.best_epoch, end.best_state) == (3, 3, None)


def test_a_callback_may_stop_training():
    n_epochs, end = play([3, 2, 1], stop_after=2)
    assert (n_epochs, end.best_epoch) == (2, 2)
    assert (end.epoch_tasks.begun, end.epoch_tasks.ended) == (2, 2)


@pytest.mark.parametrize("bad", [NAN, math.inf])
def test_a_validation_loss_that_is_not_finite_is_no_epoch(bad):
    with pytest.raises(NonFiniteLoss, match="the validation loss of primary"):
        play([bad])
    net, end = ScriptedNet([1.0, bad]), end_of_epochs()
    end.on_epoch_begin(net)
    end.on_epoch_end(net)
    end.on_epoch_begin(net)
    with pytest.raises(NonFiniteLoss):
        end.on_epoch_end(net)
    assert end.best_state["weight"].item() == 1
    assert len(end.history_) == 1


@pytest.mark.parametrize("loss", [None, 1.0])
def test_a_last_step_that_spoils_the_weights_is_seen(loss):
    net, end = ScriptedNet([loss]), end_of_epochs()
    end.on_epoch_begin(net)
    with torch.no_grad():
        net.module_.weight.fill_(NAN)
    with pytest.raises(NonFiniteLoss, match="the parameter weight"):
        end.on_epoch_end(net)


def test_verbose_prints_a_line_per_epoch(capsys):
    play([3, 2], verbose=1)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [["epoch", "1"], ["epoch", "2"]]
    play([3, 2], verbose=0)
    assert capsys.readouterr().out == ""


def test_an_epoch_in_one_line():
    record = {"epoch": 3, "loss": 1.25, "train_loss": {"primary": 0.5}, "seconds": 2.04}
    assert describe_epoch(record) == "epoch   3  loss 1.2500  primary 0.5000  2.0 s"
    record |= {"valid_loss": {"primary": 0.75}, "valid_score": 0.9}
    assert describe_epoch(record) == (
        "epoch   3  loss 1.2500  primary 0.5000  validation 0.7500  score 0.9000  2.0 s"
    )


def test_the_best_weights_are_kept():
    data, valid = toy_data(), toy_data(1)
    end = end_of_epochs()
    net = toy_net(lr=3.0, max_epochs=6)
    train(net, data, valid, end, seed=5)
    losses = [record["valid_loss"]["primary"] for record in end.history_]
    best = int(np.argmin(losses))
    assert best < 5, "the last epoch should not be the best here"
    assert end.best_epoch == best + 1
    batch = make_batch(valid.table, valid.targets, 2)
    with torch.no_grad():
        predictions = net.module_(batch)
    _, found, _ = MultiTaskLoss()(predictions, valid.of(batch.targets))
    assert found[0].item() == pytest.approx(losses[best], rel=1e-5)


def spoil(net, epoch):
    """Make the loss infinite from an epoch on."""
    get_loss = net.get_loss

    def spoiled(*args, training=False, **kwargs):
        if training and len(net.history) >= epoch:
            with torch.no_grad():
                net.module_.auxiliary_heads.value_bias.fill_(math.inf)
            args = (net.infer(kwargs["X"]), *args[1:])
        return get_loss(*args, training=training, **kwargs)

    net.get_loss = spoiled
    return net


def test_a_loss_that_is_not_finite_in_the_first_epoch():
    with pytest.raises(
        FloatingPointError, match=r"epoch 1: the loss of action__au05 .* \(lr=0.1\)"
    ):
        train(spoil(toy_net(), 1), toy_data(), toy_data(1), end_of_epochs(), seed=5)


def test_a_loss_that_is_not_finite_later_keeps_the_best_weights():
    expected = toy_net(max_epochs=2)
    train(expected, toy_data(), toy_data(1), end_of_epochs(), seed=5)
    net, end = spoil(toy_net(max_epochs=5), 3), end_of_epochs()
    with pytest.warns(ConvergenceWarning, match=r"epoch 3: .* epoch \d are kept"):
        train(net, toy_data(), toy_data(1), end, seed=5)
    assert len(end.history_) == 2
    for name, weight in expected.module_.state_dict().items():
        assert torch.equal(net.module_.state_dict()[name], weight)


def test_without_validation_no_weights_are_known_to_be_good():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(FloatingPointError, match="epoch 2"):
            train(spoil(toy_net(), 2), toy_data(), None, end_of_epochs(), seed=5)


def test_an_interrupt_is_not_swallowed():
    class Interrupting(Epochs):
        def end_epoch(self):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(
            toy_net(),
            toy_data(),
            None,
            EpochEnd([], Interrupting(), None, 1.0, 0),
            seed=5,
        )


@pytest.mark.parametrize(
    ("n_steps", "halvings"),
    [
        (200, [0, 0, 1, 2, 2, 3, 4, 5]),
        (199, [0, 0, 0, 1, 1, 1, 2, 3]),
        (67, [0, 0, 0, 0, 0, 0, 0, 1]),
        (66, [0, 0, 0, 0, 0, 0, 0, 0]),
    ],
)
def test_learning_rate_decays_if_the_best_epoch_is_200_steps_ago(n_steps, halvings):
    losses = [5, 4.5, 6, 4.5, 4, 5, 4, 5]  # as good is not better
    assert learning_rates(losses, 10, n_steps) == halvings


def learning_rates(valid_losses, constant_loss, n_steps):
    """How often the learning rate was halved until the end of each epoch."""
    net, end = ScriptedNet(valid_losses), end_of_epochs()
    net.n_steps, end.constant_loss = n_steps, constant_loss
    found = []
    for _ in valid_losses:
        end.on_epoch_begin(net)
        end.on_epoch_end(net)
        found.append(-math.log2(net.lr))
    return found


def test_nothing_decays_before_the_network_beats_a_constant():
    assert learning_rates([5, 6, 7, 4.9, 6, 6], 5, 500) == [0, 0, 0, 0, 1, 2]


def test_patience_begins_when_the_network_beats_a_constant():
    losses = [5, 6, 7, 8, 4.9, 6, 6, 6]
    assert play(losses, patience=2)[0] == 3
    assert play(losses, patience=2, constant_loss=5)[0] == 7
    assert play(losses, patience=2, constant_loss=4)[0] == 8


@pytest.mark.parametrize("decay", [0.5, 1.0])
def test_learning_rate_of_a_fit(decay, monkeypatch):
    """Fifty talkturns are trained on, one at a time; sixty tell how it goes."""
    monkeypatch.setattr(training, "STEPS_WITHOUT_GAIN", 100)
    columns, y = words_that_tell_most(110)
    X, y = pl.DataFrame(columns), np.array(y)
    params = {"lr": 0.02, "max_epochs": 18, "patience": None, "batch_size": 1}
    model = tiny_classifier(lr_decay=decay, **params)
    model.fit(X[:50], y[:50], X_val=X[50:], y_val=y[50:])
    share = y[50:].mean()
    constant = -share * math.log(share) - (1 - share) * math.log(1 - share)
    best, steps, expected = np.inf, 0, 0.02
    for record in model.history_:
        assert record["lr"] == pytest.approx(expected)
        loss = record["valid_loss"]["primary"]
        steps = 0 if loss < best else steps + 50
        best = min(best, loss)
        if steps >= 100 and best < constant:
            expected *= decay
    assert (expected < 0.02) == (decay < 1)


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


def test_averaged_weights_are_kept_and_what_was_trained_goes_on():
    """Three epochs of one batch: the average of a loop of one's own."""
    data = toy_data()
    net = toy_net(average=0.9, total_steps=3, callbacks=[("look", Look())])
    train(net, data, None, end_of_epochs(), seed=5)
    weights = Look.last
    expected = None
    for step, weight in enumerate(weights):
        share = 0.0 if step == 0 else min(0.9, step / (9 + step))
        expected = (
            weight if expected is None else expected * share + weight * (1 - share)
        )
    found = net.module_.primary_head.weight.detach()
    torch.testing.assert_close(found, expected)
    assert not torch.equal(found, weights[-1])


class Look(Callback):
    """Notes the primary head's weights: at first, and after every step."""

    last = ()

    def on_train_begin(self, net, **kwargs):
        self.weights = [net.module_.primary_head.weight.detach().clone()]
        Look.last = self.weights

    def on_batch_end(self, net, training, **kwargs):
        if training:
            self.weights.append(net.module_.primary_head.weight.detach().clone())


@pytest.mark.parametrize("architecture", ["rock", "flat"])
def test_the_history_says_how_much_of_each_tasks_gradient_passed(architecture):
    table = pl.DataFrame(
        {
            "text": ["yes", "no", "yes yes", "no no"] * 6,
            "conversation": np.repeat([0, 1, 2], 8),
            "aux__action__au05": [0.2, 0.8, 0.3, None] * 6,
            "aux__history__1": ["a", "b", "a", "b"] * 6,
        }
    )
    y = ["a", "b", "a", None] * 6
    model = tiny_classifier(
        architecture=architecture, task_weighting="cosine", batch_size=4, max_epochs=3
    ).fit(table, y)
    for record in model.history_:
        assert list(record["passed"]) == ["action__au05", "history__1"]
        assert all(0 <= share <= 1 for share in record["passed"].values())
    assert model.net_.module_.weighting is None
    fixed = tiny_classifier(architecture=architecture, batch_size=4, max_epochs=3).fit(
        table, y
    )
    assert all("passed" not in record for record in fixed.history_)
    alone = tiny_classifier(task_weighting="cosine", max_epochs=1).fit(table["text"], y)
    assert alone.history_[0]["passed"] == {}
