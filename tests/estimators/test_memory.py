"""Remembered fits: loaded when nothing that matters differs, trained otherwise."""

from __future__ import annotations

import pickle

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from sklearn.base import clone
from tiny_estimators import (
    have_same_weights,
    supervised,
    talkturns,
    tiny_classifier,
    tiny_regressor,
)


def told(model):
    """All that is learnt beside the weights, but how long it took."""
    return [{**record, "seconds": None} for record in model.history_] + [
        model.n_iter_,
        model.best_epoch_,
        model.vocabulary_.words,
        model.network_.trained_on,
    ]


TASKS = [("classification", tiny_classifier), ("regression", tiny_regressor)]


@pytest.mark.parametrize(("task", "make"), TASKS)
def test_a_loaded_fit_is_the_trained_one(frame, tmp_path, trainings, task, make):
    columns, y = supervised(task)
    X = frame(columns)
    plain = make().fit(X, y)
    first = make(memory=str(tmp_path)).fit(X, y)
    assert len(trainings) == 2
    loaded = make(memory=str(tmp_path)).fit(X, y)
    assert len(trainings) == 2
    assert have_same_weights(loaded, plain)
    assert have_same_weights(first, plain)
    np.testing.assert_equal(told(loaded), told(plain))
    assert loaded.history_[-1]["seconds"] == first.history_[-1]["seconds"]
    np.testing.assert_array_equal(loaded.predict(X), plain.predict(X))
    again = pickle.loads(pickle.dumps(loaded))
    np.testing.assert_array_equal(again.predict(X), plain.predict(X))


def test_pandas_and_polars_are_the_same_fit(tmp_path, trainings):
    columns, y = supervised()
    for frame in (pd.DataFrame, pl.DataFrame):
        tiny_classifier(memory=str(tmp_path)).fit(frame(columns), y)
    assert len(trainings) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"device": "auto"},
        {"verbose": 1},
        {"random_state": np.int64(0)},
        {"embeddings": "the same vectors elsewhere"},
    ],
    ids=str,
)
def test_what_does_not_matter(tmp_path, trainings, monkeypatch, change):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    columns, y = supervised()
    X, params = pd.DataFrame(columns), {}
    if "embeddings" in change:
        params = {"embeddings": {"well": np.ones(6)}}
        file = tmp_path / "vectors.txt"
        file.write_text("well 1 1 1 1 1 1\n")
        change = {"embeddings": str(file)}
    for changed in ({}, change, {"memory": joblib.Memory(str(tmp_path), verbose=0)}):
        model = tiny_classifier(**{"memory": str(tmp_path)} | params | changed)
        model.fit(X, y)
    assert len(trainings) == 1


