"""Attention of torch's operations: pieces of any size, and what is not kept."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from naive_attention import naive_attend, random_inputs

from hanrock_sk.model.attention import attend
from hanrock_sk.model.layout.packing import Packing
from hanrock_sk.model.ops import eager_attention
from hanrock_sk.model.ops.kernel_table import only

WIDTHS = pytest.mark.parametrize(
    ("hidden", "units"),
    [(1, 4), (2, 4), (3, 3), (5, 2)],
    ids=["narrow", "equal", "wider", "wide"],
)


@pytest.fixture(autouse=True)
def eager():
    with only("eager"):
        yield


@pytest.mark.parametrize("elements", [1, 17, 60, 10**6])
@WIDTHS
def test_gradients_are_the_same_in_pieces_of_any_size(
    monkeypatch, hidden, units, elements
):
    """Step by step, or so many rows at a time."""
    monkeypatch.setattr(eager_attention, "CACHE_ELEMENTS", elements)
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


def test_nothing_is_kept_where_no_gradient_is_wanted(monkeypatch):
    """Also if the parameters would like one: narrow states are read in two passes."""
    calls = []

    def counted(*given):
        calls.append(len(given))
        return two_passes(*given)

    two_passes = eager_attention._attend_in_two_passes
    monkeypatch.setattr(eager_attention, "_attend_in_two_passes", counted)
    states, *parameters = random_inputs([3, 2], hidden=1, units=4)
    packing = Packing.of(np.array([3, 2]))
    attend(states.detach(), *parameters, packing)
    assert calls == []
    with torch.inference_mode():
        attend(states.detach(), *parameters, packing)
    assert len(calls) == 1
