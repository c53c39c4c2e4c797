"""Taking rows by index, and the gradient that goes back, against autograd's own."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from hanrock_sk.model.layout.gather import Gather, both_directions, stable_order, take

# Some sources are taken often, some never: the first, one within, the last.
INDEX = np.array([3, 1, 1, 5, 3, 1, 4])
N_SOURCES = 7


def random_table(width, n_sources=N_SOURCES):
    generator = torch.Generator().manual_seed(0)
    table = torch.randn(n_sources, width, generator=generator, dtype=torch.float64)
    return table.requires_grad_()


@pytest.mark.parametrize("width", [1, 3, 64, 70])
def test_takes_rows_and_sends_gradients_back(width):
    table = random_table(width)
    factor = torch.randn(len(INDEX), width, dtype=torch.float64)
    found = take(table, Gather.of(INDEX, N_SOURCES))
    expected = table[torch.from_numpy(INDEX)]
    torch.testing.assert_close(found, expected, rtol=0, atol=0)
    (of_take,) = torch.autograd.grad((found * factor).sum(), table)
    (of_autograd,) = torch.autograd.grad((expected * factor).sum(), table)
    torch.testing.assert_close(of_take, of_autograd, rtol=1e-12, atol=1e-12)
    assert (of_take[[0, 2, 6]] == 0).all()


def test_gradcheck():
    gather = Gather.of(INDEX, N_SOURCES)
    assert torch.autograd.gradcheck(lambda t: take(t, gather), random_table(3))


def test_a_gradient_that_does_not_lie_row_by_row():
    table = random_table(3)
    found = take(table, Gather.of(INDEX, N_SOURCES))
    gradient = torch.randn(3, len(INDEX), dtype=torch.float64).t()
    (of_take,) = torch.autograd.grad(found, table, gradient)
    expected = torch.zeros(N_SOURCES, 3, dtype=torch.float64)
    for row, source in enumerate(INDEX):
        expected[source] += gradient[row]
    torch.testing.assert_close(of_take, expected)


def test_a_single_source():
    table = random_table(3, n_sources=1)
    found = take(table, Gather.of(np.zeros(4, dtype=int), 1))
    found.sum().backward()
    assert found.shape == (4, 3)
    assert (table.grad == 4).all()


def test_moves_every_tensor():
    moved = Gather.of(INDEX, N_SOURCES).to("meta")
    assert {t.device.type for t in (moved.index, moved.order, moved.offsets)} == {
        "meta"
    }


@pytest.mark.parametrize("make", [np.array, torch.tensor], ids=["numpy", "torch"])
def test_both_directions_of_a_table(make):
    table = torch.arange(3 * 2 * 2).view(3, 2, 2)  # (sources, directions, width)
    forward, backward = [0, 2, 2, 1], [1, 1, 0, 2]
    index = both_directions(make(forward), make(backward))
    found = table.view(6, 2)[torch.as_tensor(index)].view(4, 2, 2)
    for row in range(4):
        assert found[row, 0].tolist() == table[forward[row], 0].tolist()
        assert found[row, 1].tolist() == table[backward[row], 1].tolist()


@pytest.mark.parametrize("most", [1, 9, 2**16 - 1, 2**16, 2**20])
def test_order_of_whole_numbers_of_any_size(most):
    numbers = np.random.default_rng(0).integers(most + 1, size=500)
    numbers[::7] = most  # ties, which keep their order
    expected = sorted(range(len(numbers)), key=lambda at: numbers[at])
    assert stable_order(numbers).tolist() == expected
    assert len(stable_order(numbers[:0])) == 0
