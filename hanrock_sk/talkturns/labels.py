"""Labels, some of which may be missing."""

from __future__ import annotations

import warnings
from typing import Any

import narwhals as nw
import numpy as np
from sklearn.exceptions import DataConversionWarning

from hanrock_sk.talkturns.values import is_missing, refuse_large


def read_labels(
    y: Any,
    n_rows: int | None = None,
    *,
    name: str = "y",
    counts: np.ndarray | None = None,
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
    counts : ndarray of bool, shape (n_rows,), or None
        Labels of other rows are read as missing ones, whatever they are.

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
    >>> from hanrock_sk.talkturns.labels import read_labels
    >>> values, present = read_labels(["yes", None, "no"])
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
        given = series.to_list()
    else:
        is_masked = np.ma.isMaskedArray(y)  # its list has None where it is masked
        kind = None if isinstance(y, np.ndarray) else object
        array = y if is_masked else np.asarray(y, dtype=kind)
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
        given = array.tolist()
    if n_rows is not None and len(given) != n_rows:
        raise ValueError(f"{name} has {len(given)} labels for {n_rows} talkturns.")
    present = np.array([not is_missing(value) for value in given], dtype=bool)
    if counts is not None:
        present &= counts
    kept = [value for value, there in zip(given, present, strict=True) if there]
    if not kept:
        return np.full(len(given), None, dtype=object), present
    strings = sum(isinstance(value, str) for value in kept)
    if 0 < strings < len(kept):
        row = next(
            row
            for row, value in enumerate(given)
            if present[row] and isinstance(value, str) != isinstance(kept[0], str)
        )
        raise ValueError(
            f"{name} mixes strings with other labels: row {row} holds {given[row]!r}, "
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
        refuse_large(compact, np.flatnonzero(present), name)
    values = np.zeros(len(given), dtype=compact.dtype)
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
    values_or_none = [
        value if there else None
        for value, there in zip(values.tolist(), present, strict=True)
    ]
    if kind in "biu" and like.implementation.is_pandas_like():
        native = like.__native_namespace__().Series(
            values_or_none, dtype="boolean" if kind == "b" else "Int64", name=name
        )
        return nw.from_native(native, series_only=True)
    dtype: Any = {"b": nw.Boolean, "i": nw.Int64, "u": nw.UInt64, "f": nw.Float64}.get(
        kind, nw.String
    )
    return nw.new_series(name, values_or_none, dtype, backend=like.implementation)
