"""The talkturn table: column roles, conversations, order, present and missing labels.

A talkturn table is a pandas or polars DataFrame with one row per talkturn. Row order
within a conversation is time order; conversations may interleave. Everything that
reads or writes such a table goes through the functions below, so that one code path
serves both libraries and every complaint names the column and the row.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
from sklearn.exceptions import DataConversionWarning

FAMILIES = ("action", "prosody", "history", "future")
"""The four families of auxiliary targets, in the paper's order (section 2)."""

TARGET_PREFIX = "aux__"
"""Auxiliary target columns are ``aux__<family>__<name>``."""

LARGEST = float(np.finfo(np.float32).max)
"""Numbers beyond this are refused: networks reckon in single precision, and squares of
such numbers overflow double precision too."""

WEIGHT_PREFIX = "weight__"
"""Loss weight columns are ``weight__primary`` and ``weight__<family>__<name>``."""


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
    >>> from hanrock_sk.talkturns import read_table
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
    >>> from hanrock_sk.talkturns import check_roles
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


def is_missing(value: Any) -> bool:
    """Whether a value stands for "not there": None, NaN, NaT or pandas.NA.

    Examples
    --------
    >>> from hanrock_sk.talkturns import is_missing
    >>> [is_missing(value) for value in (None, float("nan"), "", 0)]
    [True, True, False, False]
    """
    if value is None:
        return True
    if isinstance(value, str):
        return False
    if isinstance(value, float | np.floating):
        return math.isnan(value)
    return type(value).__name__ in ("NAType", "NaTType")


@dataclass(frozen=True)
class Conversations:
    """Which talkturns belong together, and in which order.

    Rows are numbered as in the table; *positions* number the same talkturns
    conversation by conversation, in time order. The talkturns before a talkturn of
    the same conversation are thus the positions just before its own.

    Attributes
    ----------
    order : ndarray of shape (n_rows,)
        The row that stands at each position.
    first : ndarray of shape (n_rows,)
        For each position, the first position of its conversation.
    """

    order: np.ndarray
    first: np.ndarray

    @property
    def position(self) -> np.ndarray:
        """The position of each row: the inverse of `order`."""
        position = np.empty_like(self.order)
        position[self.order] = np.arange(len(self.order))
        return position

    @property
    def starts(self) -> np.ndarray:
        """The first position of every conversation."""
        return np.flatnonzero(self.first == np.arange(len(self.first)))

    @property
    def bounds(self) -> np.ndarray:
        """`starts`, and the number of rows behind it."""
        return np.append(self.starts, len(self.order))


def conversations(table: nw.DataFrame, column: str = "conversation") -> Conversations:
    """Find the conversations of a table.

    Without the column, each row is a conversation of its own.

    Parameters
    ----------
    table : narwhals.DataFrame
        The talkturn table.
    column : str
        The column that says which conversation a talkturn belongs to; its values may
        be anything hashable.

    Returns
    -------
    conversations : Conversations
        Order of the talkturns, conversations in order of their first talkturn.

    Raises
    ------
    ValueError
        If a talkturn does not say which conversation it belongs to.

    Examples
    --------
    >>> import polars as pl
    >>> from hanrock_sk.talkturns import conversations, read_table
    >>> found = conversations(read_table(pl.DataFrame({"conversation": list("abab")})))
    >>> found.order.tolist(), found.first.tolist()
    ([0, 2, 1, 3], [0, 0, 2, 2])
    """
    if column not in table.columns:
        rows = np.arange(len(table))
        return Conversations(order=rows, first=rows)
    values = table[column].to_list()
    codes_of: dict[Any, int] = {}
    codes = np.empty(len(values), dtype=np.int64)
    for row, value in enumerate(values):
        try:
            codes[row] = codes_of.setdefault(value, len(codes_of))
        except TypeError:
            raise ValueError(
                f"Column {column!r}, row {row}: {value!r} is not hashable, so it "
                "cannot name a conversation."
            ) from None
    for value, code in codes_of.items():
        if is_missing(value):
            row = int(np.flatnonzero(codes == code)[0])
            raise ValueError(
                f"Column {column!r}, row {row}: the talkturn does not say which "
                "conversation it belongs to."
            )
    order = np.argsort(codes, kind="stable")
    sorted_codes = codes[order]
    return Conversations(order=order, first=np.searchsorted(sorted_codes, sorted_codes))


def texts(table: nw.DataFrame, column: str) -> list[str]:
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


def numbers(table: nw.DataFrame, column: str) -> np.ndarray:
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
    >>> from hanrock_sk.talkturns import numbers, read_table
    >>> numbers(read_table(pl.DataFrame({"delay": [0.5, None]})), "delay")
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
    _refuse_large(values, np.arange(len(values)), f"Column {column!r}")
    return values


def _refuse_large(values: np.ndarray, rows: np.ndarray, name: str) -> None:
    large = np.flatnonzero(np.abs(values) > LARGEST)
    if len(large):
        raise ValueError(
            f"{name}, row {rows[large[0]]}: {values[large[0]].item()!r} is too large; "
            f"numbers go up to {LARGEST:.3g}. Use another unit."
        )


