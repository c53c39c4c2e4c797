"""Reading a Word or Excel file takes no memory over ten times what it holds unpacked.

These files are packed archives of XML: a few kilobytes unpack to megabytes, so that the
file's own size promises nothing. What lxml holds of a Word file is not seen here;
`test_word_document.py` sees that it is let go.
"""

from __future__ import annotations

import tracemalloc
import warnings
import zipfile

import pytest
from long_transcripts import WHO, long_turns

from hanrock_sk.features import read_transcript

TIMES = 10
MANY = 1000  # talkturns


def in_paragraphs(path, many):
    docx = pytest.importorskip("docx")
    document = docx.Document()
    for said, start, _, person in long_turns(many):
        document.add_paragraph(f"{WHO[person]}   {start // 60:.0f}:{start % 60:02.0f}")
        document.add_paragraph(said)
    document.save(path)


def in_a_table(path, many):
    docx = pytest.importorskip("docx")
    document = docx.Document()
    cells = iter(document.add_table(many + 1, 2)._cells)
    for name in ("speaker", "text"):
        next(cells).text = name
    for said, _, _, person in long_turns(many):
        next(cells).text = WHO[person]
        next(cells).text = said
    document.save(path)


def on_a_sheet(path, many, width=0):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["speaker", "text", "start", "end"])
    for said, start, end, person in long_turns(many):
        book.active.append([WHO[person], said, start, end])
    if width:
        book.active.cell(many + 1, width).value = "far away"
    book.save(path)


def on_a_wide_sheet(path, many):
    on_a_sheet(path, many, 2000)


@pytest.mark.parametrize(
    ("write", "suffix"),
    [
        (in_paragraphs, ".docx"),
        (in_a_table, ".docx"),
        (on_a_sheet, ".xlsx"),
        (on_a_wide_sheet, ".xlsx"),
    ],
)
def test_memory_is_bounded_by_what_is_packed(tmp_path, write, suffix):
    small, large = tmp_path / f"small{suffix}", tmp_path / f"large{suffix}"
    write(small, 20)
    write(large, MANY)
    with zipfile.ZipFile(large) as archive:
        size = sum(member.file_size for member in archive.infolist())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read_transcript(small)  # what is imported and compiled once
        tracemalloc.start()
        try:
            assert len(read_transcript(large)) == MANY
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < TIMES * size
