"""Distributions as targets: read by class, and what training makes of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from tiny_estimators import (
    have_same_weights,
    supervised,
    tiny_classifier,
    tiny_regressor,
)

from hanrock_sk.estimators.soft_targets import read_soft_targets, with_soft_classes
from hanrock_sk.talkturns.table import read_table


def table_of(**columns):
    return read_table(pl.DataFrame(columns))


class TestClasses:
    def test_without_columns_they_stay(self):
        classes = np.array(["a", "b"])
        assert with_soft_classes(None, classes) is classes
        assert with_soft_classes(table_of(text=["x"]), classes) is classes

    @pytest.mark.parametrize(
        ("names", "classes", "expected"),
        [
            (["soft__c", "soft__a", "soft__b"], ["a", "c"], ["a", "b", "c"]),
            (["soft__10", "soft__9"], [9], [9, 10]),
            (["soft__True", "soft__False"], [True], [False, True]),
        ],
    )
    def test_nobodys_label_is_a_class(self, names, classes, expected):
        table = table_of(**{name: [0.5] for name in names})
        assert with_soft_classes(table, np.array(classes)).tolist() == expected

    def test_a_class_without_a_column(self):
        with pytest.raises(ValueError, match=r"\['soft__a'\], but y holds \['b'\]"):
            with_soft_classes(table_of(soft__a=[1]), np.array(["a", "b"]))


class TestTargets:
    def test_by_class_and_row(self):
        """The third has a label without probabilities, the last none at all."""
        soft = read_soft_targets(
            table_of(soft__b=[0.25, 1, None, None], soft__a=[0.75, 0, None, None]),
            np.array(["a", "b"]),
            np.array([0, 1, 1, -1]),
        )
        assert soft.dtype == np.float32
        assert soft[:, :3].tolist() == [[0.75, 0, 0], [0.25, 1, 1]]

    def test_none(self):
        assert read_soft_targets(None, np.array(["a"]), np.array([0])) is None

    @pytest.mark.parametrize("names", [["a"], ["a", "b", "c"]])
    def test_other_classes_than_in_training(self, names):
        table = table_of(**{f"soft__{name}": [0.5] for name in names})
        with pytest.raises(ValueError, match=r"class seen in training, \['a', 'b'\]"):
            read_soft_targets(table, np.array(["a", "b"]), np.array([0]))


def one_hot(columns, y):
    """All probability on the label; none where there is no label."""
    names = sorted({label for label in y if label is not None})
    return columns | {
        f"soft__{name}": [
            None if label is None else float(label == name) for label in y
        ]
        for name in names
    }


@pytest.mark.parametrize("params", [{}, {"class_weight": "balanced"}])
@pytest.mark.parametrize("label_smoothing", [0.0, 0.1])
def test_certain_distributions_are_labels(params, label_smoothing):
    columns, y = supervised()
    params = params | {"label_smoothing": label_smoothing, "train_unlabelled": True}
    hard = tiny_classifier(**params).fit(pl.DataFrame(columns), y)
    soft = tiny_classifier(**params).fit(pl.DataFrame(one_hot(columns, y)), y)
    for one, other in zip(hard.history_, soft.history_, strict=True):
        assert one["train_loss"] == pytest.approx(other["train_loss"], rel=1e-5)
        assert one["valid_loss"] == pytest.approx(other["valid_loss"], rel=1e-5)
        assert one["valid_score"] == other["valid_score"]
    X = pl.DataFrame(columns)
    np.testing.assert_allclose(hard.predict_proba(X), soft.predict_proba(X), atol=1e-4)


LEARNS = {"max_epochs": 40, "lr": 0.05, "validation_fraction": 0.0, "min_count": 1}


def test_what_is_learnt_is_the_distribution():
    """Two words; what raters say of them, whatever stands in y."""
    says_yes = np.arange(80) % 2 == 0
    X = pd.DataFrame({"text": np.where(says_yes, "yes", "no")})
    X["soft__a"] = np.where(says_yes, 0.7, 0.1)
    X["soft__b"] = np.where(says_yes, 0.3, 0.5)
    X["soft__never"] = np.where(says_yes, 0.0, 0.4)
    y = np.where(says_yes, "a", "b")
    model = tiny_classifier(**LEARNS).fit(X, y)
    assert model.classes_.tolist() == ["a", "b", "never"]
    np.testing.assert_allclose(
        model.predict_proba(X[["text"]][:2]),
        [[0.7, 0.3, 0], [0.1, 0.5, 0.4]],
        atol=0.05,
    )


def test_weights_count_in_them():
    """The same word with two distributions: the mean by weight."""
    even = np.arange(80) % 2 == 0
    X = pd.DataFrame({"text": ["well"] * 80})
    X["soft__a"] = np.where(even, 0.9, 0.1)
    X["soft__b"] = 1 - X["soft__a"]
    y = np.where(even, "a", "b")
    model = tiny_classifier(**LEARNS | {"batch_size": 80, "run_length": 1})
    model.fit(X, y, sample_weight=np.where(even, 3, 1))
    expected = (3 * 0.9 + 0.1) / 4
    assert model.predict_proba(X)[0, 0] == pytest.approx(expected, abs=0.03)


def test_without_a_label_they_are_not_trained_on():
    columns, y = supervised()
    soft = one_hot(columns, y)
    spread = {
        name: [
            1 / 4 if label is None else p for p, label in zip(values, y, strict=True)
        ]
        for name, values in soft.items()
        if name.startswith("soft__")
    }
    models = [
        tiny_classifier(train_unlabelled=True).fit(pl.DataFrame(table), y)
        for table in (soft, soft | spread)
    ]
    assert have_same_weights(*models)


def test_a_regressor_takes_no_notice():
    columns, y = supervised("regression")
    plain = tiny_regressor().fit(pl.DataFrame(columns), y)
    beside = pl.DataFrame(columns | {"soft__a": [5.0] * len(y)})
    assert have_same_weights(plain, tiny_regressor().fit(beside, y))
