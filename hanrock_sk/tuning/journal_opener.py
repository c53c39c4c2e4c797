"""Opens the journal of a search once its folds are known, and tells it from others."""

from __future__ import annotations

import uuid
from copy import deepcopy
from typing import Any

import joblib
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, ParameterGrid, ParameterSampler

from hanrock_sk.tuning.journal import TrialJournal

IMMATERIAL = ("device", "memory", "n_jobs", "verbose")
"""Parameters that may differ when a search is taken up again."""


def open_at_split(
    search: Any, journal: TrialJournal, data: str, rule: tuple[int, int]
) -> None:
    """Have a journal opened when a search splits, before it trains anything.

    Parameters
    ----------
    search : RandomizedSearchCV or GridSearchCV
        In fit, and about to split.
    journal : TrialJournal
        Is opened with what tells this search from others.
    data : str
        A hash of what the search is fitted to.
    rule : tuple of int
        First epoch and interval of the stopping rule.
    """
    search._checked_cv_orig = _JournalOpener(search, journal, data, rule)


class _JournalOpener:
    """Splits in place of a search's splitter, once, and opens the journal for it.

    No hook is told of the splits. They follow from the groups too, or from chance, so
    that nothing else tells whether the trials in a journal had the same folds.
    """

    def __init__(
        self, search: Any, journal: TrialJournal, data: str, rule: tuple[int, int]
    ) -> None:
        self._search, self._splitter = search, search._checked_cv_orig
        self._journal = journal
        # Now, as the search has not drawn its candidates yet.
        self._identity = _identify(search, data, rule)

    def split(self, X: Any, y: Any = None, **params: Any) -> list[Any]:
        self._search._checked_cv_orig = self._splitter
        splits = list(self._splitter.split(X, y, **params))
        self._journal.open(joblib.hash([self._identity, splits]))
        return splits


def _identify(search: Any, data: str, rule: tuple[int, int]) -> str:
    """Tell data, candidates and all parameters from those of other searches."""
    if isinstance(search, GridSearchCV):
        candidates = list(ParameterGrid(search.param_grid))
    elif search.random_state is None:
        candidates = [uuid.uuid4()]  # drawn by chance, never the same again
    else:
        # A copy, so that the search draws what it would have drawn.
        random_state = deepcopy(search.random_state)
        candidates = list(
            ParameterSampler(
                search.param_distributions, search.n_iter, random_state=random_state
            )
        )
    estimator = clone(search.estimator)
    names = [n for n in estimator.get_params() if n.rpartition("__")[2] in IMMATERIAL]
    estimator.set_params(**dict.fromkeys(names))
    return joblib.hash([data, candidates, estimator, rule])
