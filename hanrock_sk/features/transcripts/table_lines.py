"""Rows of a delimited text, below a header or with none."""

from __future__ import annotations

import csv
import io
import math
import re
from array import array
from collections.abc import Iterator, Sequence
from itertools import islice

from hanrock_sk.features.transcripts.clock import seconds_of
from hanrock_sk.features.transcripts.source import Source
from hanrock_sk.features.transcripts.table_columns import column_places, is_header
from hanrock_sk.files.text import blocks_of

Row = tuple[int, Sequence[str]]
"""The number of a line, and its fields."""

DELIMITERS = ",\t;|"

_ABOVE = 20  # lines above the header, at most
_SAMPLE = 50
_SEPARATOR = re.compile(r"\s*\"?sep=(.)\"?\s*")


def find_header(source: Source) -> tuple[list[str], str, int]:
    """Return the names of the columns, the delimiter, and the lines down to them.

    A table without a header gets names by what its columns hold.
    """
    lines = list(islice(source.lines(), _ABOVE + _SAMPLE))
    skipped = 0
    while skipped < len(lines) and not lines[skipped].strip():
        skipped += 1
    if skipped < len(lines) and _SEPARATOR.fullmatch(lines[skipped]):
        skipped += 1
    lines = [line.rstrip("\r") for line in lines]
    for place in range(skipped, min(len(lines), _ABOVE)):
        delimiter = max(DELIMITERS, key=lines[place].count)
        header = _split(lines[place], delimiter)
        if len(header) > 1 and is_header(source, header):
            above = [line for line in lines[skipped:place] if line.strip()]
            if above:
                source.amend("text above the table, left out", skipped + 1)
            return header, delimiter, place + 1
    first = lines[skipped] if skipped < len(lines) else ""
    delimiter = max(DELIMITERS, key=first.count)
    if names := _names_by_content(source, lines[skipped:], delimiter):
        source.tell(f"no header: columns taken for {', '.join(filter(None, names))}")
        return names, delimiter, skipped
    return _split(first, delimiter), delimiter, skipped + 1


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return [
            name.strip() for name in next(csv.reader([line], delimiter=delimiter), [])
        ]
    except csv.Error:
        return []


def _names_by_content(
    source: Source, lines: Sequence[str], delimiter: str
) -> list[str]:
    """Return names for columns of a start, an end, words and perhaps a speaker."""
    rows = [_split(line, delimiter) for line in lines if line.strip()]
    width = len(rows[0]) if rows else 0
    if source.columns or width < 3 or any(len(row) != width for row in rows):
        return []
    columns = list(zip(*rows, strict=True))
    times: dict[int, list[float]] = {}
    for place, column in enumerate(columns):
        read = [seconds_of(field) if field[:1].isdigit() else None for field in column]
        if None not in read and not any(map(math.isnan, filter(None, read))):
            times[place] = [value or 0.0 for value in read]
    pairs = [
        (a, b)
        for a, b in zip(times, list(times)[1:], strict=False)
        if all(x <= y for x, y in zip(times[a], times[b], strict=True))
    ]
    words = [
        place for place in range(width) if place not in times and any(columns[place])
    ]
    if not pairs or not words:
        return []
    text = max(words, key=lambda place: sum(map(len, columns[place])))
    names = [""] * width
    names[pairs[0][0]], names[pairs[0][1]], names[text] = "start", "end", "text"
    for place in words:
        if place != text and all(columns[place]):
            names[place] = "speaker"
            break
    return names


def read_fields(
    source: Source, n_fields: int, delimiter: str, skipped: int, last: bool
) -> Iterator[Row]:
    """Yield the rows below so many lines.

    Parameters
    ----------
    source : Source
        The file.
    n_fields : int
        How many fields a row has.
    delimiter : str
        What stands between them.
    skipped : int
        The lines above the first row.
    last : bool
        Whether the last column is the text: delimiters and quotation marks in it that
        are not quoted belong to it then.

    Raises
    ------
    ValueError
        If a row has another number of fields, or a quotation mark is never closed.
    """
    text, begin = source.text, _behind_lines(source.text, skipped)
    quoting = csv.QUOTE_MINIMAL
    if (
        delimiter == "\t"
        and text.find('"', begin) >= 0
        and not _quotes_hold(blocks_of(text, begin), n_fields)
    ):
        # Quotation marks in tab-separated text are marks of the talk.
        source.tell("quotation marks belong to the text")
        quoting = csv.QUOTE_NONE
    if last:
        try:
            for _ in _rows(
                source, blocks_of(text, begin), n_fields, delimiter, skipped, quoting
            ):
                pass
        except ValueError:
            if not _splits_by_line(source, begin, n_fields, delimiter, skipped):
                raise
            for number, row, _ in _rows_by_line(
                source, begin, n_fields, delimiter, skipped
            ):
                yield number, row
            return
    yield from _rows(
        source, blocks_of(text, begin), n_fields, delimiter, skipped, quoting
    )


