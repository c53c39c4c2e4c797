import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, confusion_matrix

from hanrock_sk.evaluation import (
    classwise_f1,
    mean_absolute_error,
    plain_accuracy,
)
from hanrock_sk.explain.reporting.page_summary import (
    summarize_classes,
    summarize_values,
)


def test_classes_agree_with_the_metrics():
    random = np.random.default_rng(0)
    true = random.integers(0, 4, size=60)
    predicted = np.where(random.random(60) < 0.5, true, random.integers(0, 4, size=60))
    unknown = random.random(60) < 0.2
    result = summarize_classes(np.where(unknown, -1, true), predicted, 5)
    labels = [
        None if gone else int(label) for label, gone in zip(true, unknown, strict=True)
    ]
    assert result["labelled"] == (~unknown).sum()
    assert result["accuracy"] == round(plain_accuracy(labels, predicted), 4)
    assert result["f1"][4] is None  # a class that is neither true nor predicted
    expected = classwise_f1(labels, predicted)
    assert result["f1"][:4] == [round(expected[code], 4) for code in range(4)]
    known = ~unknown
    np.testing.assert_array_equal(
        result["confusion"],
        confusion_matrix(true[known], predicted[known], labels=range(5)),
    )
    balanced = balanced_accuracy_score(true[known], predicted[known])
    assert result["balanced"] == round(balanced, 4)


def test_values_agree_with_the_metrics():
    true, predicted = np.array([1.0, np.nan, 3.5]), np.array([2.0, 9.0, 3.0])
    result = summarize_values(true, predicted)
    assert result["error"] == mean_absolute_error(true, predicted) == 0.75
    assert result["bias"] == pytest.approx(0.25)
    assert result["labelled"] == 2


def test_values_of_a_small_unit():
    true, predicted = np.array([1e-5, 3e-5]), np.array([2e-5, 2.5e-5])
    result = summarize_values(true, predicted)
    assert result["error"] == pytest.approx(7.5e-6, rel=1e-5)
    assert result["bias"] == pytest.approx(2.5e-6, rel=1e-5)


def test_nothing_labelled():
    nothing = summarize_classes(np.array([-1, -1]), np.array([0, 1]), 2)
    assert (nothing["labelled"], nothing["accuracy"]) == (0, None)
    assert nothing["f1"] == [None, None]
    assert summarize_values(np.array([np.nan]), np.array([1.0]))["error"] is None
