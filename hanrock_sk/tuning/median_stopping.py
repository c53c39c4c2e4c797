"""The median stopping rule, as a callback of scikit-learn's searches.

With `journal_opener` and `hanrock_sk._base.callbacks`, the only place where
scikit-learn's callback API, new in 1.9, is used.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
from collections.abc import Iterable, Sequence
from numbers import Integral
from os import PathLike
from typing import Any

import joblib
from sklearn.model_selection import (
    GridSearchCV,
    RandomizedSearchCV,
)

from hanrock_sk._base.sklearn_private import Interval, validate_params
from hanrock_sk.tuning.journal import Trial, TrialJournal
from hanrock_sk.tuning.journal_opener import open_at_split


class MedianStopping:
    """Stop the trials of a search that do worse than the median of the others.

    The rule of Vizier, which the paper uses (appendix A.3): a trial is stopped at
    epoch s if its best objective by then is strictly worse than the median, over the
    completed trials, of the running average of their objectives up to s. Trials are
    compared on the same fold of the cross-validation only.

    The objective is the estimator's validation score, ``history_[-1]["valid_score"]``:
    accuracy, or the negative mean absolute error. Unlike the loss it is on one scale
    for all trials, whatever their class weights or kind of loss. Completed are trials
    that ended by themselves, after all epochs or for lack of patience; trials that
    were stopped do not count. One that completed before epoch s counts with the
    average of the epochs it had.

    A stopped trial keeps the weights of its best epoch, is scored like any other, and
    has ``stopped: "callback"`` in the last record of its `history_`. The final refit
    is never stopped.

    Set it on the search: ``search.set_callbacks(MedianStopping())``.

    Parameters
    ----------
    journal : str, path-like or None, default=None
        Folder in which the trials note their epochs, and see each other's. Workers on
        several machines need a path that they share. With None it is a temporary
        folder of this machine, removed after the search.
    min_epochs : int, default=5
        First epoch at which a trial may be stopped.
    interval : int, default=2
        Epochs until the next such epoch.

    Raises
    ------
    TypeError
        If it is set on anything but a `RandomizedSearchCV` or a `GridSearchCV`.
    OSError
        If the journal's folder cannot be written.
    ValueError
        If the folder has other things in it, or the journal of another search; in the
        trials, if they do not validate.

    See Also
    --------
    search_space : What to search over.

    Notes
    -----
    *Resuming.* A search that was killed and is started again with the same journal,
    data, parameters and int `random_state` lets every trial that was over end where
    it ended, and begins the others anew. With the estimator's `memory`, finished
    trials are not trained again either. With `memory` alone, the journal is written
    again while they are loaded.

    *Parallel searches.* With ``n_jobs=1`` the trials come one after the other, and
    the search gives the same result each time. With more workers, which trials have
    completed at a given moment, and hence which are stopped, depends on their speed.

    A journal serves one run of one search at a time.

    Examples
    --------
    >>> from sklearn.model_selection import GroupKFold, RandomizedSearchCV
    >>> from hanrock_sk import HANRockClassifier
    >>> from hanrock_sk.datasets import make_conversations
    >>> from hanrock_sk.tuning import MedianStopping
    >>> X, y = make_conversations(9, 8, random_state=0)
    >>> model = HANRockClassifier(
    ...     word_gru=4, pri_gru=4, attention_units=4, max_epochs=6, device="cpu",
    ...     validation_fraction=0.1, random_state=0,
    ... )
    >>> search = RandomizedSearchCV(
    ...     model, {"lr": [0.1, 0.01, 0.0001]}, n_iter=3, cv=GroupKFold(3),
    ...     random_state=0,
    ... )
    >>> search.set_callbacks(MedianStopping(min_epochs=3)) is search
    True
    >>> search.fit(X, y, groups=X["conversation"]).best_estimator_.n_iter_
    6
    """

    @validate_params(
        {
            "journal": [str, PathLike, None],
            "min_epochs": [Interval(Integral, 1, None, closed="left")],
            "interval": [Interval(Integral, 1, None, closed="left")],
        },
        prefer_skip_nested_validation=True,
    )
    def __init__(
        self,
        journal: str | PathLike[str] | None = None,
        *,
        min_epochs: int = 5,
        interval: int = 2,
    ) -> None:
        self.journal = journal
        self.min_epochs = min_epochs
        self.interval = interval

    @property
    def max_propagation_depth(self) -> None:
        """The search hands this callback down to the network, however deep it is."""
        return None

    def setup(self, estimator: Any, context: Any) -> None:
        """Find the folder of the journal; scikit-learn calls this first.

        Parameters
        ----------
        estimator : RandomizedSearchCV or GridSearchCV
            The search.
        context : sklearn.callback.CallbackContext
            Its task.
        """
        if not isinstance(estimator, RandomizedSearchCV | GridSearchCV):
            raise TypeError(
                "MedianStopping compares the trials of a search: set it on a "
                "RandomizedSearchCV or a GridSearchCV, not on "
                f"{type(estimator).__name__}."
            )
        folder = self.journal
        if folder is None:
            folder = tempfile.mkdtemp(prefix="hanrock-journal-")
        self._journal = TrialJournal(folder)

    def teardown(self, estimator: Any, context: Any) -> None:
        """Remove a temporary journal; scikit-learn calls this last.

        Parameters
        ----------
        estimator : RandomizedSearchCV or GridSearchCV
            The search.
        context : sklearn.callback.CallbackContext
            Its task.
        """
        if self.journal is None and hasattr(self, "_journal"):
            shutil.rmtree(self._journal.folder, ignore_errors=True)

    def on_fit_task_begin(
        self, estimator: Any, context: Any, *, X: Any = None, y: Any = None
    ) -> None:
        """Have the journal opened as the search begins; begin a trial's page.

        Parameters
        ----------
        estimator : estimator
            Whose task it is.
        context : sklearn.callback.CallbackContext
            The task.
        X, y : object
            What the estimator is fitted to.
        """
        if context.parent is None:
            self._data = joblib.hash([X, y])
        elif context.task_name == "search":
            self._n_splits = estimator.n_splits_
            # Opened when the search splits, before it trains anything.
            rule = self.min_epochs, self.interval
            open_at_split(estimator, self._journal, self._data, rule)
        elif is_trial(context):
            self._journal.begin(self._trial(context))

    def on_fit_task_end(self, estimator: Any, context: Any) -> bool:
        """Note what an epoch came to; decide whether it was the trial's last.

        Parameters
        ----------
        estimator : estimator
            Whose task it is.
        context : sklearn.callback.CallbackContext
            The task.

        Returns
        -------
        stop : bool
            True after the last epoch of a trial that is stopped.
        """
        ancestor = context
        while ancestor is not None and not is_trial(ancestor):
            ancestor = ancestor.parent
        if ancestor is None:
            return False  # the search itself, or its refit
        trial = self._trial(ancestor)
        if context.task_name == "epoch":
            return self._judge(trial, estimator.history_)
        if context is ancestor and not self._journal.read(trial).ended:
            self._journal.end(trial)
        return False

    def _trial(self, context: Any) -> Trial:
        return Trial(*divmod(context.task_id, self._n_splits))

    def _judge(self, trial: Trial, history: list[dict[str, Any]]) -> bool:
        epoch = len(history)
        record = self._journal.read(trial)
        if record.ended:  # before a crash: it ends as it did
            return record.stopped and epoch == len(record.objectives)
        if "valid_score" not in history[-1]:
            raise ValueError(
                "MedianStopping compares validation scores, and this trial has none: "
                "its training data hold a single label, or validation_fraction=0."
            )
        objectives = [*record.objectives, float(history[-1]["valid_score"])]
        stop = False
        if epoch >= self.min_epochs and (epoch - self.min_epochs) % self.interval == 0:
            completed = self._journal.completed(trial.fold)
            stop = is_below_median(
                objectives, (other.objectives for other in completed)
            )
        self._journal.add_epoch(trial, objectives[-1], stop)
        return stop


def is_below_median(
    objectives: Sequence[float], completed: Iterable[Sequence[float]]
) -> bool:
    """Apply the median stopping rule.

    Parameters
    ----------
    objectives : sequence of float
        Of the trial, epoch by epoch, until now; greater is better.
    completed : iterable of sequence of float
        The same of the completed trials, from their first epoch to their last.

    Returns
    -------
    stop : bool
        Whether its best one is strictly below the median of the others' averages over
        as many epochs. False if there are no others.
    """
    averages = [statistics.fmean(other[: len(objectives)]) for other in completed]
    return bool(averages) and bool(max(objectives) < statistics.median(averages))


def is_trial(context: Any) -> bool:
    """Whether a task is the fit of one candidate on one fold."""
    return context.source_task_name == "candidate-split-evaluation"
