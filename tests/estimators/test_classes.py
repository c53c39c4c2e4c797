"""Labels of a classifier: what they are, how probable, and how many are right."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from sklearn.metrics import accuracy_score
from tiny_estimators import is_labelled, supervised, talkturns, tiny_classifier

TEXTS = ["good day", "bad day", "good", "bad bad", "a good one", "a bad one"] * 4


LABELS = {
    "strings": ["no", "yes"],
    "numbers": [3, 7],
    "floats": [0.0, 1.0],
    "booleans": [False, True],
}


@pytest.mark.parametrize("classes", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize(
    "make",
    [list, np.array, pl.Series, pd.Series, pd.Categorical],
    ids=lambda m: m.__name__,
)
def test_labels_come_back_as_they_went_in(classes, make):
    y = make([classes[i % 2] for i in range(len(TEXTS))])
    model = tiny_classifier().fit(TEXTS, y)
    assert model.classes_.tolist() == classes
    found = model.predict(TEXTS)
    assert set(found.tolist()) <= set(classes)
    assert {type(label) for label in found.tolist()} == {type(classes[0])}


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
@pytest.mark.parametrize("classes", LABELS.values(), ids=LABELS)
def test_labels_stay_what_they_are_beside_missing_ones(classes, missing):
    y = [missing, *[classes[i % 2] for i in range(len(TEXTS) - 1)]]
    model = tiny_classifier().fit(TEXTS, y)
    assert model.classes_.tolist() == classes
    assert {type(label) for label in model.predict(TEXTS).tolist()} == {
        type(classes[0])
    }


def test_probabilities(frame):
    columns, y = supervised()
    X = frame(columns)
    model = tiny_classifier().fit(X, y)
    found = model.predict_proba(X)
    assert found.shape == (len(y), len(model.classes_))
    assert model.classes_.tolist() == sorted(set(np.array(y)[is_labelled(y)]))
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-12)
    assert (found > 0).all()
    assert model.predict(X).tolist() == model.classes_[found.argmax(axis=1)].tolist()


def test_probabilities_of_very_large_logits():
    model = tiny_classifier().fit(TEXTS, ["a", "b"] * 12)
    with torch.no_grad():
        model.net_.module_.primary_head.bias[0] = 1e30
    found = model.predict_proba(TEXTS)
    np.testing.assert_array_equal(found, [[1, 0]] * len(TEXTS))


def test_score_is_the_accuracy_where_there_is_a_label(frame):
    columns, y = talkturns()
    X, known = frame(columns), is_labelled(y)
    model = tiny_classifier().fit(X, y)
    truth, found = np.array(y)[known].astype(str), model.predict(X)[known]
    assert 0 < known.sum() < len(y)
    assert model.score(X, y) == pytest.approx(np.mean(truth == found))
    weight = np.random.default_rng(0).random(len(y))
    assert model.score(X, y, sample_weight=weight) == pytest.approx(
        accuracy_score(truth, found, sample_weight=weight[known])
    )
    with pytest.raises(ValueError, match="nothing to score"):
        model.score(X, [None] * len(y))


def test_a_class_that_only_validation_has_is_known():
    """Of each conversation its own class; one of them is held out."""
    said = [f"{a} {b}" for a in "abcd" for b in "xyxy"]
    table = pd.DataFrame({"text": said, "conversation": np.repeat([0, 1, 2, 3], 4)})
    y = np.repeat(["k", "l", "m", "n"], 4)
    model = tiny_classifier(class_weight="balanced").fit(table, y)
    assert model.classes_.tolist() == ["k", "l", "m", "n"]
    assert "valid_loss" in model.history_[0]


@pytest.mark.parametrize(
    ("y", "match"),
    [
        (["yes"] * 24, "y has only one class, 'yes'; at least two"),
        ([1] * 24, "y has only one class, 1; at least two"),
        ([None] * 23 + [True], "y has only one class, True; at least two"),
        (np.linspace(0, 1, 24), "Unknown label type: continuous"),
        ([None] * 24, "All 24 labels of y are missing"),
        (["yes", 1] * 12, "y mixes strings with other labels: row 1 holds 1"),
        ([("a", "b")] * 24, "y must be one-dimensional"),
        (np.zeros((24, 2)), "y must be one-dimensional"),
        (["yes", "no"], "y has 2 labels for 24 talkturns"),
        (None, "y is None"),
    ],
)
def test_labels_that_cannot_be_learnt(y, match):
    with pytest.raises(ValueError, match=match):
        tiny_classifier().fit(TEXTS, y)


@pytest.mark.parametrize(
    ("y_val", "match"),
    [
        (["a"] * 23 + ["c"], "y_val, row 23: the label 'c' is none of the classes"),
        ([1] * 24, "y_val holds labels such as 1, but the classes are"),
        ([None] * 24, "All 24 labels of y_val are missing"),
        (["a"], "y_val has 1 labels for 24 talkturns"),
    ],
)
def test_validation_labels_that_do_not_fit(y_val, match):
    with pytest.raises(ValueError, match=match):
        tiny_classifier().fit(TEXTS, ["a", "b"] * 12, X_val=TEXTS, y_val=y_val)
