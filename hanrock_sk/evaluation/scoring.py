"""Scikit-learn's scorers, for conversations in which not every talkturn has a label."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import get_scorer
from sklearn.utils import check_consistent_length

from hanrock_sk.talkturns.labels import read_labels


def labelled_scorer(name: str) -> LabelledScorer:
    """Make a scorer that skips the talkturns without a label.

    The estimator predicts every row, because talkturns without a label are context of
    their neighbours; only then are the rows without a label left out of the score.

    Parameters
    ----------
    name : str
        A scorer of scikit-learn's, such as ``"accuracy"``, ``"balanced_accuracy"`` (the
        paper's MA), ``"f1_weighted"``, ``"neg_log_loss"`` or
        ``"neg_mean_absolute_error"``; `sklearn.metrics.get_scorer_names` lists them.

    Returns
    -------
    scorer : callable
        Called as ``scorer(estimator, X, y)``; for the `scoring` parameter of
        scikit-learn's searches and cross-validation. It raises a ValueError where all
        labels are missing.

    Raises
    ------
    ValueError
        If scikit-learn has no scorer of that name.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from hanrock_sk.evaluation import labelled_scorer
    >>> talkturns = [["hello"], ["hi"], ["bye"]]
    >>> model = DummyClassifier().fit(talkturns, ["open", "open", "close"])
    >>> labelled_scorer("accuracy")(model, talkturns, ["open", None, "close"])
    0.5
    """
    # Looked up here so that a wrong name fails before anything is trained.
    get_scorer(name)
    return LabelledScorer(name)


@dataclass(frozen=True)
class LabelledScorer:
    """What `labelled_scorer` makes: it knows the name alone, so it travels anywhere."""

    name: str

    def __call__(self, estimator: Any, X: Any, y: Any) -> float:
        """Score the estimator's predictions on the rows of `X` that have a label."""
        check_consistent_length(X, y)
        values, labelled = read_labels(y)
        if not labelled.any():
            raise ValueError(
                f"All {len(labelled)} labels are missing: {self} has nothing to score."
            )
        _warn_if_torn(estimator, X)
        predictor = _LabelledPredictor(estimator, labelled)
        return float(get_scorer(self.name)(predictor, X, values[labelled]))

    def __repr__(self) -> str:
        """Write the call that makes this scorer."""
        return f"labelled_scorer({self.name!r})"


def _warn_if_torn(estimator: Any, X: Any) -> None:
    """Let the estimator at the end of a Pipeline or search see what it is scored on."""
    while (inner := getattr(estimator, "best_estimator_", None)) is not None:
        estimator = inner
    if hasattr(estimator, "steps"):
        estimator = estimator.steps[-1][1]
    if hasattr(estimator, "_warn_if_torn"):
        estimator._warn_if_torn(X)


class _LabelledPredictor:
    """A fitted estimator whose predictions are told for the labelled rows alone."""

    def __init__(self, estimator: Any, labelled: np.ndarray) -> None:
        self._estimator = estimator
        self._labelled = labelled

    def __getattr__(self, attribute: str) -> Any:
        member = getattr(self._estimator, attribute)
        if attribute in ("predict", "predict_proba", "decision_function"):
            return self._for_labelled_rows(member)
        return member

    def __sklearn_tags__(self) -> Any:
        return self._estimator.__sklearn_tags__()

    def _for_labelled_rows(self, predict: Callable) -> Callable:
        @functools.wraps(predict)
        def predict_labelled(X: Any) -> np.ndarray:
            return np.asarray(predict(X))[self._labelled]

        return predict_labelled
