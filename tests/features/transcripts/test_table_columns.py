"""Columns of a table of words are known by their names, or told."""

from __future__ import annotations

import pytest
from transcript_files import source_of

from hanrock_sk.features.transcripts.table_columns import (
    column_places,
    is_header,
    plain_name,
)


def table(**columns):
    """A table whose columns are told so."""
    source = source_of("x", "call.csv")
    source.columns = columns
    return source


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        (" Speaker Name ", "speaker_name"),
        ("Start [ms]", "start_ms"),
        ("End Time - msec", "end_time_ms"),
        ("Begin Time - ss.msec", "begin_time"),
        ("Begin Time - hh:mm:ss.ms", "begin_time"),
        ("Begin Time - hh:mm:ss:ff", "begin_time"),
        ("Begin Time - hh:mm:ss", "begin_time"),
        ("_t.0__", "t_0"),
    ],
)
def test_plain_names(name, plain):
    assert plain_name(name) == plain


@pytest.mark.parametrize(
    ("header", "places"),
    [
        (["id", "Who", "Said", "t0", "t1"],
         {"speaker": 1, "text": 2, "start": 3, "end": 4}),
        (["name", "Speaker", "text", "WORD"], {"speaker": 1, "text": 3}),
        (["Meeting", "Sprecher", "\u00c4u\u00dferung", "Beginn", "Dauer"],
         {"conversation": 0, "speaker": 1, "text": 2, "start": 3, "duration": 4}),
        (["speaker", "text", "Offset", "Duration"],
         {"speaker": 0, "text": 1, "start": 2, "duration": 3}),
        (["text", "Onset", "Offset [ms]", "Duration"],
         {"text": 0, "start": 1, "end": 2, "duration": 3}),
        (["speaker", "text", "offset"], {"speaker": 0, "text": 1, "end": 2}),
        (["speaker", "text", "end", "duration"],
         {"speaker": 0, "text": 1, "end": 2, "duration": 3}),
        (["word", "word"], {"text": 0}),
        (["happy", "sad"], {}),
    ],
)  # fmt: skip
def test_the_surest_name_counts(header, places):
    assert column_places(table(), header) == places


@pytest.mark.parametrize(
    ("columns", "header", "places"),
    [
        ({"text": "name"}, ["name", "speaker", "word"], {"text": 0, "speaker": 1}),
        ({"speaker": "word"}, ["word", "start"], {"speaker": 0, "start": 1}),
        ({"text": "a b"}, ["A_b", " a b "], {"text": 1}),
        ({"text": "A B"}, ["x", "a_b"], {"text": 1}),
        ({"end": "offset"}, ["word", "offset", "duration"],
         {"text": 0, "end": 1, "duration": 2}),
    ],
)  # fmt: skip
def test_what_is_told_comes_first_and_means_nothing_else(columns, header, places):
    assert column_places(table(**columns), header) == places


def test_what_is_told_wrongly():
    header = ["id", "who", "what", "t"]
    with pytest.raises(ValueError, match=r"no column 'when' for the start; .*'who'"):
        column_places(table(start="when"), header)
    with pytest.raises(ValueError, match=r"columns= knows .* but not 'begin'"):
        column_places(table(begin="t"), header)


@pytest.mark.parametrize(
    ("header", "known"),
    [
        (["speaker", "text"], True),
        (["Start (s)", "x", "Words"], True),
        (["text", "end"], False),
        (["speaker", "start"], False),
        (["text", "so"], False),
        (["who", "was"], False),
    ],
)
def test_headers(header, known):
    assert is_header(table(), header) == known


def test_a_header_has_all_columns_that_are_told():
    source = table(text="what was", start="t")
    assert is_header(source, ["T", "x", "What_was"])
    assert not is_header(source, ["t", "text", "speaker"])
