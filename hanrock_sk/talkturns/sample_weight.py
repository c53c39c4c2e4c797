"""Weights of labels: how much each counts, in training and in scores."""

from __future__ import annotations

from numbers import Real
from typing import Any

import narwhals as nw
import numpy as np

from hanrock_sk.talkturns.labels import read_labels
from hanrock_sk.talkturns.values import LARGEST, is_missing

ROUNDING = 1e-9
"""Shares of a sum of weights that differ by less are equal."""


def read_sample_weight(
    sample_weight: Any, n_rows: int, *, name: str = "sample_weight"
) -> np.ndarray:
    """Read a weight per talkturn.

    Parameters
    ----------
    sample_weight : array-like of shape (n_rows,), float or None
        Weights; one number stands for every row, None for 1.
    n_rows : int
        How many there must be.
    name : str
        What errors call them.

    Returns
    -------
    weights : ndarray of float64, shape (n_rows,)
        None of them negative.

    Raises
    ------
    ValueError
        If there is another number of them, or one is missing, negative, infinite, too
        large for single precision or no number; the error names the row.

    Examples
    --------
    >>> from hanrock_sk.talkturns.sample_weight import read_sample_weight
    >>> read_sample_weight([1, 0, 0.5], 3)
    array([1. , 0. , 0.5])
    >>> read_sample_weight([1, -2, 0.5], 3)
    Traceback (most recent call last):
    ...
    ValueError: sample_weight, row 1: a weight must be a number from 0, got -2.
    """
    if sample_weight is None:
        return np.ones(n_rows)
    series = nw.from_native(sample_weight, allow_series=True, pass_through=True)
    if isinstance(sample_weight, Real):
        given: list[Any] = [sample_weight] * n_rows
    elif isinstance(series, nw.Series):
        given = series.to_list()
    else:
        is_array = isinstance(sample_weight, np.ndarray)
        array = np.asarray(sample_weight, dtype=None if is_array else object)
        if array.ndim != 1:
            raise ValueError(
                f"{name} must be one-dimensional, got shape {array.shape}."
            )
        given = array.tolist()
    if len(given) != n_rows:
        raise ValueError(f"{name} has {len(given)} weights for {n_rows} talkturns.")
    for row, weight in enumerate(given):
        if not _is_weight(weight):
            raise ValueError(
                f"{name}, row {row}: a weight must be a number from 0, got {weight!r}."
            )
    return np.array(given, dtype=np.float64)


def _is_weight(value: Any) -> bool:
    if is_missing(value) or not isinstance(value, Real):
        return False
    return 0 <= float(value) <= LARGEST


def read_weighted_labels(
    y: Any, n_rows: int, sample_weight: Any = None, *, name: str = "y"
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Read labels, of which those with weight zero are as good as missing.

    Parameters
    ----------
    y : array-like of shape (n_rows,)
        Labels; see `hanrock_sk.talkturns.labels.read_labels`.
    n_rows : int
        How many there must be.
    sample_weight : array-like of shape (n_rows,), float or None
        How much each label counts; see `read_sample_weight`.
    name : str
        What errors call the labels.

    Returns
    -------
    values : ndarray of shape (n_rows,)
        The labels.
    present : ndarray of bool, shape (n_rows,)
        Which labels are there and count.
    weights : ndarray of float64, shape (n_rows,), or None
        Weights of these labels; 1 in all other rows. None if every label counts 1: a
        fit with such weights is to the last bit the fit without them.

    Raises
    ------
    ValueError
        If labels or weights cannot be read.

    Examples
    --------
    >>> from hanrock_sk.talkturns.sample_weight import read_weighted_labels
    >>> values, present, weights = read_weighted_labels(["a", "b", None], 3, [2, 0, 3])
    >>> present.tolist(), weights.tolist()
    ([True, False, False], [2.0, 1.0, 1.0])
    """
    if sample_weight is None:
        values, present = read_labels(y, n_rows, name=name)
        return values, present, None
    weights = read_sample_weight(sample_weight, n_rows)
    values, present = read_labels(y, n_rows, name=name, counts=weights > 0)
    weights = np.where(present, weights, 1.0)
    return values, present, None if (weights == 1).all() else weights


def read_scored_labels(
    y: Any, n_rows: int, sample_weight: Any = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Read the labels that predictions are scored by.

    Parameters
    ----------
    y, n_rows, sample_weight : object
        See `read_weighted_labels`.

    Returns
    -------
    true : ndarray of shape (n_scored,)
        The labels that are there and count.
    scored : ndarray of bool, shape (n_rows,)
        Their rows.
    weights : ndarray of float64, shape (n_scored,), or None
        How much each counts; None if no weights were given.

    Raises
    ------
    ValueError
        If there is no such label, or labels or weights cannot be read.

    Examples
    --------
    >>> from hanrock_sk.talkturns.sample_weight import read_scored_labels
    >>> true, scored, _ = read_scored_labels(["a", None, "b"], 3)
    >>> true.tolist(), scored.tolist()
    (['a', 'b'], [True, False, True])
    """
    values, scored, weights = read_weighted_labels(y, n_rows, sample_weight)
    if not scored.any():
        weightless = "" if sample_weight is None else " or have weight zero"
        raise ValueError(
            f"All {n_rows} labels of y are missing{weightless}; there is nothing to "
            "score."
        )
    return values[scored], scored, None if weights is None else weights[scored]


def weighted_median(values: np.ndarray, weights: np.ndarray | None) -> float:
    """Return the median of values of which some count more than others.

    Parameters
    ----------
    values : ndarray of shape (n,)
        None of them missing.
    weights : ndarray of shape (n,) or None
        Above zero; None if all count the same.

    Returns
    -------
    median : float
        Half of the weight is below and half above; the mean of two values where a
        half ends just between them, as NumPy has it.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.talkturns.sample_weight import weighted_median
    >>> weighted_median(np.array([1.0, 2.0, 9.0]), np.array([1.0, 1.0, 2.0]))
    5.5
    """
    if weights is None:
        return float(np.median(values))
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order])
    half = below[-1] / 2
    # Sums of weights such as 0.1 miss the half by their rounding.
    lower = np.searchsorted(below, half * (1 - ROUNDING))
    upper = np.searchsorted(below, half * (1 + ROUNDING), "right")
    upper = min(upper, len(values) - 1)
    return float((values[order[lower]] + values[order[upper]]) / 2)
