"""Small text tables."""

from __future__ import annotations

import math

import pytest

from hanrock_sk.files.delimited import number, read_delimited

NAMES = {"speaker": ("speaker",), "start": ("start", "start_time")}


@pytest.mark.parametrize("separator", [",", "\t", ";", " , "])
def test_names_and_separators(tmp_path, separator):
    path = tmp_path / "words.csv"
    path.write_text(
        separator.join(["Start Time", "x", "SPEAKER"])
        + "\n\n"
        + separator.join(["1.5", "", "Anna"])
        + "\n",
    )
    columns, rows = read_delimited(path, NAMES)
    assert columns == {"speaker", "start"}
    assert [(row.line, dict(row.fields)) for row in rows] == [
        (3, {"speaker": "Anna", "start": "1.5"})
    ]


def test_quotes_and_lines_inside_them(tmp_path):
    path = tmp_path / "words.csv"
    path.write_text('speaker,start\n"Anna, the\nfirst",1\nBen,2\n')
    _, rows = read_delimited(path, NAMES)
    assert [(row.line, row.fields["speaker"]) for row in rows] == [
        (3, "Anna, the\nfirst"),
        (4, "Ben"),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("speaker,start\nAnna,1\nBen\n", "line 3: 1 fields, but the header names 2"),
        ('speaker,start\nAnna,"1\n', "line 2: unexpected end of data"),
        ("start,start_time\n1,2\n", "line 1: the columns .* both say start"),
    ],
)
def test_broken_tables(tmp_path, content, message):
    path = tmp_path / "words.csv"
    path.write_text(content)
    with pytest.raises(ValueError, match=rf"words\.csv, {message}"):
        read_delimited(path, NAMES)


def test_numbers(tmp_path):
    path = tmp_path / "words.csv"
    path.write_text("start\n1.5\nNA\nsoon\ninf\n")
    _, rows = read_delimited(path, NAMES)
    assert number(path, rows[0], "start") == 1.5
    assert math.isnan(number(path, rows[1], "start"))
    for row, text in ((rows[2], "soon"), (rows[3], "inf")):
        with pytest.raises(ValueError, match=f"line {row.line}: start .* '{text}'"):
            number(path, row, "start")
