"""Amazon Transcribe: items, speakers, channels, calls."""

from __future__ import annotations

from transcript_files import spoken


def item(content, start, **more):
    return {
        "type": "pronunciation",
        "alternatives": [{"confidence": "0.9", "content": content}],
        "start_time": str(start),
        "end_time": str(start + 0.5),
        **more,
    }


MARK = {"type": "punctuation", "alternatives": [{"content": "?"}]}


def test_speakers_with_the_items():
    items = [
        item("Shall", 0.25, speaker_label="spk_0"),
        item("we", 1.0, speaker_label="spk_0"),
        MARK,
        item("Yes", 2.0, speaker_label="spk_1"),
    ]
    content = {"jobName": "j", "results": {"transcripts": [], "items": items}}
    assert spoken(content) == (
        "Amazon Transcribe JSON",
        [
            ("spk_0", "Shall", 0.25, 0.75),
            ("spk_0", "we?", 1.0, 1.5),
            ("spk_1", "Yes", 2.0, 2.5),
        ],
    )


def test_speakers_beside_the_items():
    labels = [
        {"speaker_label": "spk_0", "items": [{"start_time": "0.25"}]},
        {"items": [{"start_time": "2.0", "speaker_label": "spk_1"}]},
    ]
    content = {
        "results": {
            "speaker_labels": {"speakers": 2, "segments": labels},
            "items": [item("Shall", 0.25), MARK, item("Yes", 2.0)],
        }
    }
    assert [word[:2] for word in spoken(content)[1]] == [
        ("spk_0", "Shall?"),
        ("spk_1", "Yes"),
    ]


def test_channels_are_speakers():
    channels = [
        {"channel_label": "ch_0", "items": [item("Shall", 0.25), MARK]},
        {"channel_label": "ch_1", "items": [item("Yes", 2.0)]},
    ]
    content = {"results": {"channel_labels": {"channels": channels}, "items": []}}
    assert [word[:3] for word in spoken(content)[1]] == [
        ("ch_0", "Shall?", 0.25),
        ("ch_1", "Yes", 2.0),
    ]


def test_calls():
    turn = {
        "ParticipantRole": "AGENT",
        "BeginOffsetMillis": 500,
        "EndOffsetMillis": 1250,
        "Content": "Hello.",
    }
    assert spoken({"Transcript": [turn]}) == (
        "Amazon Call Analytics JSON",
        [("AGENT", "Hello.", 0.5, 1.25)],
    )
