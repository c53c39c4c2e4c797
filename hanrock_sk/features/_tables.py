"""New tables in the DataFrame library the user asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from itertools import islice
from typing import Any

import narwhals as nw
import numpy as np

BACKENDS = ("pandas", "polars")


def check_backend(backend: str) -> None:
    """Raise an error unless `backend` names an installed library that we write."""
    if backend not in BACKENDS:
        raise ValueError(f"backend must be one of {list(BACKENDS)}, got {backend!r}.")
    if find_spec(backend) is None:
        raise ImportError(
            f"A table of {backend} was asked for, which is not installed. Get it with: "
            f"pip install hanrock-sk[{backend}]; or name the other backend of "
            f"{list(BACKENDS)}."
        )


Column = np.ndarray | Sequence | Iterator[str]

_TOGETHER = 1 << 14  # strings that are there at once


def new_table(
    columns: Mapping[str, Column] | Iterable[tuple[str, Column]], backend: Any
) -> Any:
    """Build a native pandas or polars DataFrame.

    Arrays of floats become float columns (NaN is a missing value), arrays of integers
    and booleans columns of these, and strings a column of strings (None is missing),
    even if none is there. Pairs of names and columns are taken one by one, so that
    those before need not be kept; nor need strings that an iterator makes.
    """
    check_backend(backend)
    pairs = columns.items() if isinstance(columns, Mapping) else columns
    made = [_one_column(name, values, backend) for name, values in pairs]
    # A table of a dict would hold copies of the columns.
    return nw.concat(made, how="horizontal").to_native()


def taken_out(columns: dict[str, Any]) -> Iterator[tuple[str, Column]]:
    """Yield the columns by name, each taken out of the dict."""
    for name in list(columns):
        yield name, columns.pop(name)


def _one_column(name: str, values: Column, backend: Any) -> nw.DataFrame:
    if isinstance(values, Iterator):
        return _in_blocks(name, values, backend)
    kind = values.dtype.kind if isinstance(values, np.ndarray) else "O"
    dtype: Any = {"f": nw.Float64, "i": nw.Int64, "b": nw.Boolean}.get(kind)
    if dtype is None and all(v is None or isinstance(v, str) for v in values):
        dtype = nw.String
    column = nw.new_series(name, values, dtype, backend=backend)
    if kind == "f" and backend == "polars":
        column = column.fill_nan(None)
    return column.to_frame()


def _in_blocks(name: str, values: Iterator[str], backend: Any) -> nw.DataFrame:
    """Return a column of strings, of which a list of all takes many times as much."""
    blocks: list[nw.DataFrame] = []
    while (block := list(islice(values, _TOGETHER))) or not blocks:
        made = nw.new_series(name, block, nw.String, backend=backend)
        blocks.append(made.to_frame())
    return nw.maybe_reset_index(nw.concat(blocks)) if blocks[1:] else blocks[0]
