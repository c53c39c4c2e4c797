"""Mutual information: scikit-learn's, and 0 where it has nothing to say."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.feature_selection import mutual_info_classif, mutual_info_regression

from hanrock_sk.auxiliary.mutual_information import mutual_information


@pytest.fixture
def columns():
    rng = np.random.default_rng(0)
    label = rng.integers(0, 3, size=80)
    return {
        "label": label,
        "name": np.array(["calm", "glad", "sad"])[label],
        "other": np.where(rng.random(80) < 0.5, label, rng.integers(0, 3, size=80)),
        "real": label + rng.normal(size=80),
        "rating": 0.5 * label + rng.normal(size=80),
    }


def test_classes_and_classes_are_counted(columns):
    expected = mutual_info_classif(
        columns["other"][:, None], columns["label"], discrete_features=True
    )
    result = mutual_information(
        columns["other"], columns["label"], target_is_class=True, label_is_class=True
    )
    assert_allclose(result, expected[0])
    # Taken for real values, the classes would have given another result.
    as_real = mutual_information(
        columns["other"],
        columns["label"],
        target_is_class=False,
        label_is_class=True,
        random_state=0,
    )
    assert result != as_real


def test_counting_by_hand():
    # p(yes, a) = 1/2, p(no, a) = 1/4, p(no, b) = 1/4.
    target = np.array(["a", "a", "a", "b"])
    label = np.array(["yes", "yes", "no", "no"])
    expected = (
        0.5 * math.log(0.5 / (0.5 * 0.75))
        + 0.25 * math.log(0.25 / (0.5 * 0.75))
        + 0.25 * math.log(0.25 / (0.5 * 0.25))
    )
    result = mutual_information(
        target, label, target_is_class=True, label_is_class=True
    )
    assert_allclose(result, expected)


def test_real_values_and_classes_go_by_ross(columns):
    expected = mutual_info_classif(
        columns["real"][:, None], columns["label"], random_state=3
    )
    for label in ("label", "name"):
        result = mutual_information(
            columns["real"],
            columns[label],
            target_is_class=False,
            label_is_class=True,
            random_state=3,
        )
        assert result == expected[0] > 0


def test_real_values_and_real_values_go_by_kraskov(columns):
    expected = mutual_info_regression(
        columns["real"][:, None], columns["rating"], random_state=3
    )
    result = mutual_information(
        columns["real"],
        columns["rating"],
        target_is_class=False,
        label_is_class=False,
        random_state=3,
    )
    assert result == expected[0] > 0


def test_classes_and_a_real_label_go_by_ross(columns):
    expected = mutual_info_regression(
        columns["label"][:, None],
        columns["rating"],
        discrete_features=True,
        random_state=3,
    )
    result = mutual_information(
        columns["name"],
        columns["rating"],
        target_is_class=True,
        label_is_class=False,
        random_state=3,
    )
    assert result == expected[0] > 0


@pytest.mark.parametrize("target_is_class", [True, False])
@pytest.mark.parametrize("label_is_class", [True, False])
def test_nothing_to_estimate_from(target_is_class, label_is_class):
    kinds = {"target_is_class": target_is_class, "label_is_class": label_is_class}
    varied = np.array([1.0, 2.0, 1.0, 2.0, 2.0])
    constant = np.full(5, 0.3)
    assert mutual_information(varied[:3], varied[:3], **kinds) == 0
    assert mutual_information(varied[:0], varied[:0], **kinds) == 0
    assert mutual_information(constant, varied, **kinds) == 0
    assert mutual_information(varied, constant, **kinds) == 0


def test_no_class_seen_twice_beside_real_values():
    once, real = np.arange(30), np.random.default_rng(0).random(30)
    assert (
        mutual_information(real, once, target_is_class=False, label_is_class=True) == 0
    )
    assert (
        mutual_information(once, real, target_is_class=True, label_is_class=False) == 0
    )


def test_more_classes_than_half_the_rows_is_no_cause_for_a_warning():
    label = np.array([0, *range(29)])
    target = np.random.default_rng(0).random(30)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mutual_information(target, label, target_is_class=False, label_is_class=True)


def test_four_rows_are_enough():
    real = np.array([0.1, 0.2, 5.1, 5.2])
    label = np.array(["no", "no", "yes", "yes"])
    result = mutual_information(
        real, label, target_is_class=False, label_is_class=True, random_state=0
    )
    assert result > 0
    assert (
        mutual_information(real, real, target_is_class=False, label_is_class=False) >= 0
    )
