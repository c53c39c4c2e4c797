"""A few columns of text out of a wide CSV file whose fields may be quoted."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np

from hanrock_sk.files.text import existing_file
from hanrock_sk.files.unpacked import unpacked

_MOST_ROWS = 10_000_000
_LONGEST_LINE = 1 << 20


@dataclass(frozen=True)
class TextColumns:
    """Columns of a file.

    Attributes
    ----------
    fields : dict of str to list of str
        The picked columns, without blanks around the fields.
    lines : ndarray of int
        The line of the file on which each row ends, counted from 1.
    """

    fields: dict[str, list[str]]
    lines: np.ndarray

    def numbers(self, path: Any, name: str) -> np.ndarray:
        """Return a column as floats, NaN where a field is empty.

        Raises
        ------
        ValueError
            If a field is not a finite number.
        """
        values = np.full(len(self.lines), np.nan)
        for row, field in enumerate(self.fields[name]):
            if field.lower() in ("", "nan", "none"):
                continue
            try:
                values[row] = float(field)
            except ValueError:
                values[row] = np.inf
            if np.isinf(values[row]):
                raise ValueError(
                    f"{path}, line {self.lines[row]}: column {name!r} holds "
                    f"{field[:40]!r}, not a number."
                )
        return values


def read_header(path: str | PathLike[str]) -> list[str]:
    """Read the names of a CSV file's columns; none if the file is no text."""
    path = existing_file(path)
    try:
        with unpacked(path) as file:
            line = file.readline(_LONGEST_LINE)
    except ValueError:  # no gzip file
        return []
    text = line.decode("utf-8-sig", errors="replace")
    try:
        names = next(csv.reader([text]), [])
    except csv.Error:
        return []
    return [name.strip() for name in names]


def read_text_columns(
    path: str | PathLike[str], wanted: Callable[[list[str]], list[str]]
) -> TextColumns:
    """Read the columns that `wanted` picks from the names in the header.

    Parameters
    ----------
    path : path-like
        A comma-separated file with one header line; ``.gz`` is unpacked on the way.
    wanted : callable
        Takes the names of the file's columns and returns those to read. It may raise
        if the file is not of the right kind.

    Returns
    -------
    columns : TextColumns
        The columns read.

    Raises
    ------
    ValueError
        If a row has too few or too many fields, or a quotation mark is never closed;
        the error names file and line.
    """
    path = existing_file(path)
    with unpacked(path) as raw:
        file = io.TextIOWrapper(raw, encoding="utf-8-sig", errors="replace", newline="")
        return _read_rows(path, csv.reader(file, strict=True), wanted)


def _read_rows(path: Any, reader: Any, wanted: Callable) -> TextColumns:
    lines: list[int] = []
    try:
        names = [name.strip() for name in next(reader, [])]
        chosen = wanted(names)
        places = [names.index(name) for name in chosen]
        columns: list[list[str]] = [[] for _ in places]
        for row in reader:
            if not any(row):
                continue
            if len(row) != len(names):
                raise ValueError(
                    f"{path}, line {reader.line_num}: {len(row)} fields, but the "
                    f"header names {len(names)}. Was the file cut short?"
                )
            lines.append(reader.line_num)
            for column, place in zip(columns, places, strict=True):
                column.append(row[place].strip())
            if len(lines) > _MOST_ROWS:
                raise ValueError(
                    f"{path} has more than {_MOST_ROWS:,} rows. Is it the right file?"
                )
    except csv.Error as error:
        raise ValueError(f"{path}, line {reader.line_num}: {error}.") from None
    if not lines:
        raise ValueError(f"{path} has a header but no rows.")
    return TextColumns(dict(zip(chosen, columns, strict=True)), np.array(lines))
