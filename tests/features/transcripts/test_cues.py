"""Cues whose times are not what they seem."""

from __future__ import annotations

from transcript_files import source_of

from hanrock_sk.features.transcripts.cues import read_cues
from hanrock_sk.features.transcripts.subtitles import read_subtitles


def read(text):
    """The cues, and what was noted."""
    source = source_of(text, "a.vtt")
    return read_cues(source), list(source.amended)


def cue(second, text):
    return f"00:00:0{second}.000 --> 00:00:0{second + 1}.000\n{text}\n\n"


def test_times_that_begin_anew_below_a_header():
    part = "WEBVTT\n\n" + cue(0, "Hi") + cue(1, "Ho")
    found, notes = read(part + part)
    assert [(c.start, c.end) for c in found] == [(0, 1), (1, 2), (2, 3), (3, 4)]
    assert notes == [
        "a second header",
        "times that begin anew below it, read as going on",
    ]
    found, notes = read(part + "WEBVTT\n\n" + cue(2, "So"))
    assert [c.start for c in found] == [0, 1, 2]
    assert notes == ["a second header"]


def test_times_that_count_frames():
    found, notes = read("1\n00:00:01:05 --> 00:00:02:24\nHi\n")
    assert [(c.start, c.end) for c in found] == [(1.2, 2.96)]
    assert notes == ["times that count frames, read as 25 a second"]


def test_a_voice_that_is_named_twice():
    text = "WEBVTT\n\n" + cue(0, "<v Anna>Anna: so: yes</v>") + cue(1, "<v Ben>Hi</v>")
    found = read_subtitles(source_of(text, "a.vtt"))
    assert [(c.speaker, c.text) for c in found] == [("Anna", "so: yes"), ("Ben", "Hi")]
