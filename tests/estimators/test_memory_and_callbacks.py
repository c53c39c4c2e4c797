"""Remembered fits and those who look on: callbacks, warnings, and an interrupt."""

from __future__ import annotations

import pickle
import warnings

import pandas as pd
import pytest
from sklearn.exceptions import ConvergenceWarning
from tiny_estimators import (
    have_same_weights,
    talkturns,
    tiny_classifier,
    tiny_regressor,
)

from hanrock_sk.estimators.memory import Trained


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
    """Diverges after some epochs; returns the model and what it warned of."""
    columns, y = talkturns("regression")
    model = tiny_regressor(
        memory=memory, content_size=4, max_epochs=12, lr=20, clip_norm=None,
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


def test_trained_knows_whether_it_was_stopped():
    assert Trained({}, [{}, {"stopped": "callback"}], 1).stopped
    assert not Trained({}, [{}, {}], 1).stopped
