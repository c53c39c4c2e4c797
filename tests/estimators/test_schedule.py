"""How long training takes, its learning rate, and averaged weights."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn
from torch.optim.lr_scheduler import OneCycleLR

from hanrock_sk.estimators.schedule import (
    WeightAverage,
    batch_size_for,
    epochs_for,
    one_cycle,
    training_steps,
)


@pytest.mark.parametrize(
    ("n_labels", "steps"),
    [
        (1, 500),
        (1976, 500),  # 200 * 9.88 ** 0.4 = 499.99
        (2000, 502),  # 200 * 10 ** 0.4 = 502.4
        (6400, 800),  # 32 times the labels, 32 ** 0.4 = 4 times the steps
        (30_000, 1484),
        (31_000, 1500),
        (10**7, 1500),
    ],
)
def test_steps_by_hand(n_labels, steps):
    assert training_steps(n_labels) == steps


@pytest.mark.parametrize(
    ("n_labels", "batch_size", "epochs"),
    # 500 steps of 7 an epoch; 800 of 200; 500 of one; 500 of one, smaller than a batch
    [(200, 32, 72), (6400, 32, 4), (10, 10, 500), (3, 32, 500)],
)
def test_epochs_by_hand(n_labels, batch_size, epochs):
    assert epochs_for(n_labels, batch_size) == epochs


@pytest.mark.parametrize("total", [5, 14, 300])
def test_one_cycle_is_that_of_torch(total):
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule = OneCycleLR(
        optimizer, 1.0, total_steps=total + 1, pct_start=0.2, cycle_momentum=False
    )
    for step in range(total):
        assert one_cycle(step, total) == pytest.approx(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()


@pytest.mark.parametrize("total", range(1, 10))
def test_a_cycle_of_few_steps(total):
    factors = [one_cycle(step, total) for step in range(total + 2)]
    assert all(0 < factor <= 1 for factor in factors)
    highest = factors.index(max(factors))
    assert factors[highest:] == sorted(factors[highest:], reverse=True)
    assert factors[total] == factors[total + 1] < 1e-5


@pytest.mark.parametrize("decay", [0.5, 0.99])
def test_average_against_a_loop(decay):
    torch.manual_seed(0)
    module = nn.Linear(3, 2).double()
    module.bias.requires_grad_(False)
    average = WeightAverage(module.parameters(), decay)
    expected = module.weight.detach().clone()
    for step in range(1, 40):
        with torch.no_grad():
            module.weight.add_(torch.randn(2, 3, dtype=torch.float64))
        average.update()
        share = min(decay, step / (9 + step))
        expected = share * expected + (1 - share) * module.weight.detach()
    trained, bias = module.weight.detach().clone(), module.bias.clone()
    average.use(True)
    torch.testing.assert_close(module.weight.detach(), expected)
    assert torch.equal(module.bias, bias)
    average.use(True)  # it has it already
    torch.testing.assert_close(module.weight.detach(), expected)
    average.use(False)
    assert torch.equal(module.weight, trained)


def test_the_first_weights_are_soon_forgotten():
    weight = nn.Parameter(torch.full((1,), 1e6, dtype=torch.float64))
    average = WeightAverage([weight], 0.999)
    with torch.no_grad():
        weight.fill_(1.0)
    for _ in range(100):
        average.update()
    average.use(True)
    # The product of step / (9 + step) over a hundred steps.
    left = math.factorial(100) * math.factorial(9) / math.factorial(109)
    assert weight.item() == pytest.approx(1 + left * (1e6 - 1), rel=1e-9)


def test_batches_grow_with_many_labels():
    assert [batch_size_for(n) for n in (1, 3999, 4000, 10**6)] == [32, 32, 64, 64]
