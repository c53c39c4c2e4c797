"""HANRockClassifier: labels in, labels and probabilities out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from sklearn.base import is_classifier
from sklearn.metrics import accuracy_score
from tiny_estimators import (
    have_same_weights,
    is_labelled,
    supervised,
    talkturns,
    tiny_classifier,
)

TEXTS = ["good day", "bad day", "good", "bad bad", "a good one", "a bad one"] * 4


def test_is_a_classifier():
    assert is_classifier(tiny_classifier())


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


def test_learns_what_a_word_says():
    y = ["up", "down"] * 12
    model = tiny_classifier(max_epochs=30, lr=0.05, patience=None).fit(TEXTS, y)
    assert model.score(TEXTS, y) == 1
    assert model.predict(["good good", "bad bad bad"]).tolist() == ["up", "down"]


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


class TestClassWeight:
    y = ["rare"] * 4 + ["often"] * 20

    def fit(self, **params):
        params = {"validation_fraction": 0.0, "max_epochs": 4, "lr": 0.02} | params
        return tiny_classifier(**params).fit(TEXTS, self.y)

    def test_balanced_is_inverse_to_the_frequency(self):
        balanced = self.fit(class_weight="balanced")
        by_hand = self.fit(class_weight={"rare": 24 / (2 * 4), "often": 24 / (2 * 20)})
        assert have_same_weights(balanced, by_hand)
        assert not have_same_weights(balanced, self.fit())

    def test_balanced_counts_the_labels_trained_on(self):
        """Not those of the conversation held out, here one of four."""
        X = pd.DataFrame(
            {
                "text": [f"hello word{'abcd'[c]}" for c in range(4)] * 5,
                "conversation": list(range(4)) * 5,
            }
        )
        # So many of class "p" in each conversation; the rest is "q", or missing.
        y = np.array([["p" if i <= c else "q" for c in range(4)] for i in range(5)])
        y = [None, *y.ravel()[1:]]
        balanced = tiny_classifier(class_weight="balanced", min_count=1).fit(X, y)
        (out,) = [c for c in range(4) if f"word{'abcd'[c]}" not in balanced.vocabulary_]
        kept = [
            label
            for label, c in zip(y, X["conversation"], strict=True)
            if label is not None and c != out
        ]
        factors = {name: len(kept) / (2 * kept.count(name)) for name in "pq"}
        by_hand = tiny_classifier(class_weight=factors, min_count=1).fit(X, y)
        assert have_same_weights(balanced, by_hand)

    def test_classes_not_named_weigh_one(self):
        assert have_same_weights(
            self.fit(class_weight={"rare": 5}),
            self.fit(class_weight={"rare": 5, "often": 1}),
        )

    def test_a_heavier_class_is_found_more_likely(self):
        place = self.fit().classes_.tolist().index("rare")
        light = self.fit(class_weight={"rare": 0.01}).predict_proba(TEXTS)[:, place]
        heavy = self.fit(class_weight={"rare": 100}).predict_proba(TEXTS)[:, place]
        assert (heavy > light).all()

    def test_labels_keep_their_kind(self):
        y = [0] * 4 + [1] * 20
        params = {"validation_fraction": 0.0}
        balanced = tiny_classifier(class_weight="balanced", **params).fit(TEXTS, y)
        by_hand = tiny_classifier(class_weight={0: 3.0, 1: 0.6}, **params).fit(TEXTS, y)
        assert have_same_weights(balanced, by_hand)

    @pytest.mark.parametrize(
        ("class_weight", "match"),
        [
            ({"never": 2}, r"class_weight names \['never'\], but the classes are"),
            ({0: 2}, r"class_weight names \[0\], but the classes are"),
            ({"rare": -1}, "class_weight of 'rare' must be .* not negative, got -1"),
            ({"rare": np.nan}, "class_weight of 'rare' must be .* got nan"),
            ({"rare": "much"}, "class_weight of 'rare' must be .* got 'much'"),
            ("unbalanced", "The 'class_weight' parameter"),
        ],
    )
    def test_bad_ones(self, class_weight, match):
        with pytest.raises(ValueError, match=match):
            self.fit(class_weight=class_weight)


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


class TestLogitAdjustment:
    """Rare classes are predicted more often, the more it is."""

    X = ("a word",) * 40
    y = np.array((["rare"] + ["usual"] * 4) * 8)

    def shares(self, **params):
        """Of texts that are all the same: the frequencies, as they are learnt."""
        model = tiny_classifier(
            max_epochs=40,
            validation_fraction=0.0,
            lr=0.02,
            **params,
        ).fit(self.X, self.y)
        return model.predict_proba(self.X).mean(axis=0)

    @pytest.mark.parametrize("adjustment", [0.0, 0.5, 1.0])
    def test_frequencies_by_hand(self, adjustment):
        """Their power 1 - adjustment: a fifth and four fifths, up to equally often."""
        powers = np.array([8.5, 32.5]) ** (1 - adjustment)
        expected = powers / powers.sum()
        np.testing.assert_allclose(
            self.shares(logit_adjustment=adjustment), expected, atol=0.02
        )

    def test_balanced_classes_are_not_adjusted(self):
        balanced = self.shares(class_weight="balanced")
        adjusted = self.shares(class_weight="balanced", logit_adjustment=1.0)
        np.testing.assert_allclose(balanced, [0.5, 0.5], atol=0.02)
        np.testing.assert_allclose(adjusted, balanced, atol=0.02)


@pytest.mark.parametrize("adjustment", [0.0, 0.3])
def test_a_class_of_weight_zero_is_not_learnt_and_harms_nothing(frame, adjustment):
    columns, y = talkturns()
    classes = sorted({label for label in y if label is not None})
    model = tiny_classifier(
        direct=True,
        class_weight={classes[0]: 0},
        label_smoothing=0.05,
        logit_adjustment=adjustment,
    ).fit(frame(columns), y)
    probabilities = model.predict_proba(frame(columns))
    assert np.isfinite(probabilities).all()
    assert classes[0] not in model.predict(frame(columns))
