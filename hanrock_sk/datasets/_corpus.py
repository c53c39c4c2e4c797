"""What the loaders share: files that must be there, columns they must have."""

from __future__ import annotations

import csv
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

LONGEST_LINE = 1 << 20


def check_choice(name: str, value: Any, choices: Collection[Any]) -> None:
    """Raise a ValueError that lists the choices if the value is none of them."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {list(choices)}, got {value!r}.")


def corpus_file(folder: str | os.PathLike[str], name: str, origin: str) -> Path:
    """Return the path of a corpus file, or say where to get it.

    Parameters
    ----------
    folder : path
        Where the user keeps the corpus.
    name : str
        The file.
    origin : str
        Where people get it.

    Returns
    -------
    path : pathlib.Path
        The file, which is there.

    Raises
    ------
    FileNotFoundError
        If it is not.
    """
    path = Path(folder) / name
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no {name} in {os.fspath(folder)!r}. It comes from {origin}."
        )
    return path


def read_bounded_lines(file: IO[str], path: Path) -> Iterator[str]:
    """Yield the lines of a file, none of them longer than a megabyte.

    A compressed file of a few kilobytes can hold a line that fills the memory.
    """
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith("\n"):
            raise ValueError(
                f"{path}, line {number} is longer than {LONGEST_LINE:,} characters."
            )
        yield line


def read_rows(
    lines: Iterable[str], columns: Sequence[str], path: Path, **dialect: Any
) -> Iterator[tuple[str, dict[str, str]]]:
    """Read a table with a header line, row by row; blank lines are passed over.

    Parameters
    ----------
    lines : iterable of str
        The file, or its lines.
    columns : sequence of str
        The columns it must have.
    path : pathlib.Path
        What errors call it.
    **dialect : object
        Passed to `csv.reader`.

    Yields
    ------
    where : str
        File and line number, for errors.
    row : dict of str to str
        Column to value.

    Raises
    ------
    ValueError
        If a column is not there, or a row has too few or too many values.
    """
    reader = csv.reader(lines, **dialect)
    header = [name.strip() for name in next(reader, [])]
    missing = [name for name in columns if name not in header]
    if missing:
        raise ValueError(f"{path} lacks the column(s) {missing}. It has: {header}.")
    for values in reader:
        where = f"{path}, line {reader.line_num}"
        if not values:  # a blank line
            continue
        if len(values) != len(header):
            raise ValueError(
                f"{where}: {len(values)} values for {len(header)} columns."
            )
        yield where, dict(zip(header, values, strict=True))


def read_whole_number(value: str, where: str, column: str) -> int:
    """Read a whole number, or say in which row and column there is none.

    Raises
    ------
    ValueError
        If there is none.
    """
    try:
        return int(value)
    except ValueError:
        raise ValueError(
            f"{where}: {column} must be a whole number, got {value!r}."
        ) from None


def string_labels(values: Sequence[str | None]) -> np.ndarray:
    """Return labels as an array of objects, None where there is none."""
    return np.array(values, dtype=object)
