"""A transcript file: each form read once, and what is noted of it."""

from __future__ import annotations

import pytest
from transcript_files import source_of

from hanrock_sk.features.transcripts import source as module
from hanrock_sk.features.transcripts.source import Source


def test_the_text_is_read_once():
    source = source_of("so we\n", "a.TXT")
    assert source.suffix == ".txt"
    assert source.text == "so we\n"
    source.path.unlink()
    assert source.text == "so we\n"
    source.forget_text()
    with pytest.raises(FileNotFoundError, match=r"a\.TXT"):
        _ = source.text


def test_lines_that_are_not_of_the_encoding_are_noted():
    source = source_of(b"so\nna\xefve\nwe\nd\xe9j\xe0\n")
    assert source.text == "so\nna\u00efve\nwe\nd\u00e9j\u00e0\n"
    noted = "bytes that are not utf-8, read as cp1252"
    assert source.amended == {noted: ["line 2", "line 4"]}


def test_line_ends_of_old_macintosh_files():
    assert list(source_of(b"so\rwe\r").lines()) == ["so", "we", ""]
    assert source_of(b"so\r\nwe\r").text == "so\r\nwe\r"


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_lines_are_those_of_the_text(end):
    """Read in blocks of some thousands of characters."""
    text = "\n".join("x" * (number % 50) for number in range(1000)) + end
    source = source_of(text)
    assert list(source.lines()) == text.split("\n")
    marked_twice = source_of("\ufeff\ufeff" + text)
    assert list(marked_twice.lines()) == text.split("\n")


def test_json_lets_its_text_go():
    source = source_of("\ufeff\ufeff[1, 2]", "a.json")
    assert source.json == [1, 2]
    assert "text" not in vars(source)
    source.path.unlink()
    assert source.json == [1, 2]


def test_json_may_not_be_as_large_as_text(monkeypatch):
    monkeypatch.setattr(module, "LARGEST_JSON", 5)
    assert source_of("[1,2]", "a.json").json == [1, 2]
    assert source_of("[1, 2]", "a.txt").json == [1, 2]
    for name in ("a.json", "a.jsonl"):
        with pytest.raises(ValueError, match=r"has 6 bytes; .* up to 5\."):
            _ = source_of("[1, 2]", name).json


def test_what_is_noted_is_counted():
    source = source_of("x")
    assert source.amendments() == ""
    source.amend("an odd mark", 3)
    source.amend("no end", "row 7")
    source.amend("an odd mark", 2)
    assert source.amendments() == (
        "an odd mark (2, the first at line 3); no end (1, the first at row 7)"
    )


def test_who_is_strict_wants_no_such_thing():
    source = Source(source_of("x").path, strict=True)
    with pytest.raises(ValueError, match=r"a\.txt, line 3: an odd mark\.$"):
        source.amend("an odd mark", 3)
    with pytest.raises(ValueError, match=r"a\.txt, row 7: no end\.$"):
        source.amend("no end", "row 7")
    assert source.amendments() == ""


def test_times_that_may_miss():
    source = source_of("x")
    assert not source.times_may_miss
    source.allow_missing_times()
    assert source.times_may_miss
    assert source.amended == {}
    source.allow_missing_times("no times")
    assert source.amended == {"no times": ["line 1"]}


def test_columns_that_are_told_are_a_copy():
    columns = {"text": "said"}
    source = Source(source_of("x").path, columns=columns)
    columns["speaker"] = "who"
    assert source.columns == {"text": "said"}
