"""What a rater scores against the others: the ceiling to read a model's score by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import mean_absolute_error, recall_score

from hanrock_sk.raters.combining import is_tied, most_probable
from hanrock_sk.raters.ratings import Ratings, read_ratings

Metric = Callable[[np.ndarray, np.ndarray], float]


@dataclass(frozen=True)
class RaterCeiling:
    """What `rater_ceiling` finds.

    Attributes
    ----------
    scores : dict of str to float
        What each rater scores against the others; NaN for one who shares no talkturn
        with them on which they have a majority.
    n_talkturns : dict of str to int
        How many talkturns that is about.

    Examples
    --------
    >>> from hanrock_sk.raters import RaterCeiling
    >>> RaterCeiling({"ann": 0.75, "ben": 0.25}, {"ann": 40, "ben": 12}).mean
    0.5
    """

    scores: dict[str, float]
    n_talkturns: dict[str, int]

    @property
    def mean(self) -> float:
        """Return the mean over the raters who have a score.

        Returns
        -------
        mean : float
            NaN if none has.
        """
        return float(np.nanmean(list(self.scores.values())))


def rater_ceiling(
    X: Any,
    columns: Sequence[str],
    metric: Metric | None = None,
    *,
    values: bool | None = None,
) -> RaterCeiling:
    """Score each rater against the others, as if the rater were a model.

    A model that comes near has learnt what there is to learn: the rest is what raters
    do not agree on.

    Parameters
    ----------
    X : DataFrame
        Table of talkturns with a column for each rater.
    columns : sequence of str
        The raters' columns, two at least; labels are missing where a rater gave none.
    metric : callable or None, default=None
        ``metric(true, predicted)``, such as those of `sklearn.metrics`. None takes mean
        accuracy, of values the mean absolute error.
    values : bool or None, default=None
        Whether ratings are values rather than classes. None says so of numbers of which
        some are not whole.

    Returns
    -------
    ceiling : RaterCeiling
        By rater. What counts as true is the label that most others gave, of values
        their mean; talkturns without such a label are left out.

    Raises
    ------
    ValueError
        If the ratings cannot be read, there is one rater alone, or values are no
        numbers.

    Examples
    --------
    >>> import polars as pl
    >>> from hanrock_sk.raters import rater_ceiling
    >>> rated = pl.DataFrame(
    ...     {"ann": ["a", "a", "b", "b"],
    ...      "ben": ["a", "b", "b", "b"],
    ...      "cem": ["a", "a", "b", "b"]}
    ... )
    >>> ceiling = rater_ceiling(rated, ["ann", "ben", "cem"])
    >>> ceiling.scores
    {'ann': 1.0, 'ben': 0.75, 'cem': 1.0}
    """
    ratings = read_ratings(X, columns)
    if len(ratings.columns) < 2:
        raise ValueError("A rater is scored against others: columns names one alone.")
    if values is None:
        values = ratings.are_real_values
    if values and not ratings.are_numbers:
        raise ValueError(f"{ratings.labels[0].item()!r} is a rating, and no number.")
    usual = mean_absolute_error if values else _mean_accuracy
    scores, n_talkturns = {}, {}
    for place, column in enumerate(ratings.columns):
        true, predicted = _against_others(ratings, place, values)
        n_talkturns[column] = len(true)
        scores[column] = float("nan")
        if len(true):
            scores[column] = float((metric or usual)(true, predicted))
    return RaterCeiling(scores, n_talkturns)


def _against_others(
    ratings: Ratings, place: int, as_values: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return what the others say where a rater rated, and what the rater says."""
    others = Ratings(
        [c for c in ratings.columns if c != ratings.columns[place]],
        ratings.labels,
        np.delete(ratings.codes, place, axis=1),
    )
    both = ratings.given[:, place] & others.given.any(axis=1)
    if as_values:
        values = ratings.values[both]
        return np.nanmean(np.delete(values, place, axis=1), axis=1), values[:, place]
    counts = others.counts
    both &= ~is_tied(counts)
    best = most_probable(counts, others)
    return ratings.labels[best[both]], ratings.labels[ratings.codes[both, place]]


def _mean_accuracy(true: np.ndarray, predicted: np.ndarray) -> float:
    return float(recall_score(true, predicted, labels=np.unique(true), average="macro"))
