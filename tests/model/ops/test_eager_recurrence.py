"""The recurrence of torch's operations: blocks of any size, two hyperbolic tangents."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from naive_recurrence import naive_recurrence, random_inputs, run

from hanrock_sk.model.layout.packing import Packing
from hanrock_sk.model.ops import eager_recurrence
from hanrock_sk.model.ops.kernel_table import only

MASKED = pytest.mark.parametrize("masked", [False, True], ids=["no mask", "mask"])


@pytest.fixture(autouse=True)
def eager():
    with only("eager"):
        yield


@MASKED
@pytest.mark.parametrize("elements", [1, 12, 25, 10**6])
def test_gradients_are_the_same_in_blocks_of_any_size(monkeypatch, masked, elements):
    lengths = [6, 4, 4, 1]
    gates, weight, bias_new, mask = random_inputs(lengths, masked)
    packing = Packing.of(np.array(lengths))
    given = (gates, weight, bias_new)
    monkeypatch.setattr(eager_recurrence, "CACHE_ELEMENTS", elements)
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
    monkeypatch.setattr(eager_recurrence, "FAST_TANH", False)
    monkeypatch.setattr(eager_recurrence, "FEW_ELEMENTS", few)
    found = run(*given, mask, Packing.of(np.array(lengths)))
    expected = naive_recurrence(*given, mask, lengths)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("few", [0, 10**6])
def test_the_hyperbolic_tangent_far_from_zero(monkeypatch, few):
    monkeypatch.setattr(eager_recurrence, "FAST_TANH", False)
    monkeypatch.setattr(eager_recurrence, "FEW_ELEMENTS", few)
    x = torch.tensor([-1e30, -200.0, -0.5, -1e-20, 0.0, 1e-6, 3.0, 200.0, 1e30])
    expected = x.double().tanh().float()
    found = eager_recurrence._tanh_(x.clone())
    torch.testing.assert_close(found, expected, rtol=0, atol=1.2e-7)
