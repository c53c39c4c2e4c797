"""Texts as Zoom, Teams, Otter, Rev and noScribe write them."""

from __future__ import annotations

import math

import pytest
from transcript_files import source_of, spoken

NAMES = ("Anna Berg", "Ben (Acme) 2")
SAID = ("Well, so: we begin in 40 minutes. At 10:30.", "Yes.", "Good. Go on.")
STARTS = (2.0, 69.0, 71.5)


def talk(text):
    """Who says what when, ends left out."""
    name, words = spoken(text, "a.txt")
    assert name.startswith("text with names")
    assert all(math.isnan(end) for *_, end in words)
    return [(who, what, None if math.isnan(t) else t) for who, what, t, _ in words]


def filled(template):
    turns = zip((*NAMES, NAMES[0]), ("0:02", "1:09", "1:11.5"), SAID, strict=True)
    return "".join(
        template.format(name=name, time=time, long="00:0" + time, text=text)
        for name, time, text in turns
    )


@pytest.mark.parametrize(
    "template",
    [
        "{name}\n{long}\n{text}\n",
        "{name}  {time}  \n{text}\n\n",
        "{name} ({time}):\n{text}\n\n",
        "{name} ({time}): {text}\n",
        "[{name}] {long}\n{text}\n\n",
        "{long}\n{name}\n{text}\n\n",
        "[{long}] {name}: {text}\n",
        "{long} {name}: {text}\n",
        "({time}) {name}: {text}\n",
    ],
)
def test_names_and_times(template):
    expected = list(zip((*NAMES, NAMES[0]), SAID, STARTS, strict=True))
    assert talk(filled(template)) == expected


@pytest.mark.parametrize(
    "template", ["{name}: {text}\n", "[{name}]: {text}\n", "{name}:\t{text}\n\n"]
)
def test_names_alone(template):
    expected = [(n, t, None) for n, t in zip((*NAMES, NAMES[0]), SAID, strict=True)]
    assert talk(filled(template)) == expected


def test_ranges_have_ends():
    text = "0:0:01.5 --> 0:0:03.0\nAnna\nHello\n\n0:0:03.5 --> 0:0:04.0\nBen\nHi\n"
    text = text.replace("0:0:", "00:00:")
    text += text.replace("00:00:", "00:01:")
    assert spoken(text, "a.txt")[1][:2] == [
        ("Anna", "Hello", 1.5, 3.0),
        ("Ben", "Hi", 3.5, 4.0),
    ]


def test_what_is_no_transcript():
    with pytest.raises(ValueError, match=r"a\.txt, line 1: not a table of words"):
        spoken("Well, so, we begin.\nAnd so on, and on.\n", "a.txt")


def test_a_table_stays_a_table():
    text = "speaker;word;start;end\nAnna;Hi;0;1\n"
    assert spoken(text, "a.txt") == ("table of words", [("Anna", "Hi", 0.0, 1.0)])
    assert source_of(text).suffix == ".txt"


def test_headings_stand_above():
    text = "interview.wav\nTranscribed with noScribe\n\nS00: Hello.\n\nS01: Hi.\n"
    assert talk(text) == [("S00", "Hello.", None), ("S01", "Hi.", None)]
