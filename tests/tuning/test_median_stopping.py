"""Median stopping: the rule by hand, in searches, over crashes, and its complaints."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.callback import ScoringMonitor
from sklearn.exceptions import FitFailedWarning
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    KFold,
    PredefinedSplit,
    RandomizedSearchCV,
)
from sklearn.pipeline import Pipeline
from tiny_search import comparable, data, tiny_pipeline, tiny_search

from hanrock_sk._base.callbacks import (
    CallbackSupportMixin,
    EpochTasks,
    with_callbacks,
)
from hanrock_sk.datasets import make_conversations
from hanrock_sk.evaluation import labelled_scorer
from hanrock_sk.tuning import MedianStopping
from hanrock_sk.tuning.median_stopping import is_below_median


class Scripted(ClassifierMixin, CallbackSupportMixin, BaseEstimator):
    """Has the validation scores it is told, epoch by epoch; X holds its fold's lift."""

    max_epochs = 9
    trained = []  # (curve, epochs trained) of all fits

    def __init__(self, curve=(0.0,)):
        self.curve = curve

    @with_callbacks
    def fit(self, X, y):
        self.classes_, self.history_ = np.unique(y), []
        tasks = EpochTasks(self, X, y, self.max_epochs, dict)
        for score in self.curve:
            tasks.begin_epoch()
            self.history_.append({"valid_score": score + X[0][0]})
            if tasks.end_epoch():
                break
        tasks.end_fit()
        self.trained.append((self.curve, len(self.history_)))
        return self

    def predict(self, X):
        return np.zeros(len(X))

    def score(self, X, y):
        return max(record["valid_score"] for record in self.history_)


@pytest.fixture
def trained(monkeypatch):
    result = []
    monkeypatch.setattr(Scripted, "trained", result)
    return result


ONE_FOLD = PredefinedSplit([-1, -1, 0, 0])
X, Y = np.zeros((4, 1)), np.array([0, 1, 0, 1])


def search_scripted(curves, stopping, X=X, cv=ONE_FOLD, refit=False, **params):
    search = GridSearchCV(
        Scripted(), {"curve": curves}, cv=cv, refit=refit, error_score="raise", **params
    )
    return search.set_callbacks(stopping).fit(X, Y)


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


def test_other_callbacks_go_along(uninterrupted, tmp_path):
    """Also when epochs are loaded, of which there is nothing to score."""
    X, y, groups = data()
    for _ in range(2):
        search = tiny_search(str(tmp_path))
        monitor = ScoringMonitor(scoring=labelled_scorer("accuracy"))
        search.set_callbacks(monitor, MedianStopping(min_epochs=2))
        search.fit(X, y, groups=groups)
        assert comparable(search) == uninterrupted


class Interrupt:
    """Ends the program, as far as Python lets it, at the n-th hook of an epoch's end.

    In front of the other callbacks it hits before the journal is written, else after.
    """

    max_propagation_depth = None

    def __init__(self, at):
        self.at = at

    def setup(self, estimator, context):
        self.met = 0

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        pass

    def on_fit_task_end(self, estimator, context):
        self.met += context.task_name == "epoch"
        if self.met == self.at:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def uninterrupted():
    X, y, groups = data()
    search = tiny_search(None).set_callbacks(MedianStopping(min_epochs=2))
    return comparable(search.fit(X, y, groups=groups))


def journal_of(folder):
    """Every line of every trial."""
    return {
        path.name: [json.loads(line) for line in path.read_text().splitlines()]
        for path in folder.glob("*.jsonl")
    }


@pytest.mark.parametrize("remembering", ["memory", "journal", "both"])
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_an_interrupted_search_ends_as_if_it_had_not_been(
    remembering, first, uninterrupted, tmp_path, monkeypatch
):
    X, y, groups = data()
    memory = str(tmp_path / "memory") if remembering != "journal" else None
    journal = tmp_path / "journal" if remembering != "memory" else None
    fits = count_trainings(monkeypatch)
    for at in (2, 7, 11):
        stopping = MedianStopping(journal, min_epochs=2)
        pair = [Interrupt(at), stopping]
        with pytest.raises(KeyboardInterrupt):
            tiny_search(memory).set_callbacks(*(pair if first else pair[::-1])).fit(
                X, y, groups=groups
            )
    search = tiny_search(memory).set_callbacks(MedianStopping(journal, min_epochs=2))
    search.fit(X, y, groups=groups)
    assert comparable(search) == uninterrupted
    if memory is not None:
        # Each finished trial once, each of the three interrupted ones, and the refit.
        assert len(fits) == N_TRIALS + 3 + 1
    if journal is not None:
        lines = journal_of(journal)
        assert len(lines) == N_TRIALS
        assert all(entries[-1] == {"end": True} for entries in lines.values())
        assert sum(entries[-2]["stop"] for entries in lines.values()) == N_TRIALS / 2


