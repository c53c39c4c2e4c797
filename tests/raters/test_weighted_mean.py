"""The weights of raters who give numbers."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.raters.weighted_mean import rater_weights


def four_raters():
    """Two who agree, one who contradicts, one who always says the same."""
    truth = np.array([0.0, 1, 2, 3, 4, 5])
    noise = np.array([0.1, -0.2, 0.3, 0.0, -0.1, 0.2])
    return np.stack([truth, truth + noise, -truth, np.full(6, 2.5)], axis=1)


def test_weights_by_correlation_with_the_mean_of_the_others():
    values = four_raters()
    expected = np.corrcoef(values[:, 0], values[:, 1:].mean(axis=1))[0, 1]
    weights = rater_weights(values)
    assert weights[0] == pytest.approx(max(expected, 0))
    assert weights[3] == 0
    assert weights[2] == 0


def test_nobody_agrees():
    values = np.array([[0.0, 1.5], [1.0, 0.5]])
    assert rater_weights(values).tolist() == [1, 1]
