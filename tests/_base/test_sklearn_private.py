"""Who asks, and for which labels, told by what scikit-learn calls."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.metrics import accuracy_score, get_scorer, make_scorer
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.pipeline import make_pipeline

from hanrock_sk._base.sklearn_private import (
    is_asked_by_printer,
    labels_being_numbered,
    labels_being_scored,
)
from hanrock_sk.evaluation import mean_accuracy

Y = ["a", "b", "a"]


class Asked(ClassifierMixin, BaseEstimator):
    """Notes for what it is asked."""

    def __init__(self):
        self.by_printer = []

    def get_params(self, deep=True):
        self.by_printer.append(is_asked_by_printer())
        return super().get_params(deep)

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        self.labels = [each() for each in (labels_being_scored, self._from_deeper)]
        return Y

    def _from_deeper(self):
        y_true = "of no scorer"
        return labels_being_scored() if y_true else None


def test_the_printer_asks_for_parameters():
    model = Asked()
    repr(make_pipeline(model))
    assert any(model.by_printer)


def test_others_ask_too():
    model = Asked()
    model.get_params()
    clone(model)
    make_pipeline(model).get_params()
    assert len(model.by_printer) >= 3
    assert not any(model.by_printer)


def test_labels_of_a_scorer():
    model = Asked().fit(None, Y)
    assert get_scorer("accuracy")(model, None, Y) == 1
    assert all(labels is Y for labels in model.labels)


@pytest.mark.parametrize(
    "metric",
    [lambda y, predicted: 1.0, partial(accuracy_score, normalize=True)],
)
def test_a_metric_of_somebody_elses(metric):
    model = Asked().fit(None, Y)
    assert make_scorer(metric)(model, None, Y) == 1
    assert all(labels is Y for labels in model.labels)


@pytest.mark.parametrize("metric", [mean_accuracy, partial(mean_accuracy)])
def test_a_metric_of_our_own(metric):
    """It skips missing labels."""
    model = Asked().fit(None, Y)
    assert make_scorer(metric)(model, None, Y) == 1
    assert model.labels == [None, None]


def test_labels_of_a_scorer_of_a_pipeline():
    model = Asked()
    get_scorer("accuracy")(make_pipeline(model).fit(None, Y), None, Y)
    assert all(labels is Y for labels in model.labels)


def test_no_scorer_no_labels():
    y_true = Y  # as a scorer calls them
    model = Asked().fit(None, y_true)
    model.predict(None)
    assert model.labels == [None, None]


class Numbered(Asked):
    """Notes what labels its numbers stand for."""

    def fit(self, X, y):
        self.numbered = labels_being_numbered()
        return super().fit(X, y)

    def predict_proba(self, X):
        assert self.numbered.tolist() == ["a", "b", None]
        return np.ones((len(X), len(self.classes_)))

    def predict(self, X):
        assert self.numbered is None
        return ["a"] * len(X)


def test_labels_that_have_numbers():
    y = ["a", None, "b"] * 4
    probabilities = cross_val_predict(
        Numbered(), y, y, cv=KFold(2), method="predict_proba"
    )
    assert probabilities.shape == (12, 3)
    assert len(cross_val_predict(Numbered(), y, ["a", "b", "a"] * 4, cv=2)) == 12
