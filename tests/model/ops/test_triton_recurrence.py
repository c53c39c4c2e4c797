"""Triton's recurrence, by its interpreter, against single steps and torch's kernels."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from naive_recurrence import assert_same, naive_recurrence, random_inputs, run

from hanrock_sk.model.layout.packing import Packing
from hanrock_sk.model.ops import eager_recurrence

triton_recurrence = pytest.importorskip(
    "hanrock_sk.model.ops.triton_recurrence", reason="Triton is not installed"
)
pytestmark = pytest.mark.usefixtures("triton_kernels")
MASKED = pytest.mark.parametrize("masked", [False, True], ids=["no mask", "mask"])


@pytest.mark.parametrize("lengths", [[1], [1, 1, 1], [4, 2, 2, 1]], ids=str)
@MASKED
def test_agrees_with_single_steps(lengths, masked):
    gates, weight, bias_new, mask = random_inputs(lengths, masked)
    states = run(gates, weight, bias_new, mask, Packing.of(np.array(lengths)))
    expected = naive_recurrence(gates, weight, bias_new, mask, lengths)
    assert_same(states, expected, (gates, weight, bias_new))


# A program has 16 sequences, up to 64 units and 32 terms.
LARGE = pytest.mark.parametrize(
    ("hidden", "dtype"), [(70, torch.float32), (35, torch.float64), (1, torch.float32)]
)


def large_inputs(hidden, dtype, diagonal):
    """More sequences than a program has, more units than a block."""
    generator = torch.Generator().manual_seed(0)
    lengths = -np.sort(-np.random.default_rng(0).integers(1, 4, size=17))
    packing = Packing.of(lengths)

    def draw(*shape):
        return torch.randn(*shape, generator=generator, dtype=dtype)

    size = (3 * hidden,) if diagonal else (hidden, 3 * hidden)
    rows = packing.offsets[-1]
    gates, grad = draw(rows, 2, 3 * hidden), draw(rows, 2, hidden)
    weight, bias_new = draw(2, *size) / hidden**0.5, draw(2, hidden)
    return gates, grad, weight, bias_new, packing


def assert_close(ours, theirs, dtype):
    tolerance = {torch.float64: 1e-12, torch.float32: 1e-5}[dtype]
    for our, their in zip(ours, theirs, strict=True):
        scale = their.abs().max().item()
        torch.testing.assert_close(our, their, rtol=0, atol=tolerance * scale)


@LARGE
@pytest.mark.parametrize("diagonal", [False, True])
@MASKED
def test_agrees_with_torch_in_blocks(hidden, dtype, diagonal, masked):
    gates, grad, weight, bias_new, packing = large_inputs(hidden, dtype, diagonal)
    mask = torch.rand(17, 2, hidden, dtype=dtype).round() * 2 if masked else None
    results = []
    for kernels in (triton_recurrence, eager_recurrence):
        own = gates.clone()
        states, inner = kernels.run(own, weight, bias_new, mask, packing)
        grads = kernels.run_back(
            grad, own, inner, states, weight, mask, packing, may_overwrite=False
        )
        results.append((states, inner, own, *grads))
    assert_close(*results, dtype)


@LARGE
@pytest.mark.parametrize("diagonal", [False, True])
def test_rows_of_a_table(hidden, dtype, diagonal):
    gates, _, weight, bias_new, packing = large_inputs(hidden, dtype, diagonal)
    table = gates[:20].reshape(40, 3 * hidden)
    before = table.clone()
    index = torch.from_numpy(np.random.default_rng(1).integers(40, size=2 * len(gates)))
    states, expected = (
        kernels.run_rows(table, index, weight, bias_new, packing)
        for kernels in (triton_recurrence, eager_recurrence)
    )
    assert_close([states], [expected], dtype)
    assert torch.equal(table, before)


def test_two_runs_are_equal_to_the_last_bit():
    gates, grad, weight, bias_new, packing = large_inputs(20, torch.float32, False)
    results = []
    for _ in range(2):
        own = gates.clone()
        states, inner = triton_recurrence.run(own, weight, bias_new, None, packing)
        grads = triton_recurrence.run_back(
            grad, own, inner, states, weight, None, packing
        )
        results.append((states, *grads))
    assert all(torch.equal(*pair) for pair in zip(*results, strict=True))


def test_not_a_number_stays_in_its_sequence():
    gates, _, weight, bias_new, packing = large_inputs(20, torch.float32, False)
    gates[3] = torch.nan  # the first step of sequence 3
    states, _ = triton_recurrence.run(gates, weight, bias_new, None, packing)
    touched = states.isnan().flatten(1).any(1)
    assert packing.sequence[touched].unique().tolist() == [3]
