"""Compiled steps in single precision, at the sizes where threads and vectors matter.

In double precision `tests/model/test_recurrence.py` compares them with single steps.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from hanrock_sk.model.native import recurrence as native
from hanrock_sk.model.packing import Packing
from hanrock_sk.model.recurrence import recurrence

pytestmark = pytest.mark.usefixtures("each_library")


def gates_of(x):
    """The gates of a first step whose inputs are x, and nothing else."""
    width = len(x)
    gates = x.repeat(3).reshape(1, 1, 3 * width)
    zeros = torch.zeros(1, width, dtype=x.dtype)
    native.run(
        gates, None, torch.zeros(1, 3 * width, dtype=x.dtype), zeros, None,
        torch.empty(1, 1, width, dtype=x.dtype), Packing.of(np.array([1])),
    )  # fmt: skip
    return gates[0, 0].view(3, width)


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float32, 1.2e-7), (torch.float64, 5e-16)]
)
def test_the_gates_functions_are_exact_to_the_last_bits(dtype, tolerance):
    x = torch.cat([torch.linspace(-30, 30, 20_001), 10 ** torch.linspace(-30, 30, 61)])
    x = torch.cat([x, -x, torch.tensor([0.0, torch.inf, -torch.inf])]).to(dtype)
    reset, update, candidate = gates_of(x)
    expected = x.double().sigmoid()
    torch.testing.assert_close(reset.double(), expected, rtol=0, atol=tolerance)
    assert torch.equal(reset, update)
    torch.testing.assert_close(
        candidate.double(), x.double().tanh(), rtol=0, atol=2 * tolerance
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_not_a_number_stays_so(dtype):
    """And touches no neighbour."""
    x = torch.zeros(19, dtype=dtype)
    x[7] = torch.nan
    assert gates_of(x).isnan().sum(0).tolist() == [0] * 7 + [3] + [0] * 11


@pytest.mark.parametrize("diagonal", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_single_precision(diagonal, masked):
    generator = torch.Generator().manual_seed(0)
    lengths = np.sort(np.random.default_rng(0).integers(1, 31, size=90))[::-1]
    packing, groups, hidden = Packing.of(lengths), 3, 37

    def draw(*shape):
        return torch.randn(*shape, generator=generator)

    weight = draw(groups, 3 * hidden) if diagonal else draw(groups, hidden, 3 * hidden)
    given = [
        draw(int(lengths.sum()), groups, 3 * hidden),
        weight / hidden**0.5,
        draw(groups, hidden),
    ]
    mask = (draw(90, groups, hidden) > 0).float() * 2 if masked else None
    factor = draw(int(lengths.sum()), groups, hidden)

    def states_and_gradients(dtype):
        own = [tensor.to(dtype).requires_grad_() for tensor in given]
        gates, *others = own
        states = recurrence(
            gates.clone(), *others, None if mask is None else mask.to(dtype), packing
        )
        return states, *torch.autograd.grad((states * factor.to(dtype)).sum(), own)

    for found, expected in zip(
        states_and_gradients(torch.float32),
        states_and_gradients(torch.float64),
        strict=True,
    ):
        scale = expected.abs().max().item()
        torch.testing.assert_close(found.double(), expected, rtol=0, atol=2e-6 * scale)
