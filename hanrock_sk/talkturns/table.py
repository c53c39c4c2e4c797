"""The talkturn table itself: pandas or polars, the columns it has, those it gets.

One row per talkturn. Row order within a conversation is time order; conversations may
interleave. Everything that reads or writes such a table goes through this folder, so
that one code path serves both libraries and every complaint names the column and the
row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import narwhals as nw
import numpy as np


def read_table(X: Any, *, required: Iterable[str] = ()) -> nw.DataFrame:
    """Return a pandas or polars table behind the narwhals interface.

    Parameters
    ----------
    X : DataFrame
        A pandas or polars (eager) DataFrame.
    required : iterable of str
        Columns that must be there.

    Returns
    -------
    table : narwhals.DataFrame
        The same data; nothing is copied.

    Raises
    ------
    TypeError
        If `X` is not a DataFrame, or a column name is not a string.
    ValueError
        If the table has no rows, a column name twice, or lacks a required column.

    Examples
    --------
    >>> import polars as pl
    >>> from hanrock_sk.talkturns.table import read_table
    >>> read_table(pl.DataFrame({"text": ["hello", "hi"]}), required=["text"]).shape
    (2, 1)
    """
    refuse_array(X)
    if isinstance(X, nw.DataFrame):
        table = X
    else:
        _refuse_columns_twice(X)
        try:
            table = nw.from_native(X, eager_only=True)
        except TypeError as error:
            raise TypeError(
                "Expected a talkturn table (a pandas or polars DataFrame with one row "
                f"per talkturn), got {type(X).__name__}."
            ) from error
    odd = [name for name in table.columns if not isinstance(name, str)]
    if odd:
        raise TypeError(f"Column names must be strings; {odd} are not.")
    if len(table) == 0:
        raise ValueError("The talkturn table has 0 rows; at least one is needed.")
    require_columns(table, required)
    return table


def refuse_array(X: Any) -> None:
    """Raise a TypeError if a table has become an array, and tell how to keep it one."""
    if isinstance(X, np.ndarray) and X.ndim == 2:
        raise TypeError(
            "Expected a talkturn table (a pandas or polars DataFrame with one row "
            f"per talkturn), got an ndarray of shape {X.shape}, which has no column "
            "names. If a step before made it, such as a ColumnTransformer, let it keep "
            "the table: set_output(transform='pandas') or 'polars'."
        )


def _refuse_columns_twice(X: Any) -> None:
    """Look before narwhals does, whose own error is of a kind of its own."""
    # Not at a lazy table, which would have to be worked out, and is refused anyway.
    names = None if hasattr(X, "collect") else getattr(X, "columns", None)
    if names is not None and len(set(names)) != len(names):
        names = list(names)
        twice = sorted({str(name) for name in names if names.count(name) > 1})
        raise ValueError(f"The talkturn table has columns named twice: {twice}.")


def is_table(X: Any) -> bool:
    """Whether `X` is a DataFrame (rather than a sequence of strings)."""
    _refuse_columns_twice(X)
    return isinstance(X, nw.DataFrame) or isinstance(
        nw.from_native(X, pass_through=True), nw.DataFrame | nw.LazyFrame
    )


def require_columns(table: nw.DataFrame, columns: Iterable[str]) -> None:
    """Raise a ValueError that names the columns the table lacks."""
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise ValueError(
            f"The talkturn table lacks the column(s) {missing}. "
            f"It has: {list(table.columns)}."
        )


def require_named(table: nw.DataFrame, **roles: str | None) -> None:
    """Require the columns that a user named.

    Parameters
    ----------
    table : narwhals.DataFrame
        The talkturn table.
    **roles : str or None
        Role to column name. A column that has the name of its role is the default,
        which may be absent; None stands for a role nobody plays.

    Raises
    ------
    ValueError
        If the table lacks another one.

    Examples
    --------
    >>> import polars as pl
    >>> from hanrock_sk.talkturns.table import read_table, require_named
    >>> table = read_table(pl.DataFrame({"text": ["hello"]}))
    >>> require_named(table, conversation="conversation")
    >>> require_named(table, conversation="call")
    Traceback (most recent call last):
        ...
    ValueError: The talkturn table lacks the column(s) ['call']. It has: ['text'].
    """
    require_columns(
        table,
        [name for role, name in roles.items() if name is not None and name != role],
    )


def check_roles(**roles: str | None) -> None:
    """Check that each role names a column of its own.

    Parameters
    ----------
    **roles : str or None
        Role to column name; None stands for a role nobody plays.

    Raises
    ------
    TypeError
        If a column name is not a string.
    ValueError
        If two roles name the same column.

    Examples
    --------
    >>> from hanrock_sk.talkturns.table import check_roles
    >>> check_roles(conversation="id", speaker="id")
    Traceback (most recent call last):
    ...
    ValueError: conversation and speaker both name the column 'id'.
    """
    taken: dict[str, str] = {}
    for role, column in roles.items():
        if column is None:
            continue
        if not isinstance(column, str):
            raise TypeError(f"{role} must name a column, got {column!r}.")
        if column in taken:
            raise ValueError(
                f"{taken[column]} and {role} both name the column {column!r}."
            )
        taken[column] = role


def add_columns(
    table: nw.DataFrame, columns: Mapping[str, np.ndarray | Sequence | nw.Series]
) -> nw.DataFrame:
    """Return the table with columns added or replaced; its rows and index stay.

    Floating-point NaN becomes a null where the library tells them apart (polars).
    """
    made = []
    for name, values in columns.items():
        if not isinstance(values, nw.Series):
            series = nw.new_series(name, values, backend=table.implementation)
            if series.dtype.is_float() and not table.implementation.is_pandas_like():
                series = series.fill_nan(None)
        else:
            series = values.alias(name)
        made.append(series)
    return table.with_columns(*made)
