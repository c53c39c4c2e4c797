"""Triton's attention, by its interpreter, against the equations."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from naive_attention import naive_attend, random_inputs

from hanrock_sk.model.attention import attend
from hanrock_sk.model.layout.packing import Packing
from hanrock_sk.model.ops import eager_attention

triton_attention = pytest.importorskip(
    "hanrock_sk.model.ops.triton_attention", reason="Triton is not installed"
)
pytestmark = pytest.mark.usefixtures("triton_kernels")


@pytest.mark.parametrize("lengths", [[1], [4, 2, 2, 1]], ids=str)
@pytest.mark.parametrize(("hidden", "units"), [(1, 4), (5, 3)])
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


# A program that compares has 2048 / 256 rows, blocks 256 units, and lengths are counted
# by 32 steps.
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_agrees_with_torch_in_blocks(dtype):
    generator = torch.Generator().manual_seed(0)
    packing, groups, hidden, units = Packing.of(np.array([35, 2, 1])), 2, 3, 300

    def draw(*shape):
        return torch.randn(*shape, generator=generator, dtype=dtype)

    given = [
        draw(packing.offsets[-1], 2, groups, hidden),
        draw(2, groups, hidden, units),
        draw(groups, units),
        draw(groups, units) / units**0.5,
    ]
    grad = draw(3, groups, units)
    results = []
    for kernels in (triton_attention, eager_attention):
        pooled, alpha, kept = kernels.run(*given, packing, keeps=True)
        grads = kernels.run_back(grad, *given, alpha, kept, packing)
        results.append((pooled, alpha, *grads))
    tolerance = {torch.float64: 1e-12, torch.float32: 1e-5}[dtype]
    for ours, theirs in zip(*results, strict=True):
        scale = theirs.abs().max().item()
        torch.testing.assert_close(ours, theirs, rtol=0, atol=tolerance * scale)


def test_nothing_is_kept_where_no_gradient_is_wanted():
    given = [each.detach() for each in random_inputs([3, 2], hidden=2, units=4)]
    packing = Packing.of(np.array([3, 2]))
    assert triton_attention.run(*given, packing, keeps=False)[2] is None


def test_very_large_scores_stay_finite():
    """One step takes it all."""
    states, weight, bias, query = (
        each.detach().float() for each in random_inputs([4, 2, 1], 3, 4)
    )
    packing = Packing.of(np.array([4, 2, 1]))
    pooled, alpha, _ = triton_attention.run(
        states * 1e8, weight, bias, query * 1e8, packing, keeps=True
    )
    assert torch.isfinite(pooled).all()
    assert set(alpha.flatten().tolist()) == {0.0, 1.0}


def test_not_a_number_stays_in_its_sequence():
    states, weight, bias, query = (
        each.detach() for each in random_inputs([4, 2, 1], 3, 4)
    )
    packing = Packing.of(np.array([4, 2, 1]))
    states[1, 0] = torch.nan  # the first step of sequence 1
    pooled, _, _ = triton_attention.run(
        states, weight, bias, query, packing, keeps=False
    )
    assert pooled.isnan().flatten(1).all(1).tolist() == [False, True, False]
    assert not pooled[[0, 2]].isnan().any()
