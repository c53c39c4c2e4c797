"""CHAT."""

from __future__ import annotations

import math

import pytest
from transcript_files import source_of, spoken

from hanrock_sk.features import read_transcript

pytest.importorskip("pylangacq")

CHAT = """@UTF8
@Begin
@Languages:\teng
@Participants:\tCHI Alex Target_Child, MOT Mother
@ID:\teng|x|CHI|2;06.||||Target_Child|||
@ID:\teng|x|MOT|||||Mother|||
*MOT:\tshall we go ? \x15500_1500\x15
*CHI:\tyes mommy . \x151250_2500\x15
*MOT:\tok
\tthen . \x152500_3000\x15
@End
"""


def test_utterances():
    assert spoken(CHAT, "a.cha") == (
        "CHAT",
        [
            ("MOT", "shall we go?", 0.5, 1.5),
            ("CHI", "yes mommy.", 1.25, 2.5),
            ("MOT", "ok then.", 2.5, 3.0),
        ],
    )


def test_without_times():
    lines = [line.split(" \x15")[0] + "\n" for line in CHAT.splitlines()]
    found = spoken("".join(lines), "a.cha")[1]
    assert found[0][:2] == ("MOT", "shall we go?")
    assert all(math.isnan(said[2]) for said in found)


def test_what_is_none():
    with pytest.raises(ValueError, match=r"a\.cha"):
        read_transcript(source_of("Hello\n", "a.cha").path)


HEADER = "".join(line for line in CHAT.splitlines(True) if line.startswith("@"))


def test_codes_and_lines_below():
    """Retraced words are said once, and codes are none."""
    text = HEADER.removesuffix("@End\n").replace("2;06.", "2;6.") + (
        "*CHI:\tI want [/] want <the big> [//] the ball@f [!] . \x15500_1500\x15\n"
        "%mor:\tpro|I v|want .\n\tand more\n"
        "*MOT:\t&-um you [: your] (be)cause (.) to:: day &=laughs +... "
        "\x151750_2500\x15\n"
        "*CHI:\twell ‡ yes↑ +/.\n@End\n"
    )
    found = spoken(text, "a.cha")[1]
    assert found[:2] == [
        ("CHI", "I want the ball.", 0.5, 1.5),
        ("MOT", "your because to day...", 1.75, 2.5),
    ]
    assert found[2][:2] == ("CHI", "well, yes.")
