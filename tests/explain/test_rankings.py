"""Rank correlations within segments."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from hanrock_sk.explain.rankings import rank_correlation


def test_mean_of_spearman():
    random = np.random.default_rng(0)
    one, other = random.normal(size=(2, 12)).round(1)
    offsets = np.array([0, 5, 12])
    expected = [spearmanr(one[:5], other[:5])[0], spearmanr(one[5:], other[5:])[0]]
    assert rank_correlation(one, other, offsets) == pytest.approx(np.mean(expected))


def test_segments_that_say_nothing():
    one = np.array([1.0, 2, 5, 5, 5, 1, 2, 3, 3, 2, 1])
    other = np.array([2.0, 1, 1, 2, 3, 1, 2, 3, 1, np.nan, 3])
    # Two items; all equal; in order; one not known.
    assert rank_correlation(one, other, np.array([0, 2, 5, 8, 11])) == pytest.approx(1)
    assert np.isnan(rank_correlation(one, other, np.array([0, 2, 5])))


def test_rounding_makes_no_ranks():
    one, other = np.array([1.0, 2, 3, 4]), np.array([1.0, 2, 2 + 1e-12, 4])
    equal = spearmanr(one, [1, 2, 2, 4])[0]
    assert rank_correlation(one, other, np.array([0, 4])) == pytest.approx(equal)