def _behind_lines(text: str, skipped: int) -> int:
    """Return where a text goes on behind so many lines."""
    begin = len("\ufeff") if text.startswith("\ufeff") else 0
    for _ in range(skipped):
        begin = text.find("\n", begin) + 1 or len(text)
    return begin


def _lines_with_ends(blocks: Iterator[str]) -> Iterator[str]:
    """Yield lines as csv wants them; a StringIO of the text takes four times it."""
    above = next(blocks)
    for block in blocks:
        yield from io.StringIO(f"{above}\n", newline="")
        above = block
    yield from io.StringIO(above, newline="")


def _rows(
    source: Source,
    blocks: Iterator[str],
    n_fields: int,
    delimiter: str,
    skipped: int,
    quoting: int,
) -> Iterator[Row]:
    reader = csv.reader(
        _lines_with_ends(blocks),
        delimiter=delimiter,
        quoting=quoting,  # type: ignore[arg-type]
        strict=quoting != csv.QUOTE_NONE,
    )
    try:
        for fields in reader:
            if not any(field.strip() for field in fields):
                continue
            line = reader.line_num + skipped
            while len(fields) > n_fields and not fields[-1].strip():
                fields.pop()
            if len(fields) != n_fields:
                raise ValueError(
                    f"{source.path}, line {line}: {len(fields)} fields, but the header "
                    f"names {n_fields}. Is the file cut short, or a text with the "
                    "delimiter in it not quoted?"
                )
            yield line, fields
    except csv.Error as error:
        line = reader.line_num + skipped
        raise ValueError(f"{source.path}, line {line}: {error}.") from None


def _splits_by_line(
    source: Source, begin: int, n_fields: int, delimiter: str, skipped: int
) -> bool:
    """Whether every line is a row by itself; notes texts that should be quoted."""
    odd = array("i")
    rows = 0
    for number, row, is_odd in _rows_by_line(
        source, begin, n_fields, delimiter, skipped
    ):
        if not row:
            return False
        rows += 1
        if is_odd:
            odd.append(number)
    for number in odd:
        source.amend("a text with delimiters or marks that are not quoted", number)
    return rows > 0


def _rows_by_line(
    source: Source, begin: int, n_fields: int, delimiter: str, skipped: int
) -> Iterator[tuple[int, list[str], bool]]:
    """Yield rows whose text, the last field, holds delimiters or marks as they are.

    And whether it does. A line that has too few fields is a row without any.
    """
    lines = (
        line for block in blocks_of(source.text, begin) for line in block.split("\n")
    )
    for number, line in enumerate(lines, skipped + 1):
        if not line.strip():
            continue
        *fields, said = line.rstrip("\r").split(delimiter, n_fields - 1)
        if len(fields) != n_fields - 1:
            yield number, [], False
            continue
        said, raw = said.strip(), said
        if len(said) > 1 and said[0] == said[-1] == '"':
            said = said[1:-1]
            inner = said.replace('""', "")
        else:
            inner = said + delimiter * (delimiter in said) + '"' * ('"' in said)
        odd = '"' in inner or (delimiter in raw and raw.strip()[:1] != '"')
        row = [field.strip().strip('"') for field in fields]
        yield number, [*row, said.replace('""', '"')], odd


def _quotes_hold(blocks: Iterator[str], n_fields: int) -> bool:
    """Whether the quotation marks of a tab-separated table quote its fields."""
    try:
        rows = csv.reader(_lines_with_ends(blocks), delimiter="\t", strict=True)
        return all(
            len(row) in (0, n_fields) and not any("\n" in field for field in row)
            for row in rows
        )
    except csv.Error:
        return False


def recognises(source: Source) -> bool:
    """Whether a text file holds a table of words; other suffixes say so."""
    if source.suffix != ".txt":
        return True
    header, delimiter, _ = find_header(source)
    if len(header) < 2:
        return False
    places = column_places(source, header)
    return "text" in places and bool(places.keys() & {"start", "speaker"})