def labels(
    y: Any, n_rows: int | None = None, *, name: str = "y"
) -> tuple[np.ndarray, np.ndarray]:
    """Read labels, some of which may be missing.

    Parameters
    ----------
    y : array-like of shape (n_rows,)
        Labels; None, NaN or pandas.NA where there is none.
    n_rows : int or None
        How many there must be.
    name : str
        What errors call them.

    Returns
    -------
    values : ndarray of shape (n_rows,)
        The labels as they came (strings stay strings, integers integers); what stands
        at a missing one means nothing.
    present : ndarray of bool, shape (n_rows,)
        Which labels are there.

    Raises
    ------
    ValueError
        If `y` is None, not one-dimensional, of another length, infinite, too large for
        single precision, or mixes strings with numbers.

    Examples
    --------
    >>> from hanrock_sk.talkturns import labels
    >>> values, present = labels(["yes", None, "no"])
    >>> values[present].tolist(), present.tolist()
    (['yes', 'no'], [True, False, True])
    """
    if y is None:
        raise ValueError(
            "Labels are needed here: this requires y to be passed, but the target "
            f"{name} is None."
        )
    series = nw.from_native(y, allow_series=True, pass_through=True)
    if isinstance(series, nw.DataFrame):
        if len(series.columns) != 1:
            raise ValueError(f"{name} must have one column, got {len(series.columns)}.")
        series = series[series.columns[0]]
    if isinstance(series, nw.Series):
        found = series.to_list()
    else:
        array = np.asarray(y, dtype=None if isinstance(y, np.ndarray) else object)
        if array.ndim == 2 and array.shape[1] == 1:
            warnings.warn(
                f"A column-vector {name} was passed when a 1d array was expected.",
                DataConversionWarning,
                stacklevel=2,
            )
            array = array[:, 0]
        if array.ndim != 1:
            raise ValueError(
                f"{name} must be one-dimensional, got shape {array.shape}."
            )
        found = array.tolist()
    if n_rows is not None and len(found) != n_rows:
        raise ValueError(f"{name} has {len(found)} labels for {n_rows} talkturns.")
    present = np.array([not is_missing(value) for value in found], dtype=bool)
    kept = [value for value, there in zip(found, present, strict=True) if there]
    if not kept:
        return np.full(len(found), None, dtype=object), present
    strings = sum(isinstance(value, str) for value in kept)
    if 0 < strings < len(kept):
        row = next(
            row
            for row, value in enumerate(found)
            if present[row] and isinstance(value, str) != isinstance(kept[0], str)
        )
        raise ValueError(
            f"{name} mixes strings with other labels: row {row} holds {found[row]!r}, "
            f"the first label is {kept[0]!r}."
        )
    try:
        compact = np.asarray(kept)
    except ValueError:  # lists of different lengths
        compact = np.asarray(kept, dtype=object)
    if compact.ndim != 1 or compact.dtype.kind not in "biufU":
        raise ValueError(
            f"{name} must hold strings, numbers or booleans, got {kept[0]!r} "
            f"({type(kept[0]).__name__})."
        )
    if compact.dtype.kind == "f" and np.isinf(compact).any():
        row = int(np.flatnonzero(present)[np.flatnonzero(np.isinf(compact))[0]])
        raise ValueError(f"{name}, row {row}: the label is infinite.")
    if compact.dtype.kind == "f":
        _refuse_large(compact, np.flatnonzero(present), name)
    values = np.zeros(len(found), dtype=compact.dtype)
    values[present] = compact
    return values, present


def label_series(
    values: np.ndarray, present: np.ndarray, name: str, like: nw.DataFrame
) -> nw.Series:
    """Make a column of labels that keeps their kind, with missing values where needed.

    The kind depends on the labels alone, never on how many are missing, so that
    training and test tables agree.
    """
    kind = values.dtype.kind
    found = [
        value if there else None
        for value, there in zip(values.tolist(), present, strict=True)
    ]
    if kind in "biu" and like.implementation.is_pandas_like():
        native = like.__native_namespace__().Series(
            found, dtype="boolean" if kind == "b" else "Int64", name=name
        )
        return nw.from_native(native, series_only=True)
    dtype: Any = {"b": nw.Boolean, "i": nw.Int64, "u": nw.UInt64, "f": nw.Float64}.get(
        kind, nw.String
    )
    return nw.new_series(name, found, dtype, backend=like.implementation)


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
        if table.implementation.is_pandas_like():
            # A pandas index may hold a label twice, which alignment would refuse.
            native = series.to_native()
            native.index = table.to_native().index
            series = nw.from_native(native, series_only=True)
        made.append(series)
    return table.with_columns(*made)


def auxiliary_columns(names: Iterable[str]) -> list[str]:
    """Return the names of the auxiliary targets among column names, prefix removed.

    Examples
    --------
    >>> from hanrock_sk.talkturns import auxiliary_columns
    >>> auxiliary_columns(["text", "aux__action__au05", "aux__history__1"])
    ['action__au05', 'history__1']
    """
    tasks = [
        name[len(TARGET_PREFIX) :] for name in names if name.startswith(TARGET_PREFIX)
    ]
    for task in tasks:
        family, _, rest = task.partition("__")
        if family not in FAMILIES or not rest:
            raise ValueError(
                f"Column '{TARGET_PREFIX}{task}': auxiliary targets are named "
                f"'{TARGET_PREFIX}<family>__<name>' with a family of {list(FAMILIES)}."
            )
    return tasks
