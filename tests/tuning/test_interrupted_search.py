"""Searches that are interrupted, or run again, end as if they had not been."""

from __future__ import annotations

import pytest
from scripted_search import journal_of
from sklearn.callback import ScoringMonitor
from tiny_search import comparable, data, tiny_search

from hanrock_sk.evaluation import labelled_scorer
from hanrock_sk.tuning import MedianStopping


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


@pytest.mark.parametrize("remembering", ["memory", "journal", "both"])
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_an_interrupted_search_ends_as_if_it_had_not_been(
    remembering, first, uninterrupted, tmp_path, monkeypatch
):
    X, y, groups = data()
    memory = str(tmp_path / "memory") if remembering != "journal" else None
    journal = tmp_path / "journal" if remembering != "memory" else None
    fits = count_trainings(monkeypatch)
    for at in (2, 9):
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
        # Each finished trial once, both of the interrupted ones, and the refit.
        assert len(fits) == N_TRIALS + 2 + 1
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
