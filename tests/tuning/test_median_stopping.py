"""Median stopping: the rule by hand, in searches, and its complaints."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scripted_search import ONE_FOLD, Scripted, X, Y, search_scripted
from sklearn.exceptions import FitFailedWarning
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
)
from sklearn.pipeline import Pipeline
from tiny_search import data, tiny_pipeline

from hanrock_sk.datasets import make_conversations
from hanrock_sk.evaluation import labelled_scorer
from hanrock_sk.tuning import MedianStopping
from hanrock_sk.tuning.median_stopping import is_below_median

# Worked out by hand. Running averages of the completed trials:
#                                     by epoch 5   by epoch 7   by epoch 9
#   A   4 throughout                       4            4            4
#   C   0 2 4 4 5, 10 10, 5 5              3            5            5
#   F   4.5 throughout                   4.5          4.5          4.5
# and so, for the others:
HAND_MADE = [
    # A is the first: there is nothing to compare it with.
    ((4,) * 9, 9),
    # B: by 5 the median is A's 4; its best is 3 < 4.
    ((1, 2, 3, 3, 3, 9, 9, 9, 9), 5),
    # C: its best by 5 is 5, by 7 and 9 it is 10; never below 4.
    ((0, 2, 4, 4, 5, 10, 10, 5, 5), 9),
    # D: by 5 the median of 4 and 3 is 3.5, which it equals: not strictly worse.
    # By 7 it is that of 4 and 5. (Were B, stopped, to count: 2.4 by 5.)
    ((3.5,) * 9, 7),
    # E: its best by 5, 4, is above 3.5, though 0 by then; by 7 it is below 4.5.
    ((4, 0, 0, 0, 0, 0, 0, 0, 0), 7),
    # F: 4.5 by 7 and by 9 equals the median.
    ((4.5,) * 9, 9),
    # G: by 5 the median of 4, 3, 4.5 is 4; by 7 that of 4, 5, 4.5 is 4.5.
    ((4.25, 4.25, 4.25, 4.25, 4.25, 4.25, 4.25, 9, 9), 7),
    # H: bad until epoch 6, but 6 is not an epoch at which anyone is stopped; nor is 8.
    ((4, 4, 4, 4, 4, 4, 4.5, 0, 0), 9),
    # I: below the median 4.5 of 4, 5, 4.5 and H's (24 + 4.5) / 7 = 4.07 (hence 4.29)
    # by 7, but not below 4.29.
    ((4.3, 0, 0, 0, 0, 0, 0, 0, 0), 9),
    # J: by 9 the completed average 4, 5, 4.5, H's 28.5 / 9 = 3.17 and I's 0.48.
    # Median 4; its 3.9 is below it. By 5 they are 4, 3, 4.5, 4, 0.86: median 4.
    ((3.9,) * 9, 5),
]


def test_the_trials_that_paper_and_pencil_stop_are_stopped(trained):
    curves = [curve for curve, _ in HAND_MADE]
    search_scripted(curves, MedianStopping())
    assert [epochs for _, epochs in trained] == [epochs for _, epochs in HAND_MADE]


def test_first_epoch_and_interval(trained):
    curves = [(1,) * 9, (0,) * 9, (0, 1, 1, 1, 0, 0, 0, 0, 0), (0, 0, 1, 1)]
    search_scripted(curves, MedianStopping(min_epochs=2, interval=3))
    assert [epochs for _, epochs in trained] == [9, 2, 9, 2]
    trained.clear()
    search_scripted(curves, MedianStopping(min_epochs=3, interval=1))
    assert [epochs for _, epochs in trained] == [9, 3, 9, 4]


@pytest.mark.parametrize("seed", range(20))
def test_the_rule_against_a_twin(seed):
    """The same rule as a table of cumulative means, most trials of unequal length."""
    random = np.random.default_rng(seed)
    completed = [random.integers(8, size=random.integers(1, 9)) / 8 for _ in range(5)]
    own = random.integers(8, size=random.integers(1, 9)) / 8
    table = np.full((5, 8), np.nan)
    for row, other in enumerate(completed):
        means = np.cumsum(other) / np.arange(1, len(other) + 1)
        table[row, : len(means)] = means
        table[row, len(means) :] = means[-1]
    expected = own.max() < np.sort(table[:, len(own) - 1])[2]
    assert is_below_median(own.tolist(), completed) == expected


def test_trials_are_compared_within_their_fold_only(trained):
    """Two folds, one 100 better. Across folds, the worse one would all be stopped."""
    lifted = np.array([[100.0], [100.0], [0.0], [0.0]])
    cv = [(np.array([0, 1]), np.array([2, 3])), (np.array([2, 3]), np.array([0, 1]))]
    curves = [(2,) * 6, (1,) * 6, (3,) * 6]
    search_scripted(curves, MedianStopping(), X=lifted, cv=cv)
    assert [epochs for _, epochs in trained] == [6, 6, 5, 5, 6, 6]


def test_the_refit_is_never_stopped(trained):
    """All curves are bad but the first, which the scorer likes least."""
    search = search_scripted(
        [(1,) * 9, (0,) * 9], MedianStopping(), refit=lambda results: 1
    )
    assert [epochs for _, epochs in trained] == [9, 5, 9]
    assert len(search.best_estimator_.history_) == 9


def test_no_folder_is_left_behind(trained, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    search_scripted([(1,) * 9, (0,) * 9], MedianStopping())
    assert len(trained) == 2
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ZeroDivisionError):
        search_scripted([(1,)], MedianStopping(), scoring=lambda *_: 1 / 0)
    assert list(tmp_path.iterdir()) == []


def test_an_instance_serves_one_search_after_another(trained):
    stopping = MedianStopping()
    for _ in range(2):
        search_scripted([(1,) * 9, (0,) * 9], stopping)
    assert [epochs for _, epochs in trained] == [9, 5] * 2


# The network itself.


def test_a_network_in_a_pipeline_is_stopped_marked_and_scored_with_its_best_epoch():
    X, y = make_conversations(40, 8, n_classes=2, text_signal=1.0, random_state=0)
    groups = X["conversation"]
    seen = {}

    def look(pipeline, X, y):
        model = pipeline["model"]
        seen[model.lr] = model
        return labelled_scorer("accuracy")(pipeline, X, y)

    search = GridSearchCV(
        tiny_pipeline(
            max_epochs=8, patience=None, content_size=1, word_gru=8, pri_gru=8
        ),
        {"model__lr": [0.03, 1e-9]},
        cv=[next(GroupKFold(3).split(X, y, groups))],
        scoring=look,
        error_score="raise",
    )
    search.set_callbacks(MedianStopping(min_epochs=3, interval=2)).fit(X, y)
    good, bad = seen[0.03], seen[1e-9]
    assert good.n_iter_ == 8
    assert "stopped" not in good.history_[-1]
    assert 3 <= bad.n_iter_ < 8
    assert bad.history_[-1]["stopped"] == "callback"
    assert all("stopped" not in record for record in bad.history_[:-1])
    losses = [record["valid_loss"]["primary"] for record in bad.history_]
    assert bad.best_epoch_ == 1 + np.argmin(losses)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.best_estimator_["model"].n_iter_ == 8


def test_it_belongs_on_the_search():
    X, y, _ = data()
    pipeline = tiny_pipeline().set_callbacks(MedianStopping())
    with pytest.raises(TypeError, match="not on Pipeline"):
        pipeline.fit(X, y)


@pytest.mark.parametrize("params", [{"validation_fraction": 0}, {}])
def test_trials_without_validation_are_refused(params):
    """Asked for, or because a fold's training part has a single label."""
    X, y, groups = data()
    if not params:
        first = np.flatnonzero(groups == groups[0])
        y = np.where(np.isin(np.arange(len(y)), first[:1]), y, None)
        y[-1] = "happy" if y[first[0]] != "happy" else "sad"
        params = {"architecture": "han"}
    search = GridSearchCV(
        tiny_pipeline(**params), {"model__lr": [0.1]}, cv=GroupKFold(2),
        error_score="raise", scoring=lambda *_: 0.0,
    )  # fmt: skip
    search.set_callbacks(MedianStopping())
    expected = "validation scores|only one class"
    with pytest.raises(ValueError, match=expected):
        search.fit(X, y, groups=groups)


