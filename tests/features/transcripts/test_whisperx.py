"""WhisperX: the sample, and what aligners and diarization leave out."""

from __future__ import annotations

import math

import pytest
from transcript_files import source_of, spoken

from hanrock_sk.features.transcripts.source import Source
from hanrock_sk.features.transcripts.whisperx import read_whisperx


def read(*segments):
    return list(read_whisperx(source_of({"segments": list(segments)}, "a.json")))


def test_the_sample(data_root):
    path = data_root / "formats" / "whisperx" / "aligned_HANDMADE.json"
    found = list(read_whisperx(Source(path)))
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
        ("hello", r"segments\[0\]: expected an object"),
        ({"start": 0, "end": 1}, r"segments\[0\] has no field 'text'"),
        ({"start": "soon", "end": 1, "text": "a"}, r"segments\[0\]: start must be"),
        (
            {"start": 0, "end": 1, "words": [{"start": 0, "end": 1}]},
            r"segments\[0\]\.words\[0\] has no field 'word'",
        ),
    ],
)
def test_broken_segments(segment, message):
    with pytest.raises(ValueError, match=rf"a\.json, {message}"):
        read(segment)


def segment(text, *words):
    return {"start": 0.0, "end": 2.0, "text": text, "words": list(words)}


def piece(text, start, end, field="word"):
    return {field: text, "start": start, "end": end}


def test_openais_pieces_of_words():
    pieces = piece(" don", 0, 0.5), piece("'t", 0.5, 1), piece(" go", 1, 2)
    found = read(segment(" don't go", *pieces))
    assert [(word.text, word.start, word.end) for word in found] == [
        ("don't", 0.0, 1.0),
        ("go", 1.0, 2.0),
    ]
    chinese = piece("\u4f60", 0, 1), piece("\u597d", 1, 2)
    assert [word.text for word in read(segment("\u4f60\u597d", *chinese))] == [
        "\u4f60\u597d"
    ]


def test_whisper_timestamped_and_a_list_of_segments():
    segments = [segment("a b", piece("a", 0, 1, "text"), piece("b", 1, 2, "text"))]
    expected = ("Whisper or WhisperX JSON", [(None, "a", 0, 1), (None, "b", 1, 2)])
    assert spoken({"text": "a b", "segments": segments}) == expected
    assert spoken(segments) == expected


def test_faster_whispers_tuples():
    words = [[0.0, 1.0, " a", 0.9], [1.0, 2.0, " b", 0.8]]
    row = [1, 0, 0.0, 2.0, " a b", [50], 0.0, -0.1, 1.0, 0.0, words]
    assert spoken([row])[1] == [(None, "a", 0, 1), (None, "b", 1, 2)]
    assert spoken([row[:10]])[1] == [(None, "a b", 0, 2)]


def test_what_is_no_segment():
    with pytest.raises(ValueError, match=r"segments\[0\]: expected an object, got 1"):
        spoken({"segments": [1]})
    with pytest.raises(
        ValueError, match=r"words\[0\] has no field 'word'; it has \['t'\]"
    ):
        spoken({"segments": [segment("a", {"t": "a"})]})


def test_segments_written_as_lists():
    """The dataclass of newer versions has its words before the temperature."""
    words = [[0.5, 1.0, " Hi", 0.9], [1.0, 1.5, " all", 0.9]]
    for behind in ([0.0, -0.1, 1.0, 0.01, words], [-0.1, 1.0, 0.01, words, 0.0]):
        source = source_of([[1, 0, 0.5, 1.5, " Hi all", [50], *behind]], "a.json")
        found = list(read_whisperx(source))
        assert [(word.text, word.start) for word in found] == [
            ("Hi", 0.5),
            ("all", 1.0),
        ]
