"""Remembered fits: loaded when nothing that matters differs, trained otherwise."""

from __future__ import annotations

import pickle
import warnings

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from tiny_estimators import (
    have_same_weights,
    supervised,
    talkturns,
    tiny_classifier,
    tiny_regressor,
)

from hanrock_sk.estimators import memory as module
from hanrock_sk.estimators.memory import Trained


@pytest.fixture
def trainings(monkeypatch):
    """A list that grows with each fit that is trained."""
    fits, train = [], module.train

    def counted(*args):
        fits.append(args)
        train(*args)

    monkeypatch.setattr(module, "train", counted)
    return fits


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


class Stopper:
    """Asks to stop after the n-th epoch; None never does. Counts what it is told."""

    max_propagation_depth = None

    def __init__(self, after):
        self.after, self.begun, self.ended, self.scores = after, 0, 0, []

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        self.begun += context.task_name == "epoch"

    def on_fit_task_end(self, estimator, context):
        if context.task_name != "epoch":
            return False
        self.ended += 1
        assert len(estimator.history_) == self.ended
        self.scores.append(estimator.history_[-1]["valid_score"])
        return self.ended == self.after


def fit_stopped(memory, after):
    columns, y = talkturns()
    callback = Stopper(after)
    model = tiny_classifier(memory=memory, max_epochs=5, patience=None)
    return model.set_callbacks(callback).fit(pd.DataFrame(columns), y), callback


@pytest.mark.parametrize(
    ("afters", "n_trainings"),
    [
        # Loaded: where today's callback stops is where it was stopped.
        ([3, 3], 1),
        ([None, None], 1),
        # Trained further than before, or less far; and then all three are remembered.
        ([3, None, None, 3, None], 2),
        ([None, 3, 3, None, 3], 2),
        ([2, 4, None, 4, 2, None], 3),
        ([2, 4, 1, 1], 3),
        # Stopped where it ends anyway.
        ([None, 5, 5], 1),
    ],
)
def test_callbacks_get_what_they_ask_for(tmp_path, trainings, afters, n_trainings):
    for after in afters:
        before = len(trainings)
        model, callback = fit_stopped(str(tmp_path), after)
        n_epochs = after or 5
        assert model.n_iter_ == len(model.history_) == n_epochs
        # Told once of each epoch, whether it is loaded, trained, or trained again.
        assert callback.begun == callback.ended == n_epochs
        assert callback.scores == [r["valid_score"] for r in model.history_]
        marks = [record.get("stopped") for record in model.history_]
        assert marks == [None] * (n_epochs - 1) + [after and "callback"]
        n_trained = len(trainings) - before
        expected, _ = fit_stopped(None, after)
        assert have_same_weights(model, expected)
        assert model.best_epoch_ == expected.best_epoch_
        del trainings[before + n_trained :]  # the expected one's
    assert len(trainings) == n_trainings


def fit_diverging(memory, after=None):
    """Diverges in its fourth epoch; returns the model and what it warned of."""
    columns, y = talkturns("regression")
    model = tiny_regressor(
        memory=memory, content_size=4, max_epochs=12, lr=100, clip_norm=None,
        optimizer="sgd", loss="squared_error", patience=None, lr_decay=1.0,
    ).set_callbacks(Stopper(after))  # fmt: skip
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(pd.DataFrame(columns), y)
    return model, [str(w.message) for w in caught if w.category is ConvergenceWarning]


def test_a_loaded_fit_warns_of_what_the_trained_one_did(tmp_path, trainings):
    first, expected = fit_diverging(str(tmp_path))
    last = len(first.history_)
    assert len(expected) == 1
    assert expected[0].startswith(f"Training stopped in epoch {last + 1}: ")
    loaded, messages = fit_diverging(str(tmp_path))
    assert len(trainings) == 1
    assert messages == expected
    assert have_same_weights(loaded, first)
    # Stopped today after its last whole epoch, it would not have diverged.
    stopped, messages = fit_diverging(str(tmp_path), after=last)
    assert len(trainings) == 1
    assert messages == []
    assert stopped.history_[-1]["stopped"] == "callback"


def test_a_fit_stored_without_its_warning_is_loaded():
    """As versions did that kept none."""
    stored = Trained({}, [{}], 1)
    del stored.__dict__["warning"]
    assert pickle.loads(pickle.dumps(stored)).warning is None


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


def test_an_interrupted_fit_is_not_kept(tmp_path, trainings):
    columns, y = talkturns()
    X, model = pd.DataFrame(columns), tiny_classifier(memory=str(tmp_path))

    class Interrupt(Stopper):
        def on_fit_task_end(self, estimator, context):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        model.set_callbacks(Interrupt(None)).fit(X, y)
    assert not list(tmp_path.rglob("output.pkl"))
    assert not hasattr(model, "history_")
    model.set_callbacks().fit(X, y)
    assert len(trainings) == 2


@pytest.mark.parametrize("memory", [5, b"folder"])
def test_no_memory(memory):
    columns, y = talkturns()
    with pytest.raises(ValueError, match="'memory' parameter"):
        tiny_classifier(memory=memory).fit(pd.DataFrame(columns), y)


def test_trained_knows_whether_it_was_stopped():
    assert Trained({}, [{}, {"stopped": "callback"}], 1).stopped
    assert not Trained({}, [{}, {}], 1).stopped