def test_a_fold_that_is_one_conversation_validates_on_its_end():
    X, y, groups = data()
    rows = np.isin(groups, np.unique(groups)[:2])
    X, y, groups = X[rows], y[rows], groups[rows]
    search = GridSearchCV(
        tiny_pipeline(max_epochs=4, patience=None), {"model__lr": [0.01, 1e-9]},
        cv=GroupKFold(2), error_score="raise", scoring=labelled_scorer("accuracy"),
    )  # fmt: skip
    search.set_callbacks(MedianStopping(min_epochs=2)).fit(X, y, groups=groups)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    with pytest.raises(ValueError, match="n_splits=3 greater than the number of group"):
        search.set_params(cv=GroupKFold(3)).fit(X, y, groups=groups)


def test_a_fold_without_labels_to_score_says_so():
    X, y, groups = data()
    y[groups == groups[0]] = None
    search = GridSearchCV(
        tiny_pipeline(max_epochs=2), {"model__lr": [0.01]},
        cv=[(groups != groups[0], groups == groups[0])],
        scoring=labelled_scorer("accuracy"), error_score="raise",
    )  # fmt: skip
    search.set_callbacks(MedianStopping())
    with pytest.raises(ValueError, match=r"labels are missing.*nothing to score"):
        search.fit(X, y)


@pytest.mark.parametrize(
    "options", [{"min_epochs": 0}, {"interval": 0}, {"journal": 5}], ids=str
)
def test_wrong_parameters_are_refused(options):
    with pytest.raises(ValueError, match=f"The '{next(iter(options))}' parameter"):
        MedianStopping(**options)


def test_a_step_that_knows_no_callbacks_is_left_alone(trained):
    """A Pipeline of the scripted estimator behind a plain function."""
    from sklearn.preprocessing import FunctionTransformer

    pipeline = Pipeline([("same", FunctionTransformer()), ("scripted", Scripted())])
    search = GridSearchCV(
        pipeline, {"scripted__curve": [(1,) * 9, (0,) * 9]}, cv=ONE_FOLD, refit=False
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("error", FitFailedWarning)
        search.set_callbacks(MedianStopping()).fit(X, Y)
    assert [epochs for _, epochs in trained] == [9, 5]
