"""Small tables in text files: comma, tab or semicolon between the fields."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike

from hanrock_sk.files.text import read_text

_DELIMITERS = ",\t;"


@dataclass(frozen=True)
class Row:
    """One row: its fields by column, and the line of the file it ends on."""

    line: int
    fields: Mapping[str, str]


def read_delimited(
    path: str | PathLike[str],
    names: Mapping[str, Sequence[str]],
    *,
    encoding: str = "utf-8",
    text: str | None = None,
) -> tuple[set[str], list[Row]]:
    """Read the columns of a text table that go by one of the given names.

    Parameters
    ----------
    path : path-like
        The file, with one header line.
    names : mapping of str to sequence of str
        What each column may be called in the file: lower case, blanks and hyphens as
        underscores.
    encoding : str, default="utf-8"
        The encoding of the file.
    text : str or None, default=None
        The file's text, if it has been read.

    Returns
    -------
    columns : set of str
        Which of the columns the file has.
    rows : list of Row
        Fields with blanks around them removed.

    Raises
    ------
    ValueError
        If two columns of the file mean the same, or a row has another number of fields
        than the header; the error names file and line.
    """
    text = read_text(path, encoding) if text is None else text
    text = text.removeprefix("\ufeff")
    header_line = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=header_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [
            name.strip().lower().replace(" ", "_").replace("-", "_")
            for name in next(reader)
        ]
        places = {}
        for column, known in names.items():
            found = [place for place, name in enumerate(header) if name in known]
            if len(found) > 1:
                raise ValueError(
                    f"{path}, line 1: the columns {[header[place] for place in found]} "
                    f"both say {column}."
                )
            if found:
                places[column] = found[0]
        rows = []
        for fields in reader:
            if not any(field.strip() for field in fields):
                continue
            if len(fields) != len(header):
                raise ValueError(
                    f"{path}, line {reader.line_num}: {len(fields)} fields, but the "
                    f"header names {len(header)}. Is the file cut short?"
                )
            rows.append(
                Row(
                    reader.line_num,
                    {column: fields[place].strip() for column, place in places.items()},
                )
            )
    except csv.Error as error:
        raise ValueError(f"{path}, line {reader.line_num}: {error}.") from None
    return set(places), rows


def number(path: str | PathLike[str], row: Row, column: str) -> float:
    """Read a field as a finite number; an empty one is NaN, a comma is a point."""
    field = row.fields[column]
    if field.count(",") == 1 and "." not in field:
        field = field.replace(",", ".")
    if field.lower() in ("", "nan", "na", "none", "null"):
        return math.nan
    try:
        value = float(field)
    except ValueError:
        value = math.inf
    if math.isinf(value):
        raise ValueError(
            f"{path}, line {row.line}: {column} must be a number, got {field!r}."
        )
    return value
