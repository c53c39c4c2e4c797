"""YouTube's json3."""

from __future__ import annotations

from transcript_files import spoken

EVENTS = [
    {"tStartMs": 0, "dDurationMs": 9000, "id": 1, "wpWinPosId": 1},
    {
        "tStartMs": 500,
        "dDurationMs": 2000,
        "segs": [{"utf8": "so", "acAsrConf": 0}, {"utf8": " today", "tOffsetMs": 400}],
    },
    {"tStartMs": 1500, "aAppend": 1, "segs": [{"utf8": "\n"}]},
    {"tStartMs": 1750, "dDurationMs": 750, "segs": [{"utf8": ">> we\ntalk"}]},
]


def test_events():
    assert spoken({"wireMagic": "pb3", "events": EVENTS}, "a.json3") == (
        "YouTube JSON",
        [(None, "so today", 0.5, 1.75), (None, "we talk", 1.75, 2.5)],
    )


def test_names():
    events = [
        {"tStartMs": 0, "dDurationMs": 1000, "segs": [{"utf8": "Anna: so?"}]},
        {"tStartMs": 1000, "dDurationMs": 1000, "segs": [{"utf8": "Ben: Yes."}]},
    ]
    assert spoken({"events": events})[1] == [
        ("Anna", "so?", 0.0, 1.0),
        ("Ben", "Yes.", 1.0, 2.0),
    ]