CHANGES = {
    "lr": {"lr": 0.5},
    "content_size": {"content_size": 2},
    "architecture": {"architecture": "flat"},
    "max_epochs": {"max_epochs": 1},
    "random_state": {"random_state": 1},
    "validation_fraction": {"validation_fraction": 0.5},
    "class_weight": {"class_weight": "balanced"},
    "net_params": {"net_params": {"iterator_train__run_length": 3}},
    "embeddings": {"embeddings": {"well": np.ones(6)}},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_parameters_that_matter(tmp_path, trainings, change):
    columns, y = supervised()
    X = pd.DataFrame(columns)
    tiny_classifier(memory=str(tmp_path)).fit(X, y)
    changed = tiny_classifier(memory=str(tmp_path), **change).fit(X, y)
    assert len(trainings) == 2
    assert have_same_weights(changed, tiny_classifier(**change).fit(X, y))


@pytest.mark.parametrize(
    "part", ["text", "label", "auxiliary", "weights", "conversations", "validation"]
)
def test_data_that_matter(tmp_path, trainings, part):
    columns, y = supervised()
    X, other, labels, val = pd.DataFrame(columns), pd.DataFrame(columns), list(y), {}
    if part == "text":
        other.loc[3, "text"] += " well"
    elif part == "label":
        labels[3] = next(label for label in y if label not in (None, y[3]))
    elif part == "auxiliary":
        other.loc[3, "aux__action__au05"] += 0.25
    elif part == "weights":
        other["weight__primary"] += 0.125
    elif part == "conversations":
        other["conversation"] = 0
    else:
        val = {"X_val": X[:9], "y_val": y[:9]}
    tiny_classifier(memory=str(tmp_path)).fit(X, y)
    tiny_classifier(memory=str(tmp_path)).fit(other, labels, **val)
    assert len(trainings) == 2


def test_the_unit_of_the_labels_matters(tmp_path, trainings):
    """The network sees the same numbers, but its history is in the user's unit."""
    columns, y = talkturns("regression")
    X = pd.DataFrame(columns)
    one = tiny_regressor(memory=str(tmp_path)).fit(X, y)
    thousand = [1024 * value for value in y]
    other = tiny_regressor(memory=str(tmp_path)).fit(X, thousand)
    assert len(trainings) == 2
    assert other.history_[0]["valid_score"] == 1024 * one.history_[0]["valid_score"]


def test_names_of_classes_matter(tmp_path, trainings):
    """They say what class_weight weighs."""
    columns, y = talkturns()
    X, names = pd.DataFrame(columns), sorted({label for label in y if label})
    swap = dict(zip(names, ["a", *names[:-1]], strict=True)) | {None: None}
    for labels in (y, [swap[label] for label in y]):
        model = tiny_classifier(memory=str(tmp_path), class_weight={names[0]: 8.0})
        model.fit(X, labels)
    assert len(trainings) == 2


def test_without_a_seed_nothing_is_kept(tmp_path, trainings):
    columns, y = talkturns()
    X = pd.DataFrame(columns)
    models = [
        tiny_classifier(memory=str(tmp_path), random_state=None).fit(X, y)
        for _ in range(2)
    ]
    assert len(trainings) == 2
    assert not have_same_weights(*models)
    assert not list(tmp_path.rglob("*.pkl"))


def test_a_random_state_instance_is_remembered_by_what_it_draws(tmp_path, trainings):
    columns, y = talkturns()
    X = pd.DataFrame(columns)
    model = tiny_classifier(memory=str(tmp_path), random_state=np.random.RandomState(0))
    clone(model).fit(X, y)
    clone(model).fit(X, y)
    assert len(trainings) == 1
    model.fit(X, y)
    model.fit(X, y)  # draws another seed
    assert len(trainings) == 2


def test_loading_leaves_the_global_generators_alone(tmp_path):
    columns, y = talkturns()
    X, model = pd.DataFrame(columns), tiny_classifier(memory=str(tmp_path))
    model.fit(X, y)
    torch.manual_seed(5)
    np.random.seed(5)  # noqa: NPY002
    expected = torch.rand(3), np.random.rand(3)  # noqa: NPY002
    torch.manual_seed(5)
    np.random.seed(5)  # noqa: NPY002
    model.fit(X, y)
    assert (torch.rand(3) == expected[0]).all()
    assert (np.random.rand(3) == expected[1]).all()  # noqa: NPY002


def test_a_crash_leaves_nothing_that_is_taken_for_a_fit(tmp_path, trainings):
    columns, y = talkturns()
    X, model = pd.DataFrame(columns), tiny_classifier(memory=str(tmp_path))
    expected = model.fit(X, y).predict(X)
    [stored] = tmp_path.rglob("output.pkl")
    stored.rename(stored.with_name("output.pkl.thread-1-pid-2"))  # not yet in place
    assert (clone(model).fit(X, y).predict(X) == expected).all()
    assert len(trainings) == 2
    # Not what a crash leaves, but a disk may.
    [stored] = tmp_path.rglob("output.pkl")
    stored.write_bytes(stored.read_bytes()[:100])
    again = clone(model).fit(X, y)  # joblib logs what was wrong
    assert (again.predict(X) == expected).all()
    assert len(trainings) == 3


@pytest.mark.parametrize("memory", [5, b"folder"])
def test_no_memory(memory):
    columns, y = talkturns()
    with pytest.raises(ValueError, match="'memory' parameter"):
        tiny_classifier(memory=memory).fit(pd.DataFrame(columns), y)
