"""Word and Excel files: the same texts and tables, in an envelope.

Reading takes no memory over ten times what the envelope holds unpacked.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from hanrock_sk.features.transcripts.libraries import needed
from hanrock_sk.features.transcripts.plain_text import read_lines
from hanrock_sk.features.transcripts.source import Format, Source, by_suffix
from hanrock_sk.features.transcripts.table_columns import is_header
from hanrock_sk.features.transcripts.table_lines import Row
from hanrock_sk.features.transcripts.utterance import Utterance
from hanrock_sk.features.transcripts.word_document import read_document
from hanrock_sk.features.transcripts.word_table import read_rows

_ABOVE = 20  # rows above the header, at most
_COLUMNS = 20  # what errors show of a header
_LARGEST = 1 << 28  # bytes when unpacked
_BLANK: list[str] = []


def read_docx(source: Source) -> Iterable[Utterance]:
    """Return the transcript in the paragraphs of a Word file, or in its first table."""
    _check_archive(source)
    with needed("python-docx", "office", "Word files"):
        import docx  # noqa: F401
    try:
        lines, rows = read_document(source.path)
    except Exception as error:  # whatever a broken file makes of the library
        raise _broken(source, error) from None
    if len(rows) < 2:
        return read_lines(source, lines)
    if not any(is_header(source, row) for row in rows[:_ABOVE]) and not source.columns:
        return read_lines(source, ["\t".join(row) for row in rows])
    return _read_table(source, rows)


def read_xlsx(source: Source) -> Iterable[Utterance]:
    """Return the table on the first sheet of an Excel file."""
    _check_archive(source)
    with needed("openpyxl", "office", "Excel files"):
        import openpyxl
    try:
        book = openpyxl.load_workbook(source.path, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        # Blank rows stay, as errors count rows.
        rows = [
            row if any(row := _row(cells)) else _BLANK
            for cells in sheet.iter_rows(values_only=True)
        ]
        book.close()
    except Exception as error:  # whatever a broken file makes of the library
        raise _broken(source, error) from None
    if not any(rows):
        raise ValueError(f"{source.path} holds no words.")
    return _read_table(source, rows)


def _read_table(source: Source, rows: list[list[str]]) -> Iterable[Utterance]:
    """Return the words of a table, whose header may stand below a title."""
    first = next((n for n, row in enumerate(rows) if any(row)), 0)
    above = enumerate(rows[first : first + _ABOVE], first)
    head = next((n for n, row in above if is_header(source, row)), first)
    if head > first:
        source.amend("text above the table, left out", f"row {first + 1}")
    header = rows[head]
    return read_rows(source, header, _numbered(rows[head + 1 :], len(header), head + 2))


def _numbered(rows: list[list[str]], width: int, first: int) -> Iterator[Row]:
    for number, row in enumerate(rows, first):
        if any(field.strip() for field in row):
            yield number, (row + [""] * width)[:width]


def _row(cells: Sequence[Any]) -> list[str]:
    """Return a row's texts; a cell far to the right makes all rows of a sheet wide."""
    last = max((n for n, cell in enumerate(cells) if cell is not None), default=0)
    return [_shown(cell) for cell in cells[: max(last + 2, _COLUMNS)]]


def _shown(value: Any) -> str:
    """Return a cell as text; times of day as seconds."""
    if value is None:
        return ""
    if isinstance(value, datetime | time):
        seconds = value.hour * 3600 + value.minute * 60 + value.second
        return repr(seconds + value.microsecond / 1e6)
    if isinstance(value, timedelta):
        return repr(value.total_seconds())
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _check_archive(source: Source) -> None:
    """Refuse what is no archive, and what would fill the memory unpacked."""
    try:
        with zipfile.ZipFile(source.path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _broken(source, error) from None
    if size > min(_LARGEST, 200 * source.path.stat().st_size + (1 << 20)):
        raise ValueError(f"{source.path} would take {size:,} bytes when unpacked.")


def _broken(source: Source, error: Exception) -> ValueError:
    kind = "Word" if source.suffix == ".docx" else "Excel"
    return ValueError(
        f"{source.path} is no {kind} file, or is cut short: "
        f"{type(error).__name__}: {str(error)[:200]}"
    )


DOCX = Format("Word (Teams, Word)", (".docx",), by_suffix, read_docx)
XLSX = Format("Excel table", (".xlsx", ".xlsm"), by_suffix, read_xlsx)
