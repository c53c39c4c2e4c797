"""What weights of labels do to a fit: zero is absent, others multiply loss weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import make_pipeline
from tiny_estimators import (
    have_same_weights,
    is_labelled,
    supervised,
    talkturns,
    tiny_classifier,
    tiny_regressor,
)

from hanrock_sk import AuxiliaryTargets, AuxiliaryWeights, MonahNarrator
from hanrock_sk.estimators import schedule
from hanrock_sk.evaluation import labelled_scorer

TINY_OF = {"classification": tiny_classifier, "regression": tiny_regressor}


def weights_and_labels(y, every=3):
    """Weights of which some are zero, and labels that are missing there."""
    weights = np.where(np.arange(len(y)) % every == 1, 0.0, 1.0)
    return weights, [label if w else None for label, w in zip(y, weights, strict=True)]


def trained_the_same(one, other):
    """Whether two fits went the same way, to the last bit."""
    told = [
        [
            {k: v for k, v in record.items() if k != "seconds"}
            for record in model.history_
        ]
        for model in (one, other)
    ]
    assert repr(told[0]) == repr(told[1])
    assert one.get_params().keys() == other.get_params().keys()
    return have_same_weights(one, other)


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize(
    "params",
    [
        {},
        {"architecture": "flat", "validation_fraction": 0.3},
        {"architecture": "han", "train_unlabelled": True, "batch_size": None},
        {"train_unlabelled": True, "max_epochs": None, "validation_fraction": 0.0},
    ],
    ids=lambda params: "-".join(map(str, params.values())) or "plain",
)
def test_zero_is_absent(task, params, monkeypatch):
    monkeypatch.setattr(schedule, "FEWEST_STEPS", 20)
    columns, y = supervised(task)
    weights, without = weights_and_labels(y)
    if "max_epochs" in params:  # as many as the labels ask for, but few talkturns
        columns = {name: values[:16] for name, values in columns.items()}
        y, weights, without = y[:16], weights[:16], without[:16]
    X = pl.DataFrame(columns)
    weighted = TINY_OF[task](**params).fit(X, y, sample_weight=weights)
    expected = TINY_OF[task](**params).fit(X, without)
    assert trained_the_same(weighted, expected)
    assert weighted.best_epoch_ == expected.best_epoch_
    assert weighted.predict(X).tolist() == expected.predict(X).tolist()


@pytest.mark.parametrize("class_weight", [None, "balanced"])
def test_a_class_without_weight_is_none(class_weight):
    """Its name is longer than the others', which no array of labels may show."""
    columns, y = supervised()
    y = ["a very long name" if row % 9 == 2 else label for row, label in enumerate(y)]
    weights = [0 if label == "a very long name" else 3 for label in y]
    without = [None if label == "a very long name" else label for label in y]
    X = pd.DataFrame(columns)
    model = tiny_classifier(class_weight=class_weight).fit(X, y, sample_weight=weights)
    expected = tiny_classifier(class_weight=class_weight)
    expected.fit(X, without, sample_weight=[3] * len(y))
    assert model.classes_.dtype == expected.classes_.dtype
    assert model.classes_.tolist() == expected.classes_.tolist()
    assert trained_the_same(model, expected)


def test_weights_of_unlabelled_talkturns_mean_nothing():
    columns, y = supervised()
    X, params = pl.DataFrame(columns), {"train_unlabelled": True}
    known = is_labelled(y)
    model = tiny_classifier(**params).fit(X, y, sample_weight=np.where(known, 1, 7))
    assert trained_the_same(model, tiny_classifier(**params).fit(X, y))


