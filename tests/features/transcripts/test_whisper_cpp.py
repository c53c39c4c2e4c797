"""whisper.cpp: milliseconds, and changes of speaker."""

from __future__ import annotations

from transcript_files import spoken


def test_pieces():
    content = {
        "systeminfo": "x",
        "params": {"model": "m"},
        "result": {"language": "en"},
        "transcription": [
            {
                "timestamps": {"from": "00:00:00,500", "to": "00:00:02,000"},
                "offsets": {"from": 500, "to": 2000},
                "text": " Shall we?",
                "speaker_turn_next": True,
            },
            {"offsets": {"from": 2250, "to": 3000}, "text": " Yes."},
            {
                "timestamps": {"from": "00:01:03,000", "to": "00:01:04,5"},
                "text": " So.",
            },
            {"offsets": {"from": 70000, "to": 71000}, "text": " "},
        ],
    }
    assert spoken(content) == (
        "whisper.cpp JSON",
        [
            (None, "Shall we?", 0.5, 2.0),
            (None, "Yes.", 2.25, 3.0),
            (None, "So.", 63.0, 64.5),
        ],
    )
