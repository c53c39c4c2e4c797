"""WebVTT and SRT, with everything that may stand around the words."""

from __future__ import annotations

import pytest
from transcript_files import source_of

from hanrock_sk.features.transcripts.subtitles import read_subtitles


def read(text):
    return [
        (cue.speaker, cue.text, cue.start, cue.end)
        for cue in read_subtitles(source_of(text, "a.vtt"))
    ]


def test_webvtt():
    text = """WEBVTT Interview
Kind: captions

STYLE
::cue { color: lime }

NOTE
00:00 --> this is no cue

intro
00:01.000 --> 00:02.500 align:start position:10%
<v.loud Anna Smith>Hello <i>there</i>,
<00:00:02.000><c.yellow>Ben &amp; Cleo</c></v>

01:00:03.250 --> 01:00:04.000
<v Ben>Hi!</v> <v Cleo>Hi,&nbsp;Anna.
"""
    assert read(text) == [
        ("Anna Smith", "Hello there, Ben & Cleo", 1.0, 2.5),
        ("Ben", "Hi!", 3603.25, 3604.0),
        ("Cleo", "Hi, Anna.", 3603.25, 3604.0),
    ]


def test_srt():
    text = (
        "\ufeff1\r\n00:00:01,000 --> 00:00:02,500\r\n[SPEAKER_00]: Hello\r\nthere.\r\n"
        "\r\n\r\n2\r\n00:00:03,250 --> 00:00:04,000\r\n<i>Dr. O'Neil:</i> {\\an8}Hi."
        "\r\n\r\n3\r\n00:00:05,000 --> 00:00:06,000\r\n- Anna: One.\r\n- Ben: Two.\r\n"
    )
    assert read(text) == [
        ("SPEAKER_00", "Hello there.", 1.0, 2.5),
        ("Dr. O'Neil", "Hi.", 3.25, 4.0),
        ("Anna", "One.", 5.0, 6.0),
        ("Ben", "Two.", 5.0, 6.0),
    ]


@pytest.mark.parametrize(
    "said",
    ["He said: go", "at 12:30 sharp", "[LAUGHTER] no", "It is this: a test", "a:b"],
)
def test_not_every_colon_follows_a_name(said):
    assert read(f"1\n00:00:01,000 --> 00:00:02,000\n{said}\n") == [
        (None, said, 1.0, 2.0)
    ]


def test_cues_without_words_say_nothing():
    assert read("WEBVTT\n\n00:01.000 --> 00:02.000\n<i></i>\n") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("WEBVTT\n\n00:01.000 --> 00:0", "line 3: expected a cue"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000", "line 3: a cue without text ends"),
        ("1\n00:01:00,000 -> 00:02:00,000\nHi\n", "line 2: expected a cue"),
        ("1\n00:00:01,000 --> 00:00:02,000\nHi\n\nthere\n", "line 5: expected a cue"),
        (
            "1\n00:00:01,000 --> 00:00:02,000\nHi\n"
            "2\n00:00:02,000 --> 00:00:03,000\nHo\n",
            "line 5: a cue begins before that of line 2",
        ),
        ("speaker,word,start,end\nAnna,Hi,0,1\n", "line 2: expected a cue"),
    ],
)
def test_broken_files(text, message):
    with pytest.raises(ValueError, match=rf"a\.vtt, {message}"):
        read(text)
