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
