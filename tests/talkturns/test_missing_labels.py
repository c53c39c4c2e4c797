"""A plain scorer on missing labels says what to use instead."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.metrics import accuracy_score, get_scorer, make_scorer
from sklearn.model_selection import GroupKFold, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from tiny_estimators import is_labelled, talkturns, tiny_classifier, tiny_regressor

from hanrock_sk import MonahNarrator
from hanrock_sk.evaluation import labelled_scorer, mean_accuracy

POINTER = r"label of talkturn 1 is missing.* labelled_scorer of hanrock_sk\.evaluation"
PLAIN = {"max_epochs": 1, "validation_fraction": 0.0}


@pytest.mark.parametrize("name", ["accuracy", "balanced_accuracy", "neg_log_loss"])
@pytest.mark.parametrize("make", [list, lambda y: np.array(y, object), pd.Series])
def test_it_points_to_the_one_that_works(name, make):
    X, y = ["yes", "well", "no", "no"], ["a", None, "b", "b"]
    model = tiny_classifier(**PLAIN).fit(X, y)
    with pytest.raises(ValueError, match=POINTER):
        get_scorer(name)(model, X, make(y))
    assert np.isfinite(labelled_scorer(name)(model, X, make(y)))


@pytest.mark.parametrize("make", [list, np.array, pl.Series])
def test_a_regressor_too(make):
    X, y = ["yes", "well", "no"], [1.0, np.nan, 2.0]
    model = tiny_regressor(**PLAIN).fit(X, y)
    with pytest.raises(ValueError, match=POINTER):
        get_scorer("r2")(model, X, make(y))


def test_in_cross_validation_of_a_pipeline():
    columns, y = talkturns()
    X, y = pd.DataFrame(columns), np.array(y, dtype=object)
    pipeline = make_pipeline(MonahNarrator(), tiny_classifier(**PLAIN))
    folds = {"groups": X["conversation"], "cv": GroupKFold(2)}
    with pytest.raises(ValueError, match="scoring=labelled_scorer"):
        cross_val_score(
            pipeline, X, y, scoring="f1_macro", error_score="raise", **folds
        )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        scores = cross_val_score(pipeline, X, y, scoring="f1_macro", **folds)
    assert np.isnan(scores).all()
    assert any("scoring=labelled_scorer" in str(each.message) for each in caught)


def test_metrics_that_skip_missing_labels_are_let_be():
    X, y = ["yes", "well", "no", "no"], ["a", None, "b", "b"]
    model = tiny_classifier(**PLAIN).fit(X, y)
    score = make_scorer(mean_accuracy)(model, X, y)
    assert score == mean_accuracy(y, model.predict(X))
    with pytest.raises(ValueError, match=POINTER):
        make_scorer(accuracy_score)(model, X, y)


def test_cross_val_predict_of_probabilities():
    """It numbers the labels, and missing ones get a number, too."""
    columns, y = talkturns()
    X, model = pd.DataFrame(columns), tiny_classifier(**PLAIN)
    folds = {"groups": X["conversation"], "cv": GroupKFold(2)}
    with pytest.raises(ValueError, match="makes a class of missing labels"):
        cross_val_predict(model, X, y, method="predict_proba", **folds)
    assert len(cross_val_predict(model, X, y, **folds)) == len(y)
    whole = ["happy" if label is None else label for label in y]
    found = cross_val_predict(model, X, whole, method="predict_proba", **folds)
    assert found.shape == (len(y), len(set(whole)))


def test_others_are_let_be():
    """Whole labels, and predictions that nobody scores by the labels around."""
    columns, y = talkturns()
    X, known = pd.DataFrame(columns), is_labelled(y)
    model = tiny_classifier(**PLAIN).fit(X, y)
    whole = np.where(known, y, "happy")
    assert 0 <= get_scorer("accuracy")(model, X, whole) <= 1
    y_true = y  # as a scorer calls it
    assert len(model.predict(X)) == len(y_true)
