"""Columns of a CSV file with quoted fields against Python's own csv reader."""

from __future__ import annotations

import csv
import gzip
import io

import numpy as np
import pytest

from hanrock_sk.files.quoted_csv import read_header, read_text_columns

TEXT = (
    'name,"box, and more", x \r\n'
    'a,"[1, 2]",0.5\r\n'
    '"b ""c""","[3,\n 4]", 7 \r\n'
    "\r\n"
    "d,,\r\n"
)


def pick(names):
    return [names[2], names[1]]


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
def test_against_csv(tmp_path, suffix):
    path = tmp_path / f"table{suffix}"
    raw = b"\xef\xbb\xbf" + TEXT.encode()
    path.write_bytes(gzip.compress(raw) if suffix.endswith("gz") else raw)
    header, *rows = [row for row in csv.reader(io.StringIO(TEXT, newline="")) if row]
    assert read_header(path) == [name.strip() for name in header]
    columns = read_text_columns(path, pick)
    assert columns.fields["x"] == [row[2].strip() for row in rows]
    assert columns.fields["box, and more"] == [row[1].strip() for row in rows]
    assert columns.lines.tolist() == [2, 4, 6]
    np.testing.assert_array_equal(columns.numbers(path, "x"), [0.5, 7, np.nan])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b,c\n1,2,3\n1,2\n", "line 3: 2 fields, but the header names 3"),
        ('a,b,c\n1,2,3\n1,"2\n', "line 3: unexpected end of data"),
        ("a,b,c\n\n", "has a header but no rows"),
        ('a,b,c\n1,"' + 200_000 * "x" + '",2\n', "line 2: field larger than"),
    ],
)
def test_what_is_refused(tmp_path, text, message):
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_text_columns(path, pick)


def test_what_is_no_number(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a,b,c\n1,2,3\n1,2,high\n")
    columns = read_text_columns(path, pick)
    with pytest.raises(ValueError, match="line 3: column 'c' holds 'high', not a numb"):
        columns.numbers(path, "c")


def test_gzip_cut_short(tmp_path):
    path = tmp_path / "table.csv.gz"
    path.write_bytes(gzip.compress(TEXT.encode())[:40])
    with pytest.raises(ValueError, match="the gzip file is broken or cut short"):
        read_text_columns(path, pick)
