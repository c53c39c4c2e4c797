"""Attention pooling against its three equations, sequence by sequence."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from naive_attention import naive_attend, random_inputs

from hanrock_sk.model.attention import AttentionPooling, attend
from hanrock_sk.model.layout.packing import Packing

pytestmark = pytest.mark.usefixtures("steps")

RAGGED = [[1], [1, 1, 1], [4], [4, 2, 2, 1], [5, 5, 1]]
# Without a gradient, states that are narrow beside u are read twice.
WIDTHS = pytest.mark.parametrize(
    ("hidden", "units"),
    [(1, 4), (2, 4), (3, 3), (5, 2)],
    ids=["narrow", "equal", "wider", "wide"],
)


@pytest.mark.parametrize("lengths", RAGGED, ids=str)
@WIDTHS
def test_agrees_with_the_equations(lengths, hidden, units):
    given = random_inputs(lengths, hidden, units)
    pooled, alpha = attend(*given, Packing.of(np.array(lengths)))
    expected, expected_alpha = naive_attend(*given, lengths)
    torch.testing.assert_close(pooled, expected, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(alpha, expected_alpha, rtol=1e-12, atol=1e-12)
    factor = torch.randn_like(expected)
    for ours, theirs in zip(
        torch.autograd.grad((pooled * factor).sum(), given),
        torch.autograd.grad((expected * factor).sum(), given),
        strict=True,
    ):
        torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("lengths", RAGGED, ids=str)
@WIDTHS
def test_without_gradients_it_is_the_same(lengths, hidden, units):
    states, *parameters = random_inputs(lengths, hidden, units)
    given = [states.detach(), *parameters]
    with torch.inference_mode():
        found = attend(*given, Packing.of(np.array(lengths)))
    for ours, theirs in zip(found, naive_attend(*given, lengths), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("lengths", RAGGED, ids=str)
@WIDTHS
def test_gradcheck(lengths, hidden, units):
    packing = Packing.of(np.array(lengths))
    given = random_inputs(lengths, hidden, units)
    assert torch.autograd.gradcheck(lambda *t: attend(*t, packing)[0], given)


@WIDTHS
def test_weights_sum_to_one_over_each_sequence(hidden, units):
    lengths = [6, 3, 1, 1]
    packing = Packing.of(np.array(lengths))
    _, alpha = attend(*random_inputs(lengths, hidden, units), packing)
    total = torch.zeros(len(lengths), 2, dtype=alpha.dtype)
    total.index_add_(0, packing.sequence, alpha)
    torch.testing.assert_close(total, torch.ones_like(total))
    assert (alpha >= 0).all()
    assert not alpha.requires_grad


@WIDTHS
def test_very_large_scores_stay_finite(hidden, units):
    lengths = [4, 2, 1]
    packing = Packing.of(np.array(lengths))
    states, weight, bias, query = (
        t.detach().float() for t in random_inputs(lengths, hidden, units)
    )
    given = [t.requires_grad_() for t in (states * 1e8, weight, bias, query * 1e8)]
    pooled, alpha = attend(*given, packing)
    grads = torch.autograd.grad((pooled / 1e8).sum(), given)
    assert all(torch.isfinite(t).all() for t in (pooled, alpha, *grads))
    # Scores are so far apart that one step takes it all.
    _, expected = naive_attend(*(t.double() for t in given), lengths)
    torch.testing.assert_close(alpha, expected.float())
    assert (expected == 0).any()


@WIDTHS
def test_going_back_twice_gives_the_same_and_touches_no_input(hidden, units):
    lengths = [4, 2, 1]
    given = random_inputs(lengths, hidden, units)
    before = [t.detach().clone() for t in given]
    pooled, _ = attend(*given, Packing.of(np.array(lengths)))
    total = pooled.square().sum()
    first = torch.autograd.grad(total, given, retain_graph=True)
    second = torch.autograd.grad(total, given)
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    assert all(torch.equal(a, b) for a, b in zip(given, before, strict=True))


def test_attention_module_holds_the_parameters():
    torch.manual_seed(0)
    attention = AttentionPooling(groups=3, hidden=40, units=30)
    shapes = {name: tuple(p.shape) for name, p in attention.named_parameters()}
    assert shapes == {"weight": (2, 3, 40, 30), "bias": (3, 30), "query": (3, 30)}
    bound = math.sqrt(6 / (80 + 30))
    for group in range(3):
        largest = attention.weight[:, group].abs().max().item()
        assert 0.9 * bound < largest <= bound
        assert 0.5 < attention.query[group].std().item() * math.sqrt(30) < 1.5
    assert (attention.bias == 0).all()
    packing = Packing.of(np.array([3, 2]))
    states = torch.randn(5, 2, 3, 40)
    for found, expected in zip(
        attention(states, packing),
        attend(states, attention.weight, attention.bias, attention.query, packing),
        strict=True,
    ):
        assert torch.equal(found, expected)
