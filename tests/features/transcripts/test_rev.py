"""Rev: monologues of elements."""

from __future__ import annotations

from transcript_files import spoken


def word(value, start):
    return {"type": "text", "value": value, "ts": start, "end_ts": start + 0.5}


def mark(value):
    return {"type": "punct", "value": value}


ELEMENTS = [
    word("Well", 0.25),
    mark(", "),
    word("shall", 1.0),
    mark(" "),
    word("we", 1.5),
    mark("?"),
]


def test_elements():
    content = {
        "monologues": [
            {"speaker": 0, "elements": ELEMENTS},
            {"speaker": 1, "elements": [word("Yes", 2.0), mark(".")]},
        ]
    }
    expected = [
        ("0", "Well,", 0.25, 0.75),
        ("0", "shall", 1.0, 1.5),
        ("0", "we?", 1.5, 2.0),
        ("1", "Yes.", 2.0, 2.5),
    ]
    assert spoken(content) == ("Rev JSON", expected)
    content["speakers"] = [{"id": 0, "name": "Anna"}, {"id": 1, "name": "Ben"}]
    assert [w[0] for w in spoken(content)[1]] == ["Anna", "Anna", "Anna", "Ben"]


def test_peoples_transcripts():
    said = {
        "type": "text",
        "value": "Shall we?",
        "timestamp": "00:01:02,500",
        "end_timestamp": "00:01:03,000",
    }
    content = {
        "monologues": [{"speaker": 1, "speaker_name": "Anna", "elements": [said]}]
    }
    assert spoken(content)[1] == [("Anna", "Shall we?", 62.5, 63.0)]
