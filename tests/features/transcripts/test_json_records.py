"""JSON records."""

from __future__ import annotations

from weakref import ref

from transcript_files import source_of, spoken

from hanrock_sk.features.transcripts.json_records import read_records


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


class Record(dict):
    """An object that can be watched."""


def test_records_are_let_go_when_they_are_read():
    source = source_of([], "a.json")
    source.json = [Record(text="Hi", speaker="Anna") for _ in range(9)]
    watched = [ref(record) for record in source.json]
    for place, word in enumerate(read_records(source)):
        assert word.where == f"record {place}"
        assert sum(record() is None for record in watched) >= place - 2