N_TRIALS = 8


def count_trainings(monkeypatch):
    """Let a list grow with each fit that is trained rather than loaded."""
    from hanrock_sk.estimators import memory as module

    fits, train = [], module.train

    def counted(*args):
        fits.append(None)
        train(*args)

    monkeypatch.setattr(module, "train", counted)
    return fits


def test_a_finished_search_runs_again_without_training(
    uninterrupted, tmp_path, monkeypatch
):
    X, y, groups = data()
    for _ in range(2):
        fits = count_trainings(monkeypatch)
        search = tiny_search(str(tmp_path)).set_callbacks(MedianStopping(min_epochs=2))
        assert comparable(search.fit(X, y, groups=groups)) == uninterrupted
    assert fits == []


def test_a_search_without_the_rule_does_not_load_stopped_trials(tmp_path):
    X, y, groups = data()
    for stopping in ([], [MedianStopping(min_epochs=2)], []):
        search = tiny_search(str(tmp_path)).set_callbacks(*stopping)
        search.fit(X, y, groups=groups)
    assert comparable(search) == comparable(tiny_search(None).fit(X, y, groups=groups))


# Complaints.


@pytest.mark.parametrize(
    "change",
    [
        {"curves": [(1,) * 9]},
        {"X": X + 1},
        {"cv": KFold(2)},
        {"stopping": {"min_epochs": 4}},
        {"stopping": {"interval": 1}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_journal_of_another_search_is_refused(trained, tmp_path, change):
    settings = {"curves": [(1,) * 9, (0,) * 9], "stopping": {}}

    def search(changed):
        options = dict(changed.pop("stopping"))
        search_scripted(
            changed.pop("curves"), MedianStopping(tmp_path, **options), **changed
        )

    search(dict(settings))
    search(dict(settings))
    before = journal_of(tmp_path)
    with pytest.raises(ValueError, match="journal of another search"):
        search(settings | change)
    assert journal_of(tmp_path) == before
    assert len(trained) == 4


@pytest.mark.parametrize("by", ["groups", "chance"])
def test_the_journal_of_other_folds_is_refused(trained, tmp_path, by):
    X, y = np.zeros((40, 1)), np.tile([0, 1], 20)
    cv = GroupKFold(2) if by == "groups" else KFold(2, shuffle=True)
    search = GridSearchCV(
        Scripted(), {"curve": [(1,) * 9, (0,) * 9]}, cv=cv, refit=False
    )
    search.set_callbacks(MedianStopping(tmp_path))
    one, other = np.repeat([0, 1], 20), np.repeat([0, 1, 0, 1], 10)
    search.fit(X, y, groups=one if by == "groups" else None)
    if by == "groups":
        search.fit(X, y, groups=one)
    before, n_trained = journal_of(tmp_path), len(trained)
    with pytest.raises(ValueError, match="journal of another search"):
        search.fit(X, y, groups=other if by == "groups" else None)
    assert journal_of(tmp_path) == before
    assert len(trained) == n_trained


def test_a_search_without_a_seed_cannot_go_on_with_its_journal(trained, tmp_path):
    for seed, other in ((0, 1), (None, None)):
        folder = tmp_path / str(seed)
        search = RandomizedSearchCV(
            Scripted(),
            {"curve": [(1,), (2,), (3,)]},
            n_iter=2,
            cv=ONE_FOLD,
            refit=False,
        )
        search.set_callbacks(MedianStopping(folder))
        search.set_params(random_state=seed).fit(X, Y)
        with pytest.raises(ValueError, match="random_state is an int"):
            search.set_params(random_state=other).fit(X, Y)


def test_a_random_state_instance_draws_what_it_would_have_drawn(trained):
    drawn = []
    for stopping in ([], [MedianStopping()]):
        search = RandomizedSearchCV(
            Scripted(), {"curve": [(1,), (2,), (3,), (4,)]}, n_iter=2, cv=ONE_FOLD,
            refit=False, random_state=np.random.RandomState(3),
        )  # fmt: skip
        search.set_callbacks(*stopping).fit(X, Y)
        drawn.append(search.cv_results_["params"])
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize("foreign", [True, False])
def test_a_folder_that_will_not_do_is_refused_before_anything_is_trained(
    trained, tmp_path, foreign
):
    (tmp_path / "thesis.txt").write_text("")
    folder = tmp_path if foreign else tmp_path / "thesis.txt"
    error, words = (ValueError, "not a journal") if foreign else (OSError, "can write")
    with pytest.raises(error, match=words):
        search_scripted([(1,) * 9], MedianStopping(folder))
    assert trained == []


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
