"""Rows of tables: below a header, below a title, below nothing."""

from __future__ import annotations

import warnings

import pytest
from transcript_files import source_of

from hanrock_sk.features import read_transcript

EXPECTED = [("Anna", "Hello, there.", 0.5, 1.5), ("Ben", 'so: "yes"', 1.75, 2.5)]


def read(text, name="a.csv"):
    table = read_transcript(source_of(text, name).path)
    return list(
        table[["speaker", "text", "start", "end"]].itertuples(index=False, name=None)
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "sep=;\nspeaker;text;start;end\nAnna;Hello, there.;0,5;1,5\n"
            'Ben;"so: ""yes""";1,75;2,5\n',
            "a.csv",
        ),
        (
            "Sprecher;Beginn;Ende;Text\nAnna;0,5;1,5;Hello, there.\n"
            'Ben;1,75;2,5;"so: ""yes"""\n',
            "a.csv",
        ),
        (
            'onset,duration,speaker,transcript,\n0.5,1,Anna,"Hello, there.",\n'
            '1.75,0.75,Ben,"so: ""yes""",\n',
            "a.csv",
        ),
        (
            "Tier\tBegin Time - hh:mm:ss.ms\tEnd Time - hh:mm:ss.ms\tAnnotation\n"
            "Anna\t00:00:00.500\t00:00:01.500\tHello, there.\n"
            'Ben\t00:00:01.750\t00:00:02.500\tso: "yes"\n',
            "a.txt",
        ),
        (
            'Anna\t\t0.5\t1.5\t1.0\tHello, there.\nBen\t\t1.75\t2.5\t0.75\tso: "yes"\n',
            "a.txt",
        ),
        (
            'start,end,speaker,text\r0.5,1.5,Anna,"Hello, there."\r'
            '1.75,2.5,Ben,"so: ""yes"""\r',
            "a.csv",
        ),
        (
            'start_ms,end_ms,who,said\n500,1500,Anna,"Hello, there."\n'
            '1750,2500,Ben,"so: ""yes"""\n\n,,,\n',
            "a.csv",
        ),
    ],
)
def test_tables(text, name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read(text, name) == EXPECTED


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (
            "start,end,speaker,text\n0.5,1.5,Anna,Hello, there.\n"
            '1.75,2.5,Ben, so: "yes"\n',
            r"delimiters or marks that are not quoted \(2, the first at line 2\)",
        ),
        (
            'start,end,speaker,text\n0.5,1.5,Anna,"Hello, there."\n'
            '1.75,2.5,Ben,"so: "yes""\n',
            r"not quoted \(1, the first at line 3\)",
        ),
        (
            'Project: X\n\nspeaker,start,end,text\nAnna,0.5,1.5,"Hello, there."\n'
            'Ben,1.75,2.5,"so: ""yes"""\n',
            r"text above the table, left out \(1, the first at line 1\)",
        ),
    ],
)
def test_tables_that_are_almost_right(text, warning):
    with pytest.warns(UserWarning, match=warning):
        assert read(text) == EXPECTED


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("speaker,text,start,end\nAnna,Hi,0\n", "line 2: 3 fields, but the header"),
        ("text,start,end\na, b,0,1\n", "line 2: 4 fields"),
        ("start,end,text\n00:00:01:18,00:00:02:02,Hi\n", "line 2: start must be a num"),
        ("Anna said hello, and left\nBen, who was there\n", "not a table of words"),
        ('text,speaker\n"Hi,Anna\n', "line 2: unexpected end of data"),
    ],
)
def test_what_is_refused(text, message):
    with pytest.raises(ValueError, match=rf"a\.csv, {message}|{message}"):
        read(text)


def test_labels_of_audacity():
    with pytest.warns(UserWarning, match="one speaker says it all"):
        found = read("0.500000\t1.500000\tHello.\n1.750000\t2.500000\tYes.\n", "a.txt")
    assert found == [("unknown", "Hello. Yes.", 0.5, 2.5)]
