"""Which tasks the fusion weighted, over many talkturns."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from hanrock_sk.explain.overall import OverallAttention, attention

LEAST_PRIMARY = 0.1
"""With less of the fusion than this, attention of the primary branch says little."""


@dataclass(frozen=True)
class FusionShares:
    """The shares of the tasks in the fusion, over the talkturns of a corpus.

    Attributes
    ----------
    n_talkturns : int
        Predicted talkturns.
    tasks : tuple of str
        The tasks that have a talkturn encoder of their own, "primary" first.
    mean : ndarray of shape (n_tasks,)
        Mean weight of each; they sum to 1.
    low, high : ndarray of shape (n_tasks,)
        5th and 95th percentile.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.explain import FusionShares
    >>> shares = FusionShares(
    ...     40, ("primary", "action__au05"), np.array([0.9, 0.1]),
    ...     np.array([0.85, 0.05]), np.array([0.95, 0.15]),
    ... )
    >>> print(shares)
    Over 40 talkturns the primary branch has 90 % of the fusion, the auxiliary one 10 %.
    """

    n_talkturns: int
    tasks: tuple[str, ...]
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def primary(self) -> float:
        """Mean share of the primary branch."""
        return float(self.mean[0])

    @property
    def is_ignored(self) -> bool:
        """Whether the primary branch has less than a tenth."""
        return self.primary < LEAST_PRIMARY

    def __str__(self) -> str:
        """Say it in a sentence."""
        if len(self.tasks) == 1:
            return "This model has the primary branch alone; there is nothing to fuse."
        said = (
            f"Over {self.n_talkturns} talkturns the primary branch has "
            f"{100 * self.primary:.0f} % of the fusion, the auxiliary one "
            f"{100 * (1 - self.primary):.0f} %."
        )
        if self.is_ignored:
            said += (
                " Overall attention (A.5) is then that of the auxiliary tasks: what "
                "they weighted, not what the prediction of the primary task rests on."
            )
        return said


def fusion(estimator: Any, X: Any, rows: Iterable[int] | None = None) -> FusionShares:
    """Return which tasks the fusion weighted, over many talkturns.

    Parameters
    ----------
    estimator : HANRockClassifier, HANRockRegressor or Pipeline that ends in one
        The fitted model. Of a search, its best estimator is taken.
    X : DataFrame or sequence of str
        What ``estimator.predict`` takes.
    rows : iterable of int, default=None
        The predicted talkturns, as rows of `X`; all by default.

    Returns
    -------
    shares : FusionShares
        Printed, it is a sentence. `plots.task_attention` plots the same.

    Warns
    -----
    UserWarning
        If the primary branch has less than a tenth. With ``fusion="anchored"``, the
        default of the estimators, it keeps more than half.

    Examples
    --------
    >>> from hanrock_sk import AuxiliaryTargets, HANRockClassifier, explain
    >>> from hanrock_sk.datasets import make_conversations
    >>> X, y = make_conversations(4, 6, random_state=0)
    >>> wide = AuxiliaryTargets(history=1, future=0).fit_transform(X, y)
    >>> model = HANRockClassifier(
    ...     content_size=2, word_gru=2, pri_gru=2, attention_units=2, max_epochs=1,
    ...     device="cpu", random_state=0,
    ... ).fit(wide, y)
    >>> explain.fusion(model, wide).primary > 0.5
    True
    """
    shares = shares_of(attention(estimator, X, rows))
    if shares.is_ignored:
        warnings.warn(str(shares), UserWarning, stacklevel=2)
    return shares


def shares_of(overall: OverallAttention) -> FusionShares:
    """Summarise the attention over tasks."""
    weights = overall.task_weights
    low, high = np.quantile(weights, [0.05, 0.95], axis=1)
    return FusionShares(len(overall), overall.tasks, weights.mean(axis=1), low, high)
