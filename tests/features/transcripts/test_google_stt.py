"""Google Speech-to-Text: the documented sample, and diarization."""

from __future__ import annotations

import pytest
from transcript_files import source_of

from hanrock_sk.features.transcripts.google_stt import read_google
from hanrock_sk.features.transcripts.source import Source


def result(*words, transcript="something"):
    return {"alternatives": [{"transcript": transcript, "words": list(words)}, {}]}


def word(text, start, end, **more):
    return {"word": text, "startTime": start, "endTime": end, **more}


def read(*results):
    return list(read_google(source_of({"results": list(results)}, "a.json")))


def test_the_documented_sample(data_root):
    path = data_root / "formats/google_stt/recognize_word_offsets_sample.json"
    found = list(read_google(Source(path)))
    assert [(word.text, word.start, word.end) for word in found] == [
        ("how", 0.0, 0.3),
        ("old", 0.3, 0.6),
        ("is", 0.6, 0.8),
        ("the", 0.8, 0.9),
        ("Brooklyn", 0.9, 1.1),
        ("Bridge", 1.1, 1.5),
    ]
    assert {word.speaker for word in found} == {None}


def test_results_follow_one_another():
    found = read(result(word("a", "0s", "1s")), result(word("b", "1s", "2s")))
    assert [word.text for word in found] == ["a", "b"]


def test_diarization_repeats_all_words_in_the_last_result():
    found = read(
        result(word("a", "0s", "1s")),
        result(word("b", "1s", "2s", speakerTag=0)),
        result(
            word("a", "0s", "1s", speakerTag=1),
            word("b", "1s", "2s", speakerTag=2),
            transcript="",
        ),
    )
    assert [(word.text, word.speaker) for word in found] == [("a", "1"), ("b", "2")]
    assert found[1].where == "results[2].alternatives[0].words[1]"


def test_a_last_result_that_does_not_repeat_all():
    with pytest.raises(ValueError, match="repeats 1 of 2 words"):
        read(
            result(word("a", "0s", "1s"), word("b", "1s", "2s")),
            result(word("b", "1s", "2s", speakerTag=2)),
        )


def test_version_2():
    """Offsets for times, labels for tags, and a zero that is left out."""
    found = read(
        result(
            {"word": "a", "endOffset": "0.500s", "speakerLabel": "1"},
            {
                "word": "b",
                "startOffset": "0.5s",
                "endOffset": "1s",
                "speakerLabel": "2",
            },
        ),
        result(
            {"word": "c", "startOffset": "1s", "endOffset": "2s", "speakerLabel": "2"}
        ),
    )
    assert [(word.start, word.end, word.speaker) for word in found] == [
        (0.0, 0.5, "1"),
        (0.5, 1.0, "2"),
        (1.0, 2.0, "2"),
    ]


def test_results_without_words():
    assert read({}, {"alternatives": []}, {"alternatives": [{}]}) == []
    with pytest.raises(ValueError, match=r"results\[1\]: .*enableWordTimeOffsets"):
        read(result(word("a", "0s", "1s")), {"alternatives": [{"transcript": "b"}]})


def test_broken_words():
    with pytest.raises(ValueError, match=r"words\[0\]: startTime must be a time"):
        read(result(word("a", "soon", "1s")))
    with pytest.raises(ValueError, match=r"words\[0\]: expected an object"):
        read(result("a"))


def test_spellings_of_times_and_names():
    words = [
        {
            "word": "a",
            "start_time": {},
            "end_time": {"seconds": 1, "nanos": 3e8},
            "speaker_tag": 1,
        },
        {"word": "b", "startOffset": "1.5s", "endOffset": "2s", "speakerLabel": "2"},
    ]
    found = read({"alternatives": [{"transcript": "a b", "words": words}]})
    assert [(word.speaker, word.start, word.end) for word in found] == [
        ("1", 0.0, 1.3),
        ("2", 1.5, 2.0),
    ]


def test_channels_are_speakers():
    one = result(word("a", "0s", "1s"), word("c", "3s", "4s")) | {"channelTag": 1}
    two = result(word("b", "1s", "2s")) | {"channelTag": 2}
    found = read(one, two)
    assert [(word.speaker, word.text) for word in found] == [
        ("1", "a"),
        ("1", "c"),
        ("2", "b"),
    ]


def test_batches_hold_recordings():
    answers = {
        f"gs://x/{name}.wav": {
            "transcript": {"results": [result(word(name, "0s", "1s"))]}
        }
        for name in "ab"
    }
    found = list(read_google(source_of({"results": answers}, "a.json")))
    assert [(word.text, word.conversation) for word in found] == [
        ("a", "gs://x/a.wav"),
        ("b", "gs://x/b.wav"),
    ]


def test_phrases_with_the_end_of_their_result():
    found = read(
        {"alternatives": [{"transcript": "a b"}], "resultEndTime": "2s"},
        {"alternatives": [{"transcript": " c"}], "resultEndTime": "3.5s"},
    )
    assert [(word.text, word.start, word.end) for word in found] == [
        ("a b", 0.0, 2.0),
        ("c", 2.0, 3.5),
    ]
