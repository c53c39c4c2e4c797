"""WhisperX: the sample, and what aligners and diarization leave out."""

from __future__ import annotations

import math

import pytest
from transcript_files import source_of

from hanrock_sk.features.transcripts.source import Source
from hanrock_sk.features.transcripts.whisperx import read_whisperx


def read(*segments):
    return read_whisperx(source_of({"segments": list(segments)}, "a.json"))


def test_the_sample(data_root):
    path = data_root / "formats" / "whisperx" / "aligned_HANDMADE.json"
    found = read_whisperx(Source(path))
    assert [(word.text, word.start, word.end) for word in found] == [
        ("I", 0.5, 0.62),
        ("paid", 0.66, 0.98),
        ("20", 0.98, 1.4),  # without times: between its neighbours
        ("dollars.", 1.4, 1.9),
    ]
    assert {word.speaker for word in found} == {"SPEAKER_00"}
    assert found[2].where == "segments[0].words[2]"


def test_words_without_times_at_the_edges_of_a_segment():
    found = read(
        {
            "start": 1.0,
            "end": 4.0,
            "text": "7 up 7",
            "words": [
                {"word": "7"},
                {"word": "up", "start": 2.0, "end": 3.0},
                {"word": "7"},
            ],
        }
    )
    assert [(word.start, word.end) for word in found] == [(1, 2), (2, 3), (3, 4)]


def test_speakers_of_words_segments_and_neighbours():
    found = read(
        {
            "start": 0,
            "end": 3,
            "text": "",
            "speaker": "B",
            "words": [
                {"word": "1"},
                {"word": "a", "start": 1, "end": 2, "speaker": "A"},
                {"word": "2"},
            ],
        },
        {
            "start": 3,
            "end": 4,
            "text": "",
            "speaker": "B",
            "words": [{"word": "b", "start": 3, "end": 4}],
        },
        {
            "start": 4,
            "end": 5,
            "text": "",
            "words": [{"word": "c", "start": 4, "end": 5}],
        },
    )
    assert [word.speaker for word in found] == ["A", "A", "A", "B", None]


def test_segments_that_were_not_aligned_are_taken_whole():
    found = read(
        {"start": 0.5, "end": 1.5, "text": " Hello there. ", "speaker": "A"},
        {"start": 2, "end": 3, "text": " ", "words": []},
    )
    assert [(word.text, word.start, word.end) for word in found] == [
        ("Hello there.", 0.5, 1.5)
    ]


def test_no_times_anywhere():
    (found,) = read({"text": "hello"})
    assert math.isnan(found.start)


@pytest.mark.parametrize(
    ("segment", "message"),
    [
        ("hello", r"segments\[0\]: expected a segment"),
        ({"start": 0, "end": 1}, r"segments\[0\]: text must be"),
        ({"start": "soon", "end": 1, "text": "a"}, r"segments\[0\]: start must be"),
        (
            {"start": 0, "end": 1, "words": [{"start": 0, "end": 1}]},
            r"segments\[0\]\.words\[0\]: word must be",
        ),
    ],
)
def test_broken_segments(segment, message):
    with pytest.raises(ValueError, match=rf"a\.json, {message}"):
        read(segment)
