"""What stands in a column: texts and measurements, present or missing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import narwhals as nw
import numpy as np

from hanrock_sk.talkturns.table import require_columns

LARGEST = float(np.finfo(np.float32).max)
"""Numbers beyond this are refused: networks reckon in single precision, and squares of
such numbers overflow double precision too."""


def is_missing(value: Any) -> bool:
    """Whether a value stands for "not there": None, NaN, NaT, pandas.NA or a mask.

    Examples
    --------
    >>> from hanrock_sk.talkturns.values import is_missing
    >>> [is_missing(value) for value in (None, float("nan"), "", 0)]
    [True, True, False, False]
    """
    if value is None:
        return True
    if isinstance(value, str):
        return False
    if isinstance(value, float | np.floating):
        return math.isnan(value)
    return type(value).__name__ in ("NAType", "NaTType", "MaskedConstant")


def read_texts(table: nw.DataFrame, column: str) -> list[str]:
    """Read a column of strings, every one of them present.

    Raises
    ------
    ValueError
        If a value is missing or not a string; the error names the row.
    """
    require_columns(table, [column])
    return check_texts(table[column].to_list(), f"Column {column!r}, row")


def check_texts(values: Sequence[Any], where: str = "Row") -> list[str]:
    """Check that all values are strings; `where` and the row number lead the error."""
    values = list(values)
    for row, value in enumerate(values):
        if not isinstance(value, str):
            if is_missing(value):
                raise ValueError(
                    f"{where} {row}: the text is missing. Use '' for a talkturn in "
                    "which nothing was said."
                )
            raise ValueError(
                f"{where} {row}: expected a string, got {value!r} "
                f"({type(value).__name__})."
            )
    return values


def read_numbers(table: nw.DataFrame, column: str) -> np.ndarray:
    """Read a column of measurements.

    Returns
    -------
    values : ndarray of float64, shape (n_rows,)
        NaN where the measurement is missing; booleans as 0 and 1.

    Raises
    ------
    ValueError
        If the column holds something that is not a number, an infinite one, or one
        that is too large for single precision.

    Examples
    --------
    >>> import polars as pl
    >>> from hanrock_sk.talkturns.table import read_table
    >>> from hanrock_sk.talkturns.values import read_numbers
    >>> read_numbers(read_table(pl.DataFrame({"delay": [0.5, None]})), "delay")
    array([0.5, nan])
    """
    require_columns(table, [column])
    series = table[column]
    if series.dtype.is_numeric() and not series.dtype.is_decimal():
        values = series.cast(nw.Float64).to_numpy().astype(np.float64)
    else:
        values = np.empty(len(series))
        for row, value in enumerate(series.to_list()):
            if is_missing(value):
                values[row] = np.nan
            elif isinstance(value, str | bytes):
                raise ValueError(
                    f"Column {column!r} must hold numbers; row {row} holds {value!r}."
                )
            else:
                try:
                    values[row] = float(value)
                except OverflowError:  # an integer of hundreds of digits
                    values[row] = np.inf
                except (TypeError, ValueError):
                    raise ValueError(
                        f"Column {column!r} must hold numbers; row {row} holds "
                        f"{value!r} ({type(value).__name__})."
                    ) from None
    infinite = np.flatnonzero(np.isinf(values))
    if len(infinite):
        raise ValueError(
            f"Column {column!r}, row {infinite[0]}: the value is infinite."
        )
    refuse_large(values, np.arange(len(values)), f"Column {column!r}")
    return values


def refuse_large(values: np.ndarray, rows: np.ndarray, name: str) -> None:
    """Raise a ValueError for the first value beyond `LARGEST`, with its row."""
    large = np.flatnonzero(np.abs(values) > LARGEST)
    if len(large):
        raise ValueError(
            f"{name}, row {rows[large[0]]}: {values[large[0]].item()!r} is too large; "
            f"numbers go up to {LARGEST:.3g}. Use another unit."
        )
