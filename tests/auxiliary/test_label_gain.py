"""Gains against regressions with and without the further prediction."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.linear_model import LinearRegression

from hanrock_sk.auxiliary.label_gain import LabelGain, as_columns, correlation


def explained(label, *predictions):
    """The share of the label's variance that linear regression explains."""
    x = np.hstack(predictions)
    left = label - LinearRegression().fit(x, label).predict(x)
    return 1 - (left**2).sum() / ((label - label.mean(axis=0)) ** 2).sum()


@pytest.mark.parametrize("classes", [1, 3])
@pytest.mark.parametrize("width", [1, 2])
def test_what_further_predictions_explain(classes, width):
    rng = np.random.default_rng(classes)
    label, by_text = rng.normal(size=(2, 40, classes))
    label += by_text
    further = rng.normal(size=(5, 40, width)) + label[:, :1]
    measure = LabelGain(label, by_text)
    assert_allclose(measure.explained, explained(label, by_text))
    assert_allclose(
        measure.gains(further),
        [explained(label, by_text, x) - explained(label, by_text) for x in further],
        rtol=1e-4,
    )


def test_nothing_new_gains_nothing():
    rng = np.random.default_rng(0)
    label = rng.normal(size=(30, 1))
    by_text = label + rng.normal(size=(30, 1))
    again = np.array([3 * by_text - 1, np.full((30, 1), 2.0)])
    assert LabelGain(label, by_text).gains(again).tolist() == [0, 0]
    twice = np.concatenate([again, again], axis=2)
    assert_allclose(LabelGain(label, by_text).gains(twice), 0, atol=1e-6)
    constant = LabelGain(np.ones((30, 1)), by_text)
    assert constant.explained == constant.gains(label[None])[0] == 0


def test_values_as_columns():
    known = np.array([True, False, True])
    assert_allclose(as_columns(np.array([1e9, 0, 1e9 + 2]), known, False)[:, 0],
                    [-1, 0, 1])  # fmt: skip
    assert as_columns(np.array([3.0, 1.0, 3.0]), known, False).tolist() == [[0]] * 3


def test_correlation():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 20, 2))
    expected = [np.corrcoef(a[:, k], b[:, k])[0, 1] for k in range(2)]
    assert_allclose(correlation(a, b), np.mean(expected))
    assert correlation(a, np.ones((20, 2))) == 0
