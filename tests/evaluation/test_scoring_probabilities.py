"""Scores of probabilities: columns are the model's classes, whatever is scored."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import log_loss, make_scorer

from hanrock_sk.evaluation import labelled_scorer


class Columns(ClassifierMixin, BaseEstimator):
    """Knows three classes and gives the same probabilities every time."""

    def fit(self, X, y):
        """Learn nothing."""
        self.classes_ = np.array(["a", "b", "c"])
        return self

    def predict_proba(self, X):
        """Tell them."""
        return np.tile([0.7, 0.2, 0.1], (len(X), 1))


@pytest.mark.parametrize("labels", [["b", "c", "b", None], ["c", "c", "c", "c"]])
def test_columns_are_the_models_classes(labels):
    """A fold may have labels of fewer classes than the model knows."""
    model = Columns().fit(None, None)
    probability = {"b": 0.2, "c": 0.1}
    losses = [-np.log(probability[label]) for label in labels if label]
    score = labelled_scorer("neg_log_loss")(model, [[0]] * 4, labels)
    assert score == pytest.approx(-np.mean(losses))
    hits = labelled_scorer("top_k_accuracy")(model, [[0]] * 4, labels)
    assert hits == np.mean([label == "b" for label in labels if label])


@pytest.mark.parametrize("name", ["neg_log_loss", "average_precision"])
def test_a_class_without_a_column(name):
    model = Columns().fit(None, None)
    with pytest.raises(ValueError, match=r"does not know \['d'\].* \['a', 'b', 'c'\]"):
        labelled_scorer(name)(model, [[0]] * 3, ["a", "d", None])


@pytest.mark.parametrize(
    "name", ["d2_log_loss_score", "d2_brier_score", "roc_auc_ovo_weighted"]
)
def test_comparisons_need_two_classes(name):
    """Not a score of minus infinity."""
    with pytest.raises(ValueError, match="y_true"):
        labelled_scorer(name)(Columns().fit(None, None), [[0]] * 3, ["c", "c", None])


def test_a_scorer_that_has_no_name():
    X, y = [[0]] * 4, ["a", "b", "b", None]
    model = Columns().fit(None, None)
    other_labels = make_scorer(
        log_loss, response_method="predict_proba", greater_is_better=False
    )
    score = labelled_scorer(other_labels)(model, X, y)
    assert score == pytest.approx((np.log(0.7) + 2 * np.log(0.2)) / 3)
