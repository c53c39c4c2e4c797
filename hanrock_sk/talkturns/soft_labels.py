"""Labels as distributions: a column ``soft__<label>`` with each label's probability."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np

from hanrock_sk.talkturns.values import read_numbers

SOFT_PREFIX = "soft__"
"""What the names of such columns begin with; the label follows, as text."""

ROUGHLY_ONE = 1e-3
"""Probabilities may miss the sum of 1 by this, as rounded ones do."""


def soft_columns(table: nw.DataFrame | None) -> dict[str, str]:
    """Return the labels, as text, that have such a column, with its name."""
    if table is None:
        return {}
    return {
        name.removeprefix(SOFT_PREFIX): name
        for name in table.columns
        if name.startswith(SOFT_PREFIX)
    }


def label_of_text(text: str, kind: str) -> Any:
    """Return the label that a column's name stands for.

    Parameters
    ----------
    text : str
        What follows the prefix.
    kind : str
        NumPy's letter for the kind of the labels: one of "biufU".

    Returns
    -------
    label : str, int, float or bool
        Of that kind.

    Raises
    ------
    ValueError
        If no such label is written like this.

    Examples
    --------
    >>> from hanrock_sk.talkturns.soft_labels import label_of_text
    >>> label_of_text("2", "i"), label_of_text("2", "U"), label_of_text("True", "b")
    (2, '2', True)
    """
    column = SOFT_PREFIX + text
    try:
        if kind == "b":
            return {"True": True, "False": False}[text]
        return {"U": str, "f": float}.get(kind, int)(text)
    except (KeyError, ValueError):
        names = {"b": "True or False", "f": "a number"}.get(kind, "a whole number")
        raise ValueError(
            f"Column {column!r}: behind {SOFT_PREFIX!r} stands a label, which in y is "
            f"{names}, got {text!r}."
        ) from None


def read_probabilities(table: nw.DataFrame, columns: list[str]) -> np.ndarray:
    """Read the distribution of every talkturn.

    Parameters
    ----------
    table : narwhals.DataFrame
        A talkturn table.
    columns : list of str
        A column for each label.

    Returns
    -------
    probabilities : ndarray of float64, shape (n_rows, n_labels)
        Rows sum to 1; a row without any probability is NaN.

    Raises
    ------
    ValueError
        If one is missing beside others, negative, or a row does not sum to 1; the
        error names the row.

    Examples
    --------
    >>> import polars as pl
    >>> from hanrock_sk.talkturns.soft_labels import read_probabilities
    >>> from hanrock_sk.talkturns.table import read_table
    >>> soft = pl.DataFrame({"soft__a": [0.25, None], "soft__b": [0.75, None]})
    >>> read_probabilities(read_table(soft), ["soft__a", "soft__b"])
    array([[0.25, 0.75],
           [ nan,  nan]])
    """
    given = np.stack([read_numbers(table, column) for column in columns], axis=1)
    missing = np.isnan(given)
    for row in np.flatnonzero(missing.any(axis=1) & ~missing.all(axis=1)):
        column = columns[int(np.flatnonzero(missing[row])[0])]
        raise ValueError(
            f"Column {column!r}, row {row}: the probability is missing, but other "
            f"{SOFT_PREFIX}* columns have one. Where a label has none, write 0."
        )
    for row, label in np.argwhere(given < 0):
        raise ValueError(
            f"Column {columns[label]!r}, row {row}: a probability cannot be negative, "
            f"got {given[row, label]}."
        )
    sums = given.sum(axis=1)
    for row in np.flatnonzero(np.abs(sums - 1) > ROUGHLY_ONE):
        raise ValueError(
            f"Row {row}: the probabilities in the {SOFT_PREFIX}* columns sum to "
            f"{sums[row]:.4g}, not to 1."
        )
    return given / sums[:, np.newaxis]
