"""Attention pooling against its three equations, sequence by sequence."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from hanrock_sk.model import attention as attention_module
from hanrock_sk.model.attention import Attention, attend
from hanrock_sk.model.packing import Packing

pytestmark = pytest.mark.usefixtures("steps")

RAGGED = [[1], [1, 1, 1], [4], [4, 2, 2, 1], [5, 5, 1]]
# Without a gradient, states that are narrow beside u are read twice.
WIDTHS = pytest.mark.parametrize(
    ("hidden", "units"),
    [(1, 4), (2, 4), (3, 3), (5, 2)],
    ids=["narrow", "equal", "wider", "wide"],
)


def rows_of(lengths):
    return [(s, t) for t in range(max(lengths)) for s, n in enumerate(lengths) if n > t]


def naive_attend(states, weight, bias, query, lengths):
    """u = relu(W h + b); alpha = softmax(u . u_w); s = sum alpha u."""
    rows = rows_of(lengths)
    groups, units = query.shape
    pooled = [[None] * groups for _ in lengths]
    alphas = states.new_zeros(len(rows), groups)
    for g in range(groups):
        for s, length in enumerate(lengths):
            u = []
            for t in range(length):
                # The backward reading has this talkturn's word t at its own step.
                forward = states[rows.index((s, t)), 0, g]
                backward = states[rows.index((s, length - 1 - t)), 1, g]
                h = torch.cat([forward, backward])
                both = torch.cat([weight[0, g], weight[1, g]])
                u.append(torch.relu(h @ both + bias[g]))
            scores = torch.stack([one @ query[g] for one in u])
            alpha = torch.exp(scores - scores.max())
            alpha = alpha / alpha.sum()
            pooled[s][g] = sum(a * one for a, one in zip(alpha, u, strict=True))
            for t in range(length):
                alphas[rows.index((s, t)), g] = alpha[t].detach()
    return torch.stack([torch.stack(one) for one in pooled]), alphas


def random_inputs(lengths, hidden, units, groups=2):
    generator = torch.Generator().manual_seed(7)

    def draw(*shape):
        drawn = torch.randn(*shape, generator=generator, dtype=torch.float64)
        return drawn.requires_grad_()

    return (
        draw(sum(lengths), 2, groups, hidden),
        draw(2, groups, hidden, units),
        draw(groups, units),
        draw(groups, units),
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


@pytest.mark.parametrize("elements", [1, 17, 60, 10**6])
@WIDTHS
def test_gradients_are_the_same_in_pieces_of_any_size(
    monkeypatch, hidden, units, elements
):
    """Step by step, or so many rows at a time."""
    monkeypatch.setattr(attention_module, "CACHE_ELEMENTS", elements)
    lengths = [5, 5, 2, 1]
    given = random_inputs(lengths, hidden, units)
    pooled, _ = attend(*given, Packing.of(np.array(lengths)))
    expected, _ = naive_attend(*given, lengths)
    for ours, theirs in zip(
        torch.autograd.grad(pooled.square().sum(), given),
        torch.autograd.grad(expected.square().sum(), given),
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


def test_nothing_is_kept_where_no_gradient_is_wanted(monkeypatch):
    """Also if the parameters would like one: narrow states are read in two passes."""
    calls = []

    def counted(*given):
        calls.append(len(given))
        return two_passes(*given)

    two_passes = attention_module._attend_in_two_passes
    monkeypatch.setattr(attention_module, "_attend_in_two_passes", counted)
    monkeypatch.setattr(attention_module, "serves", lambda *_: False)
    states, *parameters = random_inputs([3, 2], hidden=1, units=4)
    packing = Packing.of(np.array([3, 2]))
    attend(states.detach(), *parameters, packing)
    assert calls == []
    with torch.inference_mode():
        attend(states.detach(), *parameters, packing)
    assert len(calls) == 1


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
    attention = Attention(groups=3, hidden=40, units=30)
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
