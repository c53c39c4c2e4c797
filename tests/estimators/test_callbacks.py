"""scikit-learn's callbacks: a task per epoch."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.callback import ProgressBar, ScoringMonitor
from sklearn.pipeline import Pipeline
from tiny_estimators import have_same_weights, talkturns, tiny_classifier

from hanrock_sk import MonahNarrator
from hanrock_sk.evaluation import labelled_scorer


class Recorder:
    """Writes down every task; asks to stop at the end of an epoch."""

    max_propagation_depth = None

    def __init__(self, stop_at=None, raises=None):
        self.stop_at, self.raises = stop_at, raises
        self.begun, self.ended, self.torn_down = [], [], 0

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        self.torn_down += 1

    def on_fit_task_begin(self, estimator, context):
        self.begun.append((context.task_name, context.task_id, context.max_subtasks))

    def on_fit_task_end(self, estimator, context):
        self.ended.append((context.task_name, context.task_id))
        if context.task_name == "epoch" and context.task_id == self.stop_at:
            if self.raises is not None:
                raise self.raises
            return True
        return False


class Watcher(Recorder):
    """Also looks at the estimator as fitted until then."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_fit_task_end(self, estimator, context, *, X, y, fitted_estimator):
        probabilities = fitted_estimator.predict_proba(X)
        self.seen.append((X, y, probabilities, fitted_estimator.n_iter_))


def data(frame=pd.DataFrame):
    columns, y = talkturns()
    return frame(columns), y


def test_a_task_per_epoch_below_the_fit():
    X, y = data()
    recorder = Recorder()
    tiny_classifier(max_epochs=3).set_callbacks(recorder).fit(X, y)
    epochs = [("epoch", 0), ("epoch", 1), ("epoch", 2)]
    assert recorder.begun == [("fit", 0, 3), *((name, i, 0) for name, i in epochs)]
    assert recorder.ended == [*epochs, ("fit", 0)]
    assert recorder.torn_down == 1


def test_a_callback_that_answers_true_stops_training():
    X, y = data()
    recorder = Recorder(stop_at=1)
    model = tiny_classifier(max_epochs=5).set_callbacks(recorder).fit(X, y)
    assert model.n_iter_ == len(model.history_) == 2
    assert recorder.ended[-1] == ("fit", 0)
    expected = tiny_classifier(max_epochs=2).fit(X, y)
    assert have_same_weights(model, expected)


def test_the_estimator_as_fitted_until_then(frame):
    X, y = data(frame)
    watcher = Watcher()
    model = tiny_classifier(max_epochs=3, validation_fraction=0.0)
    model.set_callbacks(watcher).fit(X, y)
    assert [n_iter for *_, n_iter in watcher.seen] == [1, 2, 3, 3]
    assert all(seen[0] is X and seen[1] is y for seen in watcher.seen)
    probabilities = [seen[2] for seen in watcher.seen]
    np.testing.assert_array_equal(probabilities[-1], model.predict_proba(X))
    np.testing.assert_array_equal(probabilities[-1], probabilities[-2])
    for n_epochs in (1, 2):
        expected = tiny_classifier(max_epochs=n_epochs, validation_fraction=0.0)
        np.testing.assert_allclose(
            probabilities[n_epochs - 1], expected.fit(X, y).predict_proba(X), rtol=1e-6
        )


def test_after_the_last_epoch_the_best_weights_are_seen():
    X, y = data()
    watcher = Watcher()
    # The more is learnt, the worse the validation: another class is right there.
    classes = sorted({label for label in y if label is not None})
    others = dict(zip(classes, classes[1:] + classes[:1], strict=True))
    model = tiny_classifier(max_epochs=4, lr=0.02).set_callbacks(watcher)
    model.fit(X, y, X_val=X, y_val=[others.get(label) for label in y])
    assert model.best_epoch_ < model.n_iter_
    np.testing.assert_array_equal(watcher.seen[-1][2], model.predict_proba(X))


def test_being_watched_changes_nothing():
    X, y = data()
    alone = tiny_classifier(max_epochs=3).fit(X, y)
    watched = tiny_classifier(max_epochs=3).set_callbacks(Watcher()).fit(X, y)
    assert have_same_weights(alone, watched)


def test_watching_a_second_fit():
    """What is seen is the new fit, with other words and classes, not the old one."""
    X, y = data()
    watcher = Watcher()
    model = tiny_classifier().fit(["good", "bad", "good", "bad"], list("abab"))
    model.set_callbacks(watcher).fit(X, y)
    assert watcher.seen[0][2].shape == (len(X), len(model.classes_))


def test_teardown_follows_a_failure():
    X, y = data()
    recorder = Recorder(stop_at=0, raises=RuntimeError("enough"))
    model = tiny_classifier().set_callbacks(recorder)
    with pytest.raises(RuntimeError, match="enough"):
        model.fit(X, y)
    assert recorder.torn_down == 1
    assert not hasattr(model, "net_")


def test_a_pipeline_passes_its_callbacks_on(frame, recwarn):
    X, y = data(frame)
    recorder = Recorder()
    pipeline = Pipeline([("narrate", MonahNarrator()), ("model", tiny_classifier())])
    pipeline.set_callbacks(recorder).fit(X, y)
    assert recorder.ended == [
        ("fit", 0),  # the narrator's
        ("epoch", 0),
        ("epoch", 1),
        ("fit", 1),
        ("fit", 0),
    ]
    assert not [str(warning.message) for warning in recwarn]


def test_scoring_monitor_scores_every_epoch():
    X, y = data()
    monitor = ScoringMonitor(scoring={"score": labelled_scorer("accuracy")})
    model = tiny_classifier(max_epochs=3).set_callbacks(monitor).fit(X, y)
    scores = [found["score"] for _, _, path, found in monitor._log if len(path) == 2]
    assert len(scores) == 3
    assert scores[model.best_epoch_ - 1] == model.score(X, y)


def test_progress_bar_counts_the_epochs(capsys):
    pytest.importorskip("rich", reason="scikit-learn's ProgressBar needs rich")
    X, y = data()
    tiny_classifier().set_callbacks(ProgressBar()).fit(X, y)
    assert "HANRockClassifier" in capsys.readouterr().out
