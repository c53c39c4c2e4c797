"""Speechmatics, both versions."""

from __future__ import annotations

from transcript_files import spoken


def item(content, start, kind="word", speaker="S1", **more):
    return {
        "type": kind,
        "start_time": start,
        "end_time": start + 0.5,
        "alternatives": [{"content": content, "speaker": speaker}],
        **more,
    }


def test_results():
    results = [
        item("Shall", 0.25),
        item("we", 1.0),
        item("?", 1.5, "punctuation", attaches_to="previous"),
        {"type": "speaker_change", "start_time": 1.5, "end_time": 1.5},
        item("\u00bf", 2.0, "punctuation", "S2", attaches_to="next"),
        item("Yes", 2.0, speaker="S2"),
        item("So", 3.0, speaker="UU"),
    ]
    assert spoken({"format": "2.9", "results": results}) == (
        "Speechmatics JSON",
        [
            ("S1", "Shall", 0.25, 0.75),
            ("S1", "we?", 1.0, 2.0),
            ("S2", "\u00bfYes", 2.0, 2.5),
            (None, "So", 3.0, 3.5),
        ],
    )


def test_channels():
    results = [
        item("a", 0, speaker=None, channel="left"),
        item("b", 1, speaker=None, channel="right"),
    ]
    assert [w[0] for w in spoken({"results": results})[1]] == ["left", "right"]


def test_version_1():
    content = {
        "job": {},
        "speakers": [
            {"name": "M1", "time": "0.25", "duration": "1.0"},
            {"name": "F1", "time": "2.0", "duration": "1.0"},
        ],
        "words": [
            {"name": "Shall", "time": "0.25", "duration": "0.5"},
            {"name": ".", "time": "0.75", "duration": "0"},
            {"name": "Yes", "time": "2.0", "duration": "0.25"},
        ],
    }
    assert spoken(content) == (
        "Speechmatics JSON, version 1",
        [("M1", "Shall.", 0.25, 0.75), ("F1", "Yes", 2.0, 2.25)],
    )
