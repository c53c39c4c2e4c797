"""IBM Watson: speakers beside the words."""

from __future__ import annotations

from transcript_files import spoken


def test_words_and_speakers():
    content = {
        "result_index": 0,
        "results": [
            {
                "final": True,
                "alternatives": [
                    {
                        "transcript": "shall we ",
                        "timestamps": [["shall", 0.25, 0.5], ["we", 0.5, 1.0]],
                    }
                ],
            },
            {"final": False, "alternatives": [{"timestamps": [["yep", 1.0, 1.5]]}]},
            {"final": True, "alternatives": [{"timestamps": [["yes", 1.25, 1.5]]}]},
        ],
        "speaker_labels": [
            {"from": 0.25, "to": 0.5, "speaker": 2},
            {"from": 0.5, "to": 1.0, "speaker": 2},
            {"from": 1.25, "to": 1.5, "speaker": 0},
        ],
    }
    expected = [
        ("2", "shall", 0.25, 0.5),
        ("2", "we", 0.5, 1.0),
        ("0", "yes", 1.25, 1.5),
    ]
    assert spoken(content) == ("IBM Watson JSON", expected)
    assert spoken({"results": [content]})[1] == expected
    assert spoken([content])[1] == expected
