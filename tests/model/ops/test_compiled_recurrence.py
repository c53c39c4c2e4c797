"""Compiled steps in single precision, at the sizes where threads and vectors matter.

In double precision `tests/model/test_recurrence.py` compares them with single steps.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from hanrock_sk.model.layout.packing import Packing
from hanrock_sk.model.ops import compiled_recurrence
from hanrock_sk.model.recurrence import recurrence

pytestmark = pytest.mark.usefixtures("each_library")


def gates_of(x):
    """The gates of a first step whose inputs are x, and nothing else."""
    width = len(x)
    gates = x.repeat(3).reshape(1, 1, 3 * width)
    zeros = torch.zeros(1, width, dtype=x.dtype)
    weight = torch.zeros(1, 3 * width, dtype=x.dtype)
    packing = Packing.of(np.array([1]))
    compiled_recurrence.run(gates, weight, zeros, None, packing)
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


class Case:
    """Sequences, parameters, and what comes back from the states."""

    def __init__(self, n_sequences, groups, hidden, diagonal=False, masked=False):
        generator = torch.Generator().manual_seed(0)
        lengths = np.random.default_rng(0).integers(1, 31, size=n_sequences)
        self.packing = Packing.of(np.sort(lengths)[::-1])

        def draw(*shape):
            return torch.randn(*shape, generator=generator)

        size = (3 * hidden,) if diagonal else (hidden, 3 * hidden)
        self.given = [
            draw(int(lengths.sum()), groups, 3 * hidden),
            draw(groups, *size) / hidden**0.5,
            draw(groups, hidden),
        ]
        self.mask = None
        if masked:
            self.mask = (draw(n_sequences, groups, hidden) > 0).float() * 2
        self.factor = draw(int(lengths.sum()), groups, hidden)

    def states_and_gradients(self, dtype=torch.float32):
        """The states, and the gradients of gates, weight and bias."""
        own = [tensor.to(dtype).requires_grad_() for tensor in self.given]
        gates, *others = own
        mask = None if self.mask is None else self.mask.to(dtype)
        states = recurrence(gates.clone(), *others, mask, self.packing)
        loss = (states * self.factor.to(dtype)).sum()
        return states, *torch.autograd.grad(loss, own)


# Products have tiles of up to six rows and 64 columns, and blocks of 64 rows.
@pytest.mark.parametrize("sizes", [(90, 3, 37), (150, 2, 5), (7, 4, 130), (1, 2, 2)])
@pytest.mark.parametrize("diagonal", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_single_precision(sizes, diagonal, masked):
    case = Case(*sizes, diagonal, masked)
    for found, expected in zip(
        case.states_and_gradients(),
        case.states_and_gradients(torch.float64),
        strict=True,
    ):
        scale = expected.abs().max().item()
        torch.testing.assert_close(found.double(), expected, rtol=0, atol=2e-6 * scale)


@pytest.fixture
def threads():
    """Set the number of threads, and afterwards what it was."""
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


@pytest.mark.parametrize("diagonal", [False, True])
def test_any_number_of_threads(diagonal, threads):
    """Sequences are shared out among them; each state is the same to the last bit."""
    case = Case(90, 4, 37, diagonal, masked=True)
    threads(1)
    expected, expected_gates, *_ = case.states_and_gradients()
    for number in (2, 3, 8, 64):
        threads(number)
        states, of_gates, *_ = case.states_and_gradients()
        assert torch.equal(states, expected)
        assert torch.equal(of_gates, expected_gates)
