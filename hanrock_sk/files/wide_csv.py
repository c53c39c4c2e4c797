"""A few numeric columns out of a wide CSV file, in bounded memory.

A tracker writes hundreds of columns of numbers, never quoted, of which a handful is
wanted. All commas of a block of lines are found at once; with the same number of them
on every line, the wanted fields are a slice of their positions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import IO

import numpy as np

from hanrock_sk.files.text import existing_file
from hanrock_sk.files.unpacked import unpacked

_BLOCK_BYTES = 1 << 22
_WIDEST_NUMBER = 64
_LONGEST_LINE = 1 << 20
_MOST_ROWS = 10_000_000  # four days at thirty frames a second
_NOT_A_NUMBER = re.compile(r"[-+]?(nan(\(.*\))?|1\.#(qnan|ind)0*)", re.IGNORECASE)


@dataclass(frozen=True)
class NumericColumns:
    """Columns of a file.

    Attributes
    ----------
    values : dict of str to ndarray of float64
        The wanted columns; NaN where a field is empty or "nan".
    lines : ndarray of int
        The line of the file on which each row stands, counted from 1.
    """

    values: dict[str, np.ndarray]
    lines: np.ndarray


def read_numeric_columns(
    path: str | PathLike[str], wanted: Callable[[list[str]], list[str]]
) -> NumericColumns:
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
    columns : NumericColumns
        The columns read.

    Raises
    ------
    ValueError
        If a line has too few or too many fields, or a wanted field is not a number;
        the error names file and line.
    """
    path = existing_file(path)
    blocks, lines = [], []
    with unpacked(path) as file:
        names = _header(path, file.readline(_LONGEST_LINE))
        chosen = wanted(names)
        places = np.array([names.index(name) for name in chosen], dtype=np.int64)
        line = 2
        for block in _blocks_of_lines(path, file):
            rows, row_lines = _rows(path, block, line, len(names))
            line += block.count(b"\n")
            if rows:
                blocks.append(_parse(path, rows, row_lines, names, places))
                lines.append(row_lines)
            if line > _MOST_ROWS:
                raise ValueError(
                    f"{path} has more than {_MOST_ROWS:,} lines. Is it the right "
                    "file? If so, split it."
                )
    if not blocks:
        raise ValueError(f"{path} has a header but no rows.")
    table = np.concatenate(blocks)
    return NumericColumns(
        values={name: table[:, place].copy() for place, name in enumerate(chosen)},
        lines=np.concatenate(lines),
    )


def _header(path: Path, line: bytes) -> list[str]:
    if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
        raise _endless(path, "line 1")
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise ValueError(f"{path}, line 1: not the header of a plain-text CSV file.")
    names = [name.strip().strip('"') for name in text.split(",")]
    other = max(";\t", key=text.count)
    if len(names) < text.count(other):
        what = "semicolons" if other == ";" else "tabs"
        raise ValueError(
            f"{path}, line 1: the columns are separated by {what}, as spreadsheets "
            "write them; commas are needed."
        )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{path}, line 1: the header names {twice} twice.")
    return names


def _endless(path: Path, where: str) -> ValueError:
    return ValueError(
        f"{path}, {where} is longer than {_LONGEST_LINE:,} bytes. Is it a CSV file?"
    )


def _blocks_of_lines(path: Path, file: IO[bytes]) -> Iterator[bytes]:
    """Yield the rest of the file in blocks that end with a whole line."""
    rest = b""
    while read := file.read(_BLOCK_BYTES):
        cut = read.rfind(b"\n") + 1
        if cut:
            yield rest + read[:cut]
            rest = b""
        rest += read[cut:]
        if len(rest) > _LONGEST_LINE:
            raise _endless(path, "a line below the header")
    if rest:
        yield rest + b"\n"


def _rows(
    path: Path, block: bytes, first_line: int, n_fields: int
) -> tuple[bytes, np.ndarray]:
    """Return the block without blank lines, and the line number of each row."""
    rows = block.split(b"\n")[:-1]
    lines = np.arange(first_line, first_line + len(rows))
    blank = np.array([not row.strip() for row in rows])
    if blank.any():
        block = b"".join(row + b"\n" for row in rows if row.strip())
        rows = [row for row in rows if row.strip()]
        lines = lines[~blank]
    for row, line in zip(rows, lines, strict=True):
        found = row.count(b",") + 1
        if found != n_fields:
            raise ValueError(
                f"{path}, line {line}: {found} fields, but the header names "
                f"{n_fields}. Was the file cut short, or written while it was copied?"
            )
    return block, lines


def _parse(
    path: Path, rows: bytes, lines: np.ndarray, names: list[str], places: np.ndarray
) -> np.ndarray:
    """Return the picked fields as floats, shape (n_rows, n_picked)."""
    text = np.frombuffer(rows, dtype=np.uint8)
    # Every line has the same number of fields, each one followed by "," or "\n".
    stops = np.flatnonzero((text == ord(",")) | (text == ord("\n")))
    field = np.arange(len(lines))[:, None] * len(names) + places
    stop = stops[field]
    start = np.where(field == 0, 0, stops[field - 1] + 1)
    width = stop - start
    longest = int(width.max(initial=1))
    if longest > _WIDEST_NUMBER:
        row, column = np.unravel_index(width.argmax(), width.shape)
        raise ValueError(
            f"{path}, line {lines[row]}: column {names[places[column]]!r} holds "
            f"{longest} characters where a number should be."
        )
    offset = np.arange(max(longest, 1))
    characters = text[np.minimum(start[..., None] + offset, len(text) - 1)]
    characters[offset >= width[..., None]] = 0
    fields = np.ascontiguousarray(characters).view(f"S{len(offset)}")[..., 0]
    try:
        values = fields.astype(np.float64)
    except ValueError:
        values = np.array([[_number(field) for field in row] for row in fields])
    wrong = np.isinf(values)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        found = bytes(fields[row, column]).decode(errors="replace").strip()
        raise ValueError(
            f"{path}, line {lines[row]}: column {names[places[column]]!r} holds "
            f"{found!r}, not a number."
        )
    return values


def _number(field: bytes) -> float:
    """Read one field; what is no number becomes infinite, which the caller refuses."""
    text = field.decode(errors="replace").strip()
    if not text or _NOT_A_NUMBER.fullmatch(text):
        return np.nan
    try:
        return float(text)
    except ValueError:
        return np.inf
