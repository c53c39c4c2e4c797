"""The metrics against counts made by hand or by plain loops."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from hanrock_sk.evaluation import (
    classwise_f1,
    mean_absolute_error,
    mean_accuracy,
    plain_accuracy,
)

METRICS = [mean_accuracy, plain_accuracy, classwise_f1, mean_absolute_error]


def share_recognised(y_true, y_pred, label):
    """Recall of one class, counted."""
    of_class = [p for t, p in zip(y_true, y_pred, strict=True) if t == label]
    return sum(p == label for p in of_class) / len(of_class)


def f1_counted(y_true, y_pred, label):
    """F1 of one class from its hits, false alarms and misses."""
    pairs = list(zip(y_true, y_pred, strict=True))
    hits = sum(t == label and p == label for t, p in pairs)
    alarms = sum(t != label and p == label for t, p in pairs)
    misses = sum(t == label and p != label for t, p in pairs)
    return 2 * hits / (2 * hits + alarms + misses)


@pytest.fixture
def answers():
    """Sixty answers, every fourth unlabelled, and the part of them that counts."""
    random = np.random.default_rng(0)
    y_true = random.choice(
        ["angry", "happy", "neutral", "sad"], 60, p=[0.1, 0.2, 0.3, 0.4]
    )
    y_pred = np.where(random.random(60) < 0.5, y_true, random.permutation(y_true))
    holes = [
        None if row % 4 == 0 else label for row, label in enumerate(y_true.tolist())
    ]
    kept = [row for row in range(60) if row % 4]
    return holes, y_pred, y_true[kept].tolist(), y_pred[kept].tolist()


def test_mean_accuracy_counts_each_class_the_same(answers):
    y_true, y_pred, kept_true, kept_pred = answers
    expected = np.mean(
        [share_recognised(kept_true, kept_pred, label) for label in set(kept_true)]
    )
    assert mean_accuracy(y_true, y_pred) == pytest.approx(expected)


def test_plain_accuracy_counts_each_talkturn_the_same(answers):
    y_true, y_pred, kept_true, kept_pred = answers
    hits = sum(t == p for t, p in zip(kept_true, kept_pred, strict=True))
    assert plain_accuracy(y_true, y_pred) == pytest.approx(hits / len(kept_true))


def test_the_two_accuracies_differ_when_classes_do():
    y_true = ["often"] * 9 + ["rare"]
    y_pred = ["often"] * 10
    assert plain_accuracy(y_true, y_pred) == pytest.approx(0.9)
    assert mean_accuracy(y_true, y_pred) == pytest.approx(0.5)


def test_mean_accuracy_ignores_classes_nobody_showed():
    """A predicted class that does not occur neither counts nor warns."""
    assert mean_accuracy(["a", "a", "b"], ["a", "c", "b"]) == pytest.approx(0.75)


def test_classwise_f1_matches_counts(answers):
    y_true, y_pred, kept_true, kept_pred = answers
    expected = {
        label: f1_counted(kept_true, kept_pred, label)
        for label in sorted({*kept_true, *kept_pred})
    }
    result = classwise_f1(y_true, y_pred)
    assert list(result) == list(expected)
    assert result == pytest.approx(expected)


def test_classwise_f1_keeps_the_kind_of_label():
    assert classwise_f1([3, None, 1], [3, 2, 1]) == {1: 1.0, 3: 1.0}


def test_mean_absolute_error_by_hand():
    assert mean_absolute_error([1.0, np.nan, -2.0, 0.5], [2.0, 9.0, -2.5, 0.5]) == 0.5


@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("metric", METRICS)
def test_series_are_labels_too(library, metric):
    series = importlib.import_module(library).Series
    y_true, y_pred = [1, None, 2, 2], [1, 1, 2, 1]
    assert metric(series(y_true), series(y_pred)) == metric(y_true, y_pred)


@pytest.mark.parametrize("metric", METRICS)
def test_all_labels_missing(metric):
    with pytest.raises(ValueError, match="All labels in y_true are missing"):
        metric([None, float("nan")], [1, 2])


@pytest.mark.parametrize("metric", METRICS)
def test_another_length(metric):
    with pytest.raises(ValueError, match="y_pred has 1 labels for 2"):
        metric([1, 2], [1])


@pytest.mark.parametrize("metric", METRICS)
def test_missing_prediction_names_the_row(metric):
    with pytest.raises(ValueError, match="y_pred, row 2: the prediction is missing"):
        metric([1, None, 2], [1, None, None])


@pytest.mark.parametrize("metric", [mean_accuracy, plain_accuracy, classwise_f1])
def test_strings_against_numbers(metric):
    with pytest.raises((TypeError, ValueError)):
        metric(["1", "2"], [1, 2])


@pytest.mark.parametrize("metric", [mean_accuracy, plain_accuracy, classwise_f1])
def test_real_values_have_no_accuracy(metric):
    with pytest.raises(ValueError, match=r"continuous|Unknown label type"):
        metric([0.5, 1.5], [0.5, 1.0])
