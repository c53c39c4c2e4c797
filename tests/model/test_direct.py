"""The direct way against a loop over targets, talkturns and features."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from hanrock_sk.model.direct import BAG_ALONE_C, BAG_C, DENSE_C, DirectWay
from hanrock_sk.model.layout.bags import BagRows
from hanrock_sk.model.layout.batches import ContextualRows, TokenTable, make_batch
from hanrock_sk.model.losses import MultiTaskLoss, Targets
from hanrock_sk.model.networks import make_network
from hanrock_sk.model.records import Sizes

LENGTHS = np.array([2, 1, 4, 3, 1, 2])
TOLD = np.array([0, 0, 2, 1, 0, 1])
FIRST = np.array([0, 0, 0, 0, 4, 4])
OFFSETS = np.concatenate([[0], np.cumsum(LENGTHS)])
WIDTH, SIZE = 5, 7
GENERATOR = np.random.default_rng(0)
VECTORS = GENERATOR.normal(size=(OFFSETS[-1], WIDTH))
BAGS = [{0: 0.5, 3: 0.2}, {}, {1: 1.0}, {3: 0.3, 4: 0.4, 6: 0.1}, {2: 0.9}, {0: 0.6}]
TARGETS = np.array([3, 0, 5, 2])


def bag_rows():
    lengths = [len(bag) for bag in BAGS]
    return BagRows(
        np.array([feature for bag in BAGS for feature in bag]),
        np.concatenate([[0], np.cumsum(lengths)]),
        np.array([weight for bag in BAGS for weight in bag.values()]),
        SIZE,
        0.25,
    )


def table(encoder=True, bags=True):
    ids = (np.arange(OFFSETS[-1]) % 9).astype(np.uint8)
    contextual = ContextualRows(VECTORS, OFFSETS[:-1], TOLD) if encoder else None
    return TokenTable(
        ids, OFFSETS, FIRST, contextual=contextual, bags=bag_rows() if bags else None
    )


def direct_way(outputs=3, units=4, contextual=WIDTH, bag=SIZE):
    torch.manual_seed(0)
    direct = DirectWay(outputs, units, contextual, bag, dropout=0.5).double().eval()
    with torch.no_grad():
        for tensor in [*direct.parameters(), direct.centre]:
            tensor.copy_(torch.randn(tensor.shape))
    return direct


def naive(direct, s_of, target, encoder=True, bags=True):
    """One target, from the definition."""
    own, dense, bag = (
        p.detach().numpy() for p in (direct.own_weight, direct.dense, direct.bag)
    )
    found = s_of[target].numpy() @ own
    if encoder:
        said = VECTORS[OFFSETS[target] + TOLD[target] : OFFSETS[target + 1]]
        x = np.mean(said.astype(np.float32), axis=0) - direct.centre.numpy()
        found = found + x / np.sqrt((x**2).sum()) * np.sqrt(WIDTH) @ dense
    if bags:
        for feature, weight in BAGS[target].items():
            found = found + weight * bag[feature]
        for before in (target - 1, target - 2):
            if before >= FIRST[target]:
                for feature, weight in BAGS[before].items():
                    found = found + 0.25 * weight * bag[SIZE + feature]
    return found


@pytest.mark.parametrize("content_size", [1, 3])
@pytest.mark.parametrize("encoder", [False, True])
@pytest.mark.parametrize("bags", [False, True])
def test_predictions(encoder, bags, content_size):
    direct = direct_way(contextual=WIDTH if encoder else 0, bag=SIZE if bags else 0)
    batch = make_batch(table(encoder, bags), TARGETS, content_size)
    s_of = torch.randn(6, 4, dtype=torch.float64)
    found = direct(s_of[batch.talkturn_positions], batch).detach().numpy()
    expected = [naive(direct, s_of, target, encoder, bags) for target in batch.targets]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_without_a_single_feature():
    """A vocabulary of which no word was said twice leaves an empty bag."""
    direct = direct_way(contextual=0, bag=0)
    empty = BagRows(np.empty(0, np.int64), np.zeros(7, np.int64), np.empty(0), 0, 0.5)
    batch = make_batch(replace(table(encoder=False), bags=empty), TARGETS, 1)
    s = torch.randn(batch.n_talkturns, 4, dtype=torch.float64)
    expected = s[batch.own] @ direct.own_weight
    assert torch.equal(direct(s, batch), expected)


def test_features_are_dropped_in_training_alone():
    direct = direct_way()
    batch = make_batch(table(), TARGETS, 1)
    s = torch.zeros(batch.n_talkturns, 4, dtype=torch.float64)
    assert torch.equal(direct(s, batch), direct(s, batch))
    direct.train()
    draws = torch.stack([direct(s, batch) for _ in range(2000)])
    assert draws.std(0).min() > 0.1
    expected = direct.eval()(s, batch)
    # Five standard errors of the mean of 2,000 draws.
    assert ((draws.mean(0) - expected).abs() < 5 * draws.std(0) / 2000**0.5).all()


@pytest.mark.parametrize(
    ("contextual", "bag_c"), [(WIDTH, BAG_C), (0, BAG_ALONE_C)], ids=["beside", "alone"]
)
def test_penalty_is_the_gradient_of_squares(contextual, bag_c):
    """That of a regression on vectors of length 1: ||w||^2 / (2 C n)."""
    n_labels = 40
    direct = direct_way(contextual=contextual)
    batch = make_batch(table(encoder=contextual > 0), TARGETS, 1)
    s = torch.randn(batch.n_talkturns, 4, dtype=torch.float64)
    direct(s, batch).square().sum().backward()
    direct.add_penalty(n_labels)
    learnt = {name: p for name, p in direct.named_parameters() if len(p)}
    found = {name: p.grad.clone() for name, p in learnt.items()}
    direct.zero_grad()
    of_unit_vectors = direct.dense * WIDTH**0.5
    penalty = (of_unit_vectors**2).sum() / (2 * DENSE_C * n_labels)
    penalty = penalty + (direct.bag**2).sum() / (2 * bag_c * n_labels)
    (direct(s, batch).square().sum() + penalty).backward()
    for name, parameter in learnt.items():
        torch.testing.assert_close(found[name], parameter.grad, msg=name)


def test_what_has_no_gradient_has_no_penalty():
    direct = direct_way()
    direct.add_penalty(1)
    assert all(parameter.grad is None for parameter in direct.parameters())


def test_auxiliary_losses_do_not_reach_it():
    sizes = Sizes(
        3, (0, 3), word_gru=3, pri_gru=3, aux_gru=1, attention_units=4,
        contextual=WIDTH, direct=True, bag=SIZE,
    )  # fmt: skip
    torch.manual_seed(0)
    network = make_network("rock", torch.randn(9, 5), sizes)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    whole = table()
    whole = replace(
        whole,
        contextual=replace(whole.contextual, vectors=VECTORS.astype(np.float32)),
    )
    batch = make_batch(whole, np.arange(6), 3)

    def gradients(primary):
        network.zero_grad()
        targets = Targets(
            torch.full((6,), primary),
            torch.zeros(1, 6),
            torch.zeros(1, 6, dtype=torch.int64),
            torch.ones(3, 6),
        )
        MultiTaskLoss()(network(batch), targets)[0].backward()
        return {name: p.grad for name, p in network.named_parameters()}

    without, with_primary = gradients(-1), gradients(1)
    names = [name for name in without if name.startswith("direct.")]
    assert len(names) == 3
    for name in names:
        assert without[name] is None or not without[name].any(), name
        assert with_primary[name].any(), name
    assert without["auxiliary_heads.value_weight"].any()