def test_a_remembered_fit_is_that_without_the_label(tmp_path):
    columns, y = supervised()
    X, params = pl.DataFrame(columns), {"memory": str(tmp_path)}
    weights, without = weights_and_labels(y)
    first = tiny_classifier(**params).fit(X, without)
    second = tiny_classifier(**params).fit(X, y, sample_weight=weights)
    seconds = [[r["seconds"] for r in model.history_] for model in (first, second)]
    assert seconds[0] == seconds[1]  # loaded: nothing takes as long twice
    third = tiny_classifier(**params).fit(X, y, sample_weight=weights + 0.5)
    assert not have_same_weights(first, third)


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("validation_fraction", [0.0, 0.3])
def test_they_multiply_loss_weights(task, validation_fraction):
    columns, y = supervised(task)
    params = {"validation_fraction": validation_fraction}
    factors = np.random.default_rng(0).choice([0.25, 0.5, 2, 4], len(y))
    known = is_labelled(y)
    multiplied = columns | {
        name: (values * np.where(known, factors, 1)).tolist()
        for name, values in columns.items()
        if name.startswith("weight__")
    }
    model = TINY_OF[task](**params)
    model.fit(pl.DataFrame(columns), y, sample_weight=factors)
    expected = TINY_OF[task](**params).fit(pl.DataFrame(multiplied), y)
    assert trained_the_same(model, expected)
    plain = TINY_OF[task](**params).fit(pl.DataFrame(columns), y)
    assert not have_same_weights(model, plain)


def test_a_label_of_much_weight_is_learnt():
    """Two words, each with two labels: the heavier one wins."""
    y = np.array(["a", "b"] * 40)
    text = np.array(["yes", "yes", "no", "no"] * 20)
    heavy = np.where(text == "yes", y == "a", y == "b")
    params = {"max_epochs": 15, "lr": 0.05, "validation_fraction": 0.0}
    model = tiny_classifier(**params).fit(text, y, sample_weight=1 + 9 * heavy)
    assert model.predict(["yes", "no"]).tolist() == ["a", "b"]
    assert model.score(text, y) == 0.5
    assert model.score(text, y, sample_weight=1 + 9 * heavy) == pytest.approx(10 / 11)
    assert model.score(text, y, sample_weight=heavy) == 1.0


def test_in_a_pipeline_zero_is_absent_from_targets_and_their_weights():
    columns, y = talkturns()
    X = pd.DataFrame(columns)
    weights, without = weights_and_labels(y)

    def pipeline():
        return make_pipeline(
            MonahNarrator(),
            AuxiliaryTargets(history=2, future=1),
            AuxiliaryWeights(random_state=0),
            tiny_classifier().set_fit_request(sample_weight=True),
        )

    with sklearn.config_context(enable_metadata_routing=True):
        weighted = pipeline().fit(X, y, sample_weight=weights)
        expected = pipeline().fit(X, without)
    assert weighted[2].weights_ == expected[2].weights_
    assert trained_the_same(weighted[-1], expected[-1])


def test_in_a_search_with_a_scorer():
    columns, y = talkturns()
    X = pd.DataFrame(columns)
    y = np.array(y, dtype=object)
    weights, without = weights_and_labels(y)
    with sklearn.config_context(enable_metadata_routing=True):
        model = tiny_classifier(max_epochs=1).set_fit_request(sample_weight=True)
        scorer = labelled_scorer("accuracy").set_score_request(sample_weight=True)
        search = GridSearchCV(model, {"lr": [0.01, 0.1]}, cv=GroupKFold(2))
        search.set_params(scoring=scorer, error_score="raise")
        search.fit(X, y, groups=X["conversation"], sample_weight=weights)
        expected = GridSearchCV(model, {"lr": [0.01, 0.1]}, cv=GroupKFold(2))
        expected.set_params(scoring=labelled_scorer("accuracy"), error_score="raise")
        expected.fit(X, np.array(without, dtype=object), groups=X["conversation"])
    assert have_same_weights(search.best_estimator_, expected.best_estimator_)
    for name in ("split0_test_score", "split1_test_score"):
        assert search.cv_results_[name] == pytest.approx(expected.cv_results_[name])


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("method", ["fit", "score"])
@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1, -0.5], "sample_weight, row 1: a weight must be a number"),
        ([np.nan, 1], "sample_weight, row 0: a weight must be a number"),
        ([1], "sample_weight has 1 weights for 2 talkturns"),
        ([0, 0], "All 2 labels of y are missing or have weight zero"),
    ],
)
def test_bad_ones(task, method, weights, message):
    X = ["yes", "no"]
    y = ["a", "b"] if task == "classification" else [0.0, 1.0]
    model = TINY_OF[task](max_epochs=1, validation_fraction=0.0).fit(X, y)
    with pytest.raises(ValueError, match=message):
        getattr(model, method)(X, y, sample_weight=weights)
