"""How far raters agree, beyond what chance would make them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from sklearn.metrics import cohen_kappa_score

from hanrock_sk.raters.ratings import read_ratings

Distance = Callable[[np.ndarray, np.ndarray], np.ndarray]


def cohen_kappa(
    X: Any, columns: Sequence[str], *, weights: str | None = None
) -> dict[tuple[str, str], float]:
    """Compute Cohen's kappa of every pair of raters.

    Parameters
    ----------
    X : DataFrame
        Table of talkturns with a column for each rater.
    columns : sequence of str
        The raters' columns; labels are missing where a rater gave none.
    weights : {None, "linear", "quadratic"}, default=None
        How much worse than a small difference a large one is, counted in ranks of all
        labels in these columns; None for labels without an order.

    Returns
    -------
    kappa : dict
        From two columns to their kappa, over the talkturns that both rated: 1 is
        perfect, 0 what chance gives. NaN if they have none in common.

    Raises
    ------
    ValueError
        If the ratings cannot be read.

    Examples
    --------
    >>> import polars as pl
    >>> from hanrock_sk.raters import cohen_kappa
    >>> rated = pl.DataFrame({"ann": ["a", "a", "b", "b"], "ben": ["a", "b", "b", "b"]})
    >>> cohen_kappa(rated, ["ann", "ben"])
    {('ann', 'ben'): 0.5}
    """
    ratings = read_ratings(X, columns)
    labels = np.arange(len(ratings.labels))  # ranks, also of labels a pair never gave
    found = {}
    for first, second in combinations(range(len(ratings.columns)), 2):
        both = ratings.given[:, first] & ratings.given[:, second]
        one, other = ratings.codes[both, first], ratings.codes[both, second]
        kappa = np.nan
        if both.any():
            same = len(np.union1d(one, other)) == 1
            # Where all is one label, chance agrees as well: 0 / 0 to scikit-learn.
            kappa = 1.0
            if not same:
                kappa = cohen_kappa_score(one, other, labels=labels, weights=weights)
        found[ratings.columns[first], ratings.columns[second]] = float(kappa)
    return found


def krippendorff_alpha(
    X: Any, columns: Sequence[str], *, level: str = "nominal"
) -> float:
    """Compute Krippendorff's alpha of all raters together.

    It takes any number of raters, and ratings that are missing.

    Parameters
    ----------
    X : DataFrame
        Table of talkturns with a column for each rater.
    columns : sequence of str
        The raters' columns; labels are missing where a rater gave none.
    level : {"nominal", "ordinal", "interval", "ratio"}, default="nominal"
        What ratings are: names, ranks (by sorting), numbers whose differences count,
        or numbers whose ratios do.

    Returns
    -------
    alpha : float
        1 - observed / expected disagreement: 1 is perfect, 0 what chance gives. 0.8 is
        often asked for, 0.667 the least for tentative conclusions. NaN if no talkturn
        has two ratings.

    Raises
    ------
    ValueError
        If the ratings cannot be read, there is no such level, or it needs numbers.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's alpha-reliability.

    Examples
    --------
    >>> import polars as pl
    >>> from hanrock_sk.raters import krippendorff_alpha
    >>> rated = pl.DataFrame({"ann": [1, 2, 3, 3], "ben": [1, 2, 3, 4]})
    >>> round(krippendorff_alpha(rated, ["ann", "ben"], level="interval"), 3)
    0.889
    """
    ratings = read_ratings(X, columns)
    if level not in DISTANCES:
        raise ValueError(f"level must be one of {list(DISTANCES)}, got {level!r}.")
    if level in ("interval", "ratio") and not ratings.are_numbers:
        raise ValueError(
            f"level={level!r} needs ratings that are numbers, got "
            f"{ratings.labels[0].item()!r}."
        )
    counts = ratings.counts
    n_ratings = counts.sum(axis=1)
    counts, n_ratings = counts[n_ratings > 1], n_ratings[n_ratings > 1]
    if len(counts) == 0:
        return float("nan")
    # Pairs of ratings of a talkturn, which altogether count as many as its ratings.
    weighted = counts / (n_ratings - 1)[:, np.newaxis]
    coincidences = weighted.T @ counts - np.diag(weighted.sum(axis=0))
    totals = coincidences.sum(axis=0)
    labels = ratings.labels if ratings.are_numbers else np.arange(len(totals))
    distance = DISTANCES[level](labels.astype(np.float64), totals)
    observed = (coincidences * distance).sum()
    expected = (np.outer(totals, totals) * distance).sum() / (totals.sum() - 1)
    return 1.0 if expected == 0 else float(1 - observed / expected)


def _nominal(labels: np.ndarray, totals: np.ndarray) -> np.ndarray:
    return 1.0 - np.eye(len(labels))


def _ordinal(labels: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Ratings that lie between two labels, half of both included, squared."""
    middles = np.cumsum(totals) - totals / 2
    return np.subtract.outer(middles, middles) ** 2


def _interval(labels: np.ndarray, totals: np.ndarray) -> np.ndarray:
    return np.subtract.outer(labels, labels) ** 2


def _ratio(labels: np.ndarray, totals: np.ndarray) -> np.ndarray:
    sums = np.add.outer(labels, labels)
    differences = np.subtract.outer(labels, labels)
    return (differences / np.where(sums == 0, 1, sums)) ** 2


DISTANCES: dict[str, Distance] = {
    "nominal": _nominal,
    "ordinal": _ordinal,
    "interval": _interval,
    "ratio": _ratio,
}
