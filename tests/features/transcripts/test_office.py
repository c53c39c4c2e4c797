"""Word and Excel files."""

from __future__ import annotations

import datetime
import sys

import pytest
from transcript_files import source_of

from hanrock_sk.features import read_transcript


def test_excel(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (
        ["Speaker", "Utterance", "Start", "End"],
        ["Anna", "Hello", 0.5, 1],
        [None, None, None, None],
        ["Ben", "Hi", datetime.time(0, 1, 2), "0:01:03,5"],
    ):
        book.active.append(row)
    book.save(tmp_path / "call.xlsx")
    found = read_transcript(tmp_path / "call.xlsx")
    assert found.iloc[:, 1:].to_numpy().tolist() == [
        ["Anna", "Hello", 0.5, 1.0],
        ["Ben", "Hi", 62.0, 63.5],
    ]


def test_word(tmp_path):
    docx = pytest.importorskip("docx")
    document = docx.Document()
    for line in ("Anna Berg   0:03\nHello there.", "Ben Moor   0:07", "Hi."):
        document.add_paragraph(line)
    document.save(tmp_path / "call.docx")
    found = read_transcript(tmp_path / "call.docx")
    assert found[["speaker", "text", "start"]].to_numpy().tolist() == [
        ["Anna Berg", "Hello there.", 3.0],
        ["Ben Moor", "Hi.", 7.0],
    ]


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx"])
def test_what_is_none(name):
    for content in (b"PK\x03\x04 and no more", b"Hello"):
        with pytest.raises(ValueError, match=rf"{name} is no (Word|Excel) file"):
            read_transcript(source_of(content, name).path)


def test_without_the_library(tmp_path, monkeypatch):
    openpyxl = pytest.importorskip("openpyxl")
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(ImportError, match=r"pip install 'hanrock-sk\[office\]'"):
        read_transcript(tmp_path / "a.xlsx")


def test_titles_above_tables(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["Interview 3"], [], ["Speaker", "Text", "Start", "End"]):
        book.active.append(row)
    book.active.append(["Anna", "Hello", 0.5, 1])
    book.active.append(["Ben", "Hi", 1, 2])
    book.save(tmp_path / "call.xlsx")
    with pytest.warns(
        UserWarning, match=r"text above the table, left out \(1, .*row 1"
    ):
        found = read_transcript(tmp_path / "call.xlsx")
    assert found["text"].tolist() == ["Hello", "Hi"]


def test_a_table_of_names_and_words_in_word(tmp_path):
    docx = pytest.importorskip("docx")
    document = docx.Document()
    table = document.add_table(3, 2)
    for place, row in enumerate((("Anna", "Hello"), ("Ben", "Hi"), ("Anna", "So"))):
        for column, text in enumerate(row):
            table.cell(place, column).text = text
    document.save(tmp_path / "call.docx")
    found = read_transcript(tmp_path / "call.docx")
    assert found["speaker"].tolist() == ["Anna", "Ben", "Anna"]
    assert found["text"].tolist() == ["Hello", "Hi", "So"]


def test_rows_are_counted_as_the_sheet_does(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in ([], ["Speaker", "Text", "Start", "End"], ["Anna", "Hello", 0.5, 1]):
        book.active.append(row)
    book.active.append([])
    book.active.append(["Ben", "Hi", "soon", 2])
    book.save(tmp_path / "call.xlsx")
    with pytest.raises(ValueError, match=r"line 5: start must be .* got 'soon'"):
        read_transcript(tmp_path / "call.xlsx")


def test_a_table_of_blank_rows_in_word(tmp_path):
    docx = pytest.importorskip("docx")
    document = docx.Document()
    document.add_table(3, 2)
    document.save(tmp_path / "call.docx")
    with pytest.raises(ValueError, match="there is no column 'said' for the text"):
        read_transcript(tmp_path / "call.docx", columns={"text": "said"})
