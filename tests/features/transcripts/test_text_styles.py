"""Texts as programs and people lay them out: names, times, words."""

from __future__ import annotations

import math
import warnings

import pytest
from transcript_files import source_of

from hanrock_sk.features import read_transcript

SAID = [("Anna", "Well, so: we begin in 40 minutes."), ("Ben", "so: yes, at 3:15?")]


def read(text, name="a.txt"):
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        table = read_transcript(source_of(text, name).path)
    rows = table[["speaker", "text", "start", "end"]].itertuples(index=False)
    return [
        tuple(None if isinstance(v, float) and math.isnan(v) else v for v in row)
        for row in rows
    ]


def filled(template):
    """The same two talkturns, and a third one."""
    return "".join(
        template.format(name=name, said=said, short=short, long=f"00:0{short}")
        for (name, said), short in zip(
            [*SAID, ("Anna", "Good.")], ("0:03", "0:07", "0:12"), strict=True
        )
    )


@pytest.mark.parametrize(
    "template",
    [
        "{name}    {long}    {said}\n",
        "{long}\t{name}\t {said} \n\n",
        "{name}: [{long}] {said}\n\n",
        "{name}\n[{long}] {said}\n\n",
        "[{long}] - {name}\n{said}\n\n",
        "{name} {short} - {said}\n",
        "**{name}** [{short}]: {said}\n\n",
        "{long}\t From  {name} : {said}\n",
        "{long} From {name} to Everyone:\n\t{said}\n",
        "[{long}] \n{name}: {said}\n\n",
    ],
)
def test_a_start_for_each(template):
    assert read(filled(template)) == [
        (*SAID[0], 3.0, None),
        (*SAID[1], 7.0, None),
        ("Anna", "Good.", 12.0, None),
    ]


@pytest.mark.parametrize(
    "template",
    ["{name}\t{said}\n", "**{name}:** {said}\n\n", "{name}\n{said}\n\n"],
)
def test_no_times(template):
    said = [(*turn, None, None) for turn in [*SAID, ("Anna", "Good.")]]
    assert read(filled(template)) == said


def test_times_of_the_day():
    for template in ("{}  {} AM\nHi.\n\n", "[{1} am] {0}: Hi.\n"):
        text = template.format("Anna", "9:03") + template.format("Ben", "10:04")
        assert read(text) == [
            ("Anna", "Hi.", 32580.0, None),
            ("Ben", "Hi.", 36240.0, None),
        ]


def test_a_telephone():
    text = "[iPhone 12] 09:00:03\nHi.\n\n[+49****12] 09:00:07\nYes.\n"
    assert [row[:2] for row in read(text)] == [
        ("iPhone 12", "Hi."),
        ("+49****12", "Yes."),
    ]


def test_ends():
    assert read("[0.50s - 3.00s] A1: Well.\n[3.25s - 5.50s] B2: so: yes.\n") == [
        ("A1", "Well.", 0.5, 3.0),
        ("B2", "so: yes.", 3.25, 5.5),
    ]
    assert read("I: Wie? #00:00:03-1#\n\nB1: Gut: so. #00:00:07-5#\n\n") == [
        ("I", "Wie?", None, 3.1),
        ("B1", "Gut: so.", 3.1, 7.5),
    ]


def test_lines_about_the_transcript():
    text = "Anna  0:03  \nHi.\n\nBen  0:07\nHo.\n\nTranscribed by https://otter.ai\n"
    assert read(text) == [("Anna", "Hi.", 3.0, None), ("Ben", "Ho.", 7.0, None)]
    text = (
        "Interview\n\nTranscribed with noScribe vers. 0.6\nAudio source: C:/x.wav\n"
        "Start: 00:00:00 | Stop: 00:10:00\n\nS00: [00:00:03] Hi.\nS01: [00:00:07] Ho.\n"
    )
    assert read(text) == [("S00", "Hi.", 3.0, None), ("S01", "Ho.", 7.0, None)]


def test_headings_and_numbered_lines():
    with pytest.warns(UserWarning, match="text above the first speaker, left out"):
        found = read("Date: today\nProject: Talk\n\nAnna: Hi.\nBen: Ho.\nAnna: So.\n")
    assert [row[0] for row in found] == ["Anna", "Ben", "Anna"]
    found = read("1 I: Wie?\n2 B: Gut.\n3 I: Und?\n4 B: Nichts.\n")
    assert [row[:2] for row in found][:2] == [("I", "Wie?"), ("B", "Gut.")]


def test_a_time_of_day_at_the_end_of_a_line():
    text = "Anna  0:03\nSee you at 10:30\n\nBen  0:07\nYes, 10:30\n\nAnna  0:09\nOk.\n"
    assert read(text) == [
        ("Anna", "See you at 10:30", 3.0, None),
        ("Ben", "Yes, 10:30", 7.0, None),
        ("Anna", "Ok.", 9.0, None),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "WEBVTT\n\n00:01.000 --> 00:02.000\nAnna: Hi.\n\n"
        "00:02.000 --> 00:03.000\nBen: Ho.",
        "1\n00:00:01,000 --> 00:00:02,000\nAnna: Hi.\n\n"
        "2\n00:00:02,000 --> 00:00:03,000\nBen: Ho.",
        '[{"speaker": "Anna", "text": "Hi.", "start": 1, "end": 2},'
        ' {"speaker": "Ben", "text": "Ho.", "start": 2, "end": 3}]',
    ],
)
def test_other_formats_in_a_text_file(text):
    assert read(text) == [("Anna", "Hi.", 1.0, 2.0), ("Ben", "Ho.", 2.0, 3.0)]


@pytest.mark.parametrize(
    "text",
    [
        "It was a dark night.\nRemember: nobody spoke.\nThe end.\n",
        "28/11/2026, 09:00 - Anna: Hi.\n28/11/2026, 09:01 - Ben: Ho.\n",
    ],
)
def test_what_is_no_transcript(text):
    with pytest.raises(ValueError, match="nor a text that says who speaks or when"):
        read(text)
