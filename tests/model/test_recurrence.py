"""The batched recurrence against one GRU step after the other."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from naive_recurrence import assert_same, naive_recurrence, random_inputs, run

from hanrock_sk.model.layout.packing import Packing
from hanrock_sk.model.recurrence import recurrence_of_rows

pytestmark = pytest.mark.usefixtures("steps")

RAGGED = [[1], [1, 1, 1], [4], [4, 2, 2, 1], [5, 5, 1]]
MASKED = pytest.mark.parametrize("masked", [False, True], ids=["no mask", "mask"])


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
