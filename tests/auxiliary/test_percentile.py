"""Percentile ranks, against SciPy and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import percentileofscore

from hanrock_sk.auxiliary.percentile import percentile_rank


def test_ties_are_averaged():
    # Four of eight halves: below 2 stand 1 value, up to 2 stand 3, of 4 in all.
    training = np.array([1.0, 2.0, 2.0, 3.0])
    assert_array_equal(
        percentile_rank(training, training), [1 / 8, 4 / 8, 4 / 8, 7 / 8]
    )


def test_unseen_values_stand_between_their_neighbours():
    training = np.array([1.0, 2.0, 2.0, 3.0])
    ranks = percentile_rank(np.array([0.0, 1.5, 2.5, 9.0]), training)
    assert_array_equal(ranks, [0.0, 1 / 4, 3 / 4, 1.0])


@pytest.mark.parametrize("n", [1, 2, 5])
def test_a_constant_ranks_in_the_middle(n):
    training = np.full(n, 3.0)
    ranks = percentile_rank(np.array([2.0, 3.0, 4.0]), training)
    assert_array_equal(ranks, [0.0, 0.5, 1.0])


def test_missing_values_have_no_rank():
    ranks = percentile_rank(np.array([np.nan, 1.0]), np.array([1.0, 2.0]))
    assert_array_equal(ranks, [np.nan, 0.25])


def test_without_training_values_nothing_has_a_rank():
    assert np.isnan(percentile_rank(np.array([1.0, np.nan]), np.array([]))).all()


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_scipy(seed):
    rng = np.random.default_rng(seed)
    training = np.sort(rng.integers(0, 12, size=rng.integers(1, 40)) / 4)
    values = rng.integers(-2, 30, size=50) / 8
    expected = [
        percentileofscore(training, value, kind="mean") / 100 for value in values
    ]
    assert_allclose(percentile_rank(values, training), expected, rtol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_ranks_of_the_training_values_average_one_half(seed):
    rng = np.random.default_rng(seed)
    training = np.sort(rng.integers(0, 9, size=31).astype(float))
    ranks = percentile_rank(training, training)
    assert_allclose(ranks.mean(), 0.5)
    assert ranks.min() > 0
    assert ranks.max() < 1
