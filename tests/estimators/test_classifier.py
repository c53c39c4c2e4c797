"""HANRockClassifier: what it learns, and what classes weigh."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import is_classifier
from tiny_estimators import (
    have_same_weights,
    talkturns,
    tiny_classifier,
)

TEXTS = ["good day", "bad day", "good", "bad bad", "a good one", "a bad one"] * 4


def test_is_a_classifier():
    assert is_classifier(tiny_classifier())


def test_learns_what_a_word_says():
    y = ["up", "down"] * 12
    model = tiny_classifier(max_epochs=30, lr=0.05, patience=None).fit(TEXTS, y)
    assert model.score(TEXTS, y) == 1
    assert model.predict(["good good", "bad bad bad"]).tolist() == ["up", "down"]


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
