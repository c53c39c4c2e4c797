"""Callbacks of scikit-learn in `fit`: all our use of that new API.

To a network an epoch is a task of its own below the fit, so that `ProgressBar` and
`ScoringMonitor` work, and a callback that answers True at its end stops training. A
transformer's fit is one task.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from sklearn.callback import CallbackSupportMixin

if TYPE_CHECKING:  # scikit-learn has no types, and would hide those of `fit`
    Function = TypeVar("Function", bound=Callable[..., Any])

    def with_callbacks(function: Function) -> Function: ...
else:
    from sklearn.callback import with_callbacks

__all__ = [
    "CallbackSupportMixin",
    "EpochTasks",
    "NoTasks",
    "fit_task",
    "with_callbacks",
]


@contextmanager
def fit_task(transformer: Any, X: Any, y: Any) -> Iterator[None]:
    """Tell the callbacks of a transformer when its fit begins, and that it succeeded.

    To be used in a method under scikit-learn's ``_fit_context``, which tears the
    callbacks down.

    Parameters
    ----------
    transformer : transformer
        The transformer in fit.
    X, y : object
        What it was given.

    Yields
    ------
    None
        While the transformer fits.
    """
    task = transformer._init_callback_context()
    task.call_on_fit_task_begin(estimator=transformer, X=X, y=y)
    yield
    task.call_on_fit_task_end(
        estimator=transformer, X=X, y=y, reconstruction_attributes={}
    )


class EpochTasks:
    """Tells the callbacks of an estimator when an epoch begins and ends.

    Every epoch is told once. Training that starts over, because what was remembered of
    it did not end where the callbacks end it, gets the answers given before.

    Parameters
    ----------
    estimator : estimator
        The estimator in fit.
    X, y : object
        What it was given.
    n_epochs : int
        How many epochs there are at most.
    fitted_attributes : callable
        Makes the attributes of a fitted estimator out of the current weights; called
        only if a callback asks for one.
    """

    def __init__(
        self,
        estimator: Any,
        X: Any,
        y: Any,
        n_epochs: int,
        fitted_attributes: Callable[[], dict[str, Any]],
    ) -> None:
        self._estimator = estimator
        self._data = {"X": X, "y": y}
        self._fitted_attributes = fitted_attributes
        self._fit = estimator._init_callback_context(max_subtasks=n_epochs)
        self._fit.call_on_fit_task_begin(estimator=estimator, **self._data)
        self._epoch: Any = None
        self._number = 0
        self._answers: list[bool] = []

    def start_over(self) -> None:
        """Go back to the first epoch."""
        self._number = 0

    def begin_epoch(self) -> None:
        """Open the task of an epoch."""
        self._number += 1
        if self._number > len(self._answers):
            self._epoch = self._fit.subcontext(task_name="epoch")
            self._epoch.call_on_fit_task_begin(estimator=self._estimator, **self._data)

    def end_epoch(self, *, weights_are_there: bool = True) -> bool:
        """Close the task of an epoch; True if a callback wants training to stop.

        Of a remembered epoch there is a record, but no weights to predict with.
        """
        if self._number > len(self._answers):
            answer = self._epoch.call_on_fit_task_end(
                estimator=self._estimator,
                reconstruction_attributes=(
                    self._fitted_attributes if weights_are_there else None
                ),
                **self._data,
            )
            self._answers.append(answer)
        return self._answers[self._number - 1]

    def end_fit(self) -> None:
        """Close the task of the fit."""
        self._fit.call_on_fit_task_end(
            estimator=self._estimator,
            reconstruction_attributes=self._fitted_attributes,
            **self._data,
        )


class NoTasks:
    """Stands for `EpochTasks` where the callbacks are not to know of a training."""

    def start_over(self) -> None:
        """Go back to the first epoch."""

    def begin_epoch(self) -> None:
        """Open the task of an epoch."""

    def end_epoch(self, *, weights_are_there: bool = True) -> bool:
        """Close the task of an epoch; nobody wants training to stop."""
        return False
