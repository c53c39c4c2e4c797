"""The columns of a talkturn table that hold what each rater said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np

from hanrock_sk.talkturns.labels import read_labels
from hanrock_sk.talkturns.table import read_table, require_columns


@dataclass(frozen=True)
class Ratings:
    """What each rater said of each talkturn.

    Attributes
    ----------
    columns : list of str
        A column of the table for each rater.
    labels : ndarray of shape (n_labels,)
        The labels that were given, sorted.
    codes : ndarray of int64, shape (n_talkturns, n_raters)
        Which of the `labels` it is; -1 where a rater gave none.
    """

    columns: list[str]
    labels: np.ndarray
    codes: np.ndarray

    @property
    def given(self) -> np.ndarray:
        """Which ratings are there, as booleans of shape (n_talkturns, n_raters)."""
        return self.codes >= 0

    @property
    def counts(self) -> np.ndarray:
        """How often each label was given, of shape (n_talkturns, n_labels)."""
        n_rows = len(self.codes)
        counts = np.zeros((n_rows, len(self.labels)))
        rows, raters = np.nonzero(self.given)
        np.add.at(counts, (rows, self.codes[rows, raters]), 1)
        return counts

    @property
    def values(self) -> np.ndarray:
        """Ratings that are numbers, as float64; NaN where there is none."""
        numbers = self.labels.astype(np.float64)
        return np.where(self.given, numbers[self.codes], np.nan)

    @property
    def are_numbers(self) -> bool:
        """Whether ratings are numbers."""
        return self.labels.dtype.kind in "iuf"

    @property
    def are_real_values(self) -> bool:
        """Whether ratings are numbers of which some are not whole."""
        return self.labels.dtype.kind == "f"


def read_ratings(X: Any, columns: Sequence[str]) -> Ratings:
    """Read the ratings of a table.

    Parameters
    ----------
    X : DataFrame
        A talkturn table.
    columns : sequence of str
        A column for each rater; None, NaN or pandas.NA where a rater gave no label.

    Returns
    -------
    ratings : Ratings
        Whole numbers are read as such, also where missing ones made floats of them.

    Raises
    ------
    TypeError
        If `columns` is one string.
    ValueError
        If a column is missing, named twice, holds no labels, nobody gave any, or some
        raters gave strings and others none.

    Examples
    --------
    >>> import polars as pl
    >>> from hanrock_sk.raters.ratings import read_ratings
    >>> table = pl.DataFrame({"ann": ["yes", "no"], "ben": ["yes", None]})
    >>> ratings = read_ratings(table, ["ann", "ben"])
    >>> ratings.labels.tolist(), ratings.codes.tolist()
    (['no', 'yes'], [[1, 1], [0, -1]])
    """
    if isinstance(columns, str):
        raise TypeError(f"columns must be a sequence of column names, got {columns!r}.")
    columns = list(columns)
    if not columns:
        raise ValueError("columns names no rater; at least one is needed.")
    if len(set(columns)) < len(columns):
        twice = next(each for each in columns if columns.count(each) > 1)
        raise ValueError(f"columns names the rater {twice!r} twice.")
    table = read_table(X)
    require_columns(table, columns)
    return _code(table, columns)


def _code(table: nw.DataFrame, columns: list[str]) -> Ratings:
    read = {c: read_labels(table[c], name=f"Column {c!r}") for c in columns}
    known = {c: values[there] for c, (values, there) in read.items() if there.any()}
    if not known:
        raise ValueError(f"None of the raters {columns} gave any label.")
    (first, labels), *_ = known.items()
    for column, values in known.items():
        if (values.dtype.kind == "U") != (labels.dtype.kind == "U"):
            raise ValueError(
                f"Column {column!r} holds ratings such as {values[0].item()!r}, column "
                f"{first!r} such as {labels[0].item()!r}: raters give strings, or "
                "numbers, but not both."
            )
    given = np.concatenate(list(known.values()))
    if given.dtype.kind == "f" and (given == np.floor(given)).all():
        given = given.astype(np.int64)  # missing ones had made floats of them
    labels, codes_given = np.unique(given, return_inverse=True)
    codes = np.full((len(table), len(columns)), -1, dtype=np.int64)
    begin = 0
    for place, column in enumerate(columns):
        there = read[column][1]
        codes[there, place] = codes_given[begin : begin + there.sum()]
        begin += there.sum()
    return Ratings(columns, labels, codes)
