"""The batched recurrence against one GRU step after the other."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from hanrock_sk.model import recurrence as recurrence_module
from hanrock_sk.model.packing import Packing
from hanrock_sk.model.recurrence import recurrence, recurrence_of_rows

pytestmark = pytest.mark.usefixtures("steps")

RAGGED = [[1], [1, 1, 1], [4], [4, 2, 2, 1], [5, 5, 1]]
MASKED = pytest.mark.parametrize("masked", [False, True], ids=["no mask", "mask"])


def naive_recurrence(gates, weight, bias_new, mask, lengths):
    """h_t = GRU(x_t, h_{t-1}), for one group, sequence and step at a time."""
    hidden = weight.shape[1]
    rows = [(s, t) for t in range(max(lengths)) for s, n in enumerate(lengths) if n > t]
    states = []
    for group in range(len(weight)):
        known = {}
        for row, (s, t) in enumerate(rows):
            before = known[s, t - 1] if t else gates.new_zeros(hidden)
            kept = before if mask is None else before * mask[s, group]
            g_r, g_z, g_n = gates[row, group].split(hidden)
            a_r, a_z, a_n = (kept @ weight[group]).split(hidden)
            r, z = torch.sigmoid(g_r + a_r), torch.sigmoid(g_z + a_z)
            c = torch.tanh(g_n + r * (a_n + bias_new[group]))
            known[s, t] = (1 - z) * c + z * before
        states.append(torch.stack([known[where] for where in rows]))
    return torch.stack(states, dim=1)


def run(gates, *others):
    """`recurrence` overwrites the gates it is given."""
    return recurrence(gates.clone(), *others)


def random_inputs(lengths, masked, *, groups=2, hidden=3, dtype=torch.float64):
    generator = torch.Generator().manual_seed(len(lengths))

    def draw(*shape):
        drawn = torch.randn(*shape, generator=generator, dtype=dtype)
        return drawn.requires_grad_()

    mask = None
    if masked:
        kept = torch.rand(len(lengths), groups, hidden, generator=generator) < 0.6
        mask = kept.to(dtype) / 0.6
    return (
        draw(sum(lengths), groups, 3 * hidden),
        draw(groups, hidden, 3 * hidden),
        draw(groups, hidden),
        mask,
    )


def assert_same(found, expected, given):
    """Compare states, and their gradients with respect to what was given."""
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)
    factor = torch.randn_like(expected)
    for ours, theirs in zip(
        torch.autograd.grad((found * factor).sum(), given),
        torch.autograd.grad((expected * factor).sum(), given),
        strict=True,
    ):
        torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("lengths", RAGGED, ids=str)
@MASKED
def test_agrees_with_single_steps(lengths, masked):
    gates, weight, bias_new, mask = random_inputs(lengths, masked)
    packing = Packing.of(np.array(lengths))
    found = run(gates, weight, bias_new, mask, packing)
    expected = naive_recurrence(gates, weight, bias_new, mask, lengths)
    assert_same(found, expected, (gates, weight, bias_new))


@pytest.mark.parametrize("lengths", RAGGED, ids=str)
@MASKED
def test_units_that_do_not_read_each_other(lengths, masked):
    """A diagonal is the matrix that is zero but for it."""
    gates, matrix, bias_new, mask = random_inputs(lengths, masked)
    packing = Packing.of(np.array(lengths))
    diagonals = [gate.diagonal(dim1=1, dim2=2) for gate in matrix.split(3, dim=2)]
    weight = torch.cat(diagonals, dim=1).detach().requires_grad_()
    alone = torch.cat([torch.diag_embed(gate) for gate in weight.split(3, dim=1)], 2)
    found = run(gates, weight, bias_new, mask, packing)
    expected = naive_recurrence(gates, alone, bias_new, mask, lengths)
    assert_same(found, expected, (gates, weight, bias_new))


@pytest.mark.parametrize("lengths", RAGGED, ids=str)
@MASKED
def test_gradcheck(lengths, masked):
    gates, weight, bias_new, mask = random_inputs(lengths, masked, hidden=2)
    packing = Packing.of(np.array(lengths))
    assert torch.autograd.gradcheck(
        lambda *given: run(*given, mask, packing), (gates, weight, bias_new)
    )


@MASKED
def test_gradient_of_some_inputs_alone(masked):
    lengths = [3, 2]
    packing = Packing.of(np.array(lengths))
    gates, weight, bias_new, mask = random_inputs(lengths, masked)
    given = (gates, weight, bias_new)
    expected = torch.autograd.grad(run(*given, mask, packing).square().sum(), given)
    for wanted in range(3):
        alone = [t if i == wanted else t.detach() for i, t in enumerate(given)]
        (found,) = torch.autograd.grad(
            run(*alone, mask, packing).square().sum(), alone[wanted]
        )
        torch.testing.assert_close(found, expected[wanted])


@MASKED
def test_going_back_twice_gives_the_same_and_touches_no_input(masked):
    lengths = [4, 2, 1]
    gates, weight, bias_new, mask = random_inputs(lengths, masked)
    given = (gates, weight, bias_new)
    before = [t.detach().clone() for t in given]
    states = run(*given, mask, Packing.of(np.array(lengths)))
    first_states, total = states.detach().clone(), states.square().sum()
    first = torch.autograd.grad(total, given, retain_graph=True)
    second = torch.autograd.grad(total, given)
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    assert all(torch.equal(a, b) for a, b in zip(given, before, strict=True))
    assert torch.equal(states, first_states)


@MASKED
def test_without_gradients_the_states_are_the_same(masked):
    lengths = [4, 2, 1]
    given = random_inputs(lengths, masked)
    packing = Packing.of(np.array(lengths))
    expected = run(*given, packing)
    with torch.inference_mode():
        found = run(*given, packing)
    assert torch.equal(found, expected)
    assert not found.requires_grad


@MASKED
@pytest.mark.parametrize("elements", [1, 12, 25, 10**6])
def test_gradients_are_the_same_in_blocks_of_any_size(monkeypatch, masked, elements):
    lengths = [6, 4, 4, 1]
    gates, weight, bias_new, mask = random_inputs(lengths, masked)
    packing = Packing.of(np.array(lengths))
    given = (gates, weight, bias_new)
    monkeypatch.setattr(recurrence_module, "CACHE_ELEMENTS", elements)
    for ours, theirs in zip(
        torch.autograd.grad(run(*given, mask, packing).square().sum(), given),
        torch.autograd.grad(
            naive_recurrence(*given, mask, lengths).square().sum(), given
        ),
        strict=True,
    ):
        torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10)


@MASKED
@pytest.mark.parametrize("few", [0, 10**6])
def test_both_ways_to_take_the_hyperbolic_tangent(monkeypatch, masked, few):
    lengths = [5, 3, 3, 1]
    *given, mask = random_inputs(lengths, masked)
    monkeypatch.setattr(recurrence_module, "FAST_TANH", False)
    monkeypatch.setattr(recurrence_module, "FEW_ELEMENTS", few)
    found = run(*given, mask, Packing.of(np.array(lengths)))
    expected = naive_recurrence(*given, mask, lengths)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("few", [0, 10**6])
def test_the_hyperbolic_tangent_far_from_zero(monkeypatch, few):
    monkeypatch.setattr(recurrence_module, "FAST_TANH", False)
    monkeypatch.setattr(recurrence_module, "FEW_ELEMENTS", few)
    x = torch.tensor([-1e30, -200.0, -0.5, -1e-20, 0.0, 1e-6, 3.0, 200.0, 1e30])
    expected = x.double().tanh().float()
    found = recurrence_module._tanh_(x.clone())
    torch.testing.assert_close(found, expected, rtol=0, atol=1.2e-7)


@pytest.mark.parametrize("lengths", RAGGED, ids=str)
def test_rows_of_a_table(lengths):
    """Four groups: two encoders in two directions, which read rows of their own."""
    _, weight, bias_new, _ = random_inputs(lengths, masked=False, groups=4)
    n_rows, n_sources = sum(lengths), 3
    generator = np.random.default_rng(0)
    table = torch.randn(n_sources, 2, 2, 9, dtype=torch.float64)
    sources = torch.from_numpy(generator.integers(n_sources, size=(n_rows, 2)))
    index = (2 * sources + torch.tensor([0, 1])).flatten()
    packing = Packing.of(np.array(lengths))
    with torch.inference_mode():
        found = recurrence_of_rows(
            table.view(2 * n_sources, -1), index, weight, bias_new, packing
        )
    gates = torch.stack([table[sources[:, 0], 0], table[sources[:, 1], 1]], dim=1)
    expected = naive_recurrence(gates.flatten(1, 2), weight, bias_new, None, lengths)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)


def test_groups_do_not_touch_each_other():
    lengths = [3, 2, 2]
    gates, weight, bias_new, mask = random_inputs(lengths, masked=True, groups=3)
    packing = Packing.of(np.array(lengths))
    together = run(gates, weight, bias_new, mask, packing)
    for g in range(3):
        alone = run(
            gates[:, g : g + 1],
            weight[g : g + 1],
            bias_new[g : g + 1],
            mask[:, g : g + 1],
            packing,
        )
        torch.testing.assert_close(together[:, g], alone[:, 0], rtol=1e-12, atol=1e-12)


def test_saturated_gates_stay_finite():
    lengths = [3, 2]
    gates, weight, bias_new, _ = random_inputs(lengths, False, dtype=torch.float32)
    huge = (gates.detach() * 1e30).requires_grad_()
    states = run(huge, weight, bias_new, None, Packing.of(np.array(lengths)))
    grads = torch.autograd.grad(states.sum(), (huge, weight, bias_new))
    assert all(torch.isfinite(t).all() for t in (states, *grads))
    assert states.abs().max() <= 1
