"""JSON records."""

from __future__ import annotations

from transcript_files import spoken


def test_records():
    records = [
        {"id": 1, "speaker": "Anna", "utterance": "Hello", "onset": 0.5, "offset": 1},
        {"speaker": 2, "utterance": "Hi", "onset": "0:02", "offset": "0:03"},
    ]
    expected = [("Anna", "Hello", 0.5, 1.0), ("2", "Hi", 2.0, 3.0)]
    assert spoken(records) == ("JSON records", expected)
    assert spoken({"meta": {}, "turns": records})[1] == expected


def test_records_within_objects():
    utterances = [
        {"start": 0.5, "end": 1.0, "text": "Hello", "speaker": 0, "words": []},
        {"start": 2.0, "end": 3.0, "text": "Hi", "speaker": 1, "words": []},
    ]
    content = {"result": {"transcription": {"utterances": utterances}, "n": [{"a": 1}]}}
    assert spoken(content) == (
        "JSON records",
        [("0", "Hello", 0.5, 1.0), ("1", "Hi", 2.0, 3.0)],
    )
