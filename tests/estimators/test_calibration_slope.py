"""The calibration slope: what held-out values tell of it."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.estimators.calibration_slope import (
    LEAST,
    USUAL,
    USUAL_SPREAD,
    slope_of,
)


def drawn(slope, n, noise=1.0, seed=0):
    """Predictions, and values that lie about `slope` times as far from 0."""
    generator = np.random.default_rng(seed)
    predicted = generator.normal(size=n)
    return predicted, slope * predicted + noise * generator.normal(size=n)


@pytest.mark.parametrize("slope", [0.2, 0.65, 1.3])
def test_many_labels_tell_it(slope):
    assert slope_of(*drawn(slope, 100_000)) == pytest.approx(slope, abs=0.02)


def test_few_labels_leave_the_usual_one():
    assert slope_of(*drawn(2.0, 3, noise=5)) == pytest.approx(USUAL, abs=0.1)


@pytest.mark.parametrize("value", [-50.0, 0.0, 50.0])
def test_one_label_hardly_moves_it(value):
    assert abs(slope_of(np.array([1.0]), np.array([value])) - USUAL) <= USUAL_SPREAD


def test_no_other_is_more_likely():
    predicted, values = drawn(0.3, 40, noise=2)
    variance = np.mean((values - USUAL * predicted) ** 2)

    def unlikely(slope):
        errors = ((values - slope * predicted) ** 2).sum() / variance
        return errors + ((slope - USUAL) / USUAL_SPREAD) ** 2

    best = slope_of(predicted, values)
    assert unlikely(best) <= min(map(unlikely, np.linspace(0, 2, 2000))) + 1e-9


def test_a_weight_of_two_is_a_label_said_twice():
    predicted, values = drawn(0.4, 40)
    weights = np.arange(40) % 3
    expected = slope_of(np.repeat(predicted, weights), np.repeat(values, weights))
    assert slope_of(predicted, values, weights) == pytest.approx(expected)


def test_the_order_is_kept_where_predictions_mislead():
    assert slope_of(*drawn(-1.0, 10_000)) == LEAST


@pytest.mark.parametrize("n", [0, 5])
def test_predictions_that_are_all_the_centre_tell_nothing(n):
    assert slope_of(np.zeros(n), np.arange(float(n))) == USUAL


def test_what_is_exact_is_told_whatever_the_unit():
    predicted = np.linspace(-1, 1, 11)
    assert slope_of(predicted, USUAL * predicted) == pytest.approx(USUAL)
    for unit in (1e-3, 1e3):
        assert slope_of(unit * predicted, unit * 0.4 * predicted) == pytest.approx(
            slope_of(predicted, 0.4 * predicted)
        )
