"""What the loaders share."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest

from hanrock_sk.datasets._corpus import (
    LONGEST_LINE,
    check_choice,
    corpus_file,
    read_bounded_lines,
    read_rows,
    string_labels,
)


def test_choices_are_listed():
    check_choice("subset", None, ("train", None))
    with pytest.raises(ValueError, match=r"subset must be one of \['train', None\]"):
        check_choice("subset", "valid", ("train", None))


def test_a_missing_file_is_named_with_its_origin(tmp_path):
    (tmp_path / "there.txt").write_text("")
    assert corpus_file(str(tmp_path), "there.txt", "x") == tmp_path / "there.txt"
    with pytest.raises(FileNotFoundError, match=r"no here\.txt in .* comes from afar"):
        corpus_file(tmp_path, "here.txt", "afar")


def test_rows_come_with_their_line():
    lines = ["b, a,c\n", '1,"2\n', '3",4\n', "\n", "5,6,7\n", "\n"]
    rows = list(read_rows(lines, ["a", "b"], Path("x.csv")))
    assert rows == [
        ("x.csv, line 3", {"b": "1", "a": "2\n3", "c": "4"}),
        ("x.csv, line 5", {"b": "5", "a": "6", "c": "7"}),
    ]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            ["a,b\n", "1,2\n"],
            r"x\.csv lacks the column\(s\) \['c'\]. It has: \['a', 'b'\]",
        ),
        ([], r"x\.csv lacks the column"),
        (["a,b,c\n", "1,2,3\n", "1,2\n"], r"x\.csv, line 3: 2 values for 3 columns"),
        (["a,b,c\n", "1,2,3,4\n"], r"x\.csv, line 2: 4 values for 3 columns"),
    ],
)
def test_bad_tables(lines, message):
    with pytest.raises(ValueError, match=message):
        list(read_rows(lines, ["a", "b", "c"], Path("x.csv")))


def test_lines_are_bounded():
    path = Path("x.csv")
    assert list(read_bounded_lines(StringIO("a\nb"), path)) == ["a\n", "b"]
    endless = StringIO("a\n" + "b" * (LONGEST_LINE + 5))
    with pytest.raises(ValueError, match=r"x\.csv, line 2 is longer than 1,048,576"):
        list(read_bounded_lines(endless, path))


def test_labels_are_objects():
    labels = string_labels(["joy", None])
    assert labels.dtype == object
    assert labels.tolist() == ["joy", None]
