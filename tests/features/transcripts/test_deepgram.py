"""Deepgram: channels and speakers."""

from __future__ import annotations

from transcript_files import spoken


def word(text, start, **more):
    return {
        "word": text.lower().strip("?."),
        "start": start,
        "end": start + 0.5,
        "punctuated_word": text,
        **more,
    }


def content(*channels):
    alternatives = [
        {"alternatives": [{"transcript": "", "words": c}]} for c in channels
    ]
    return {"metadata": {}, "results": {"channels": alternatives}}


def test_one_channel():
    words = [word("Shall", 0.25, speaker=0), word("Yes.", 1, speaker=1)]
    assert spoken(content(words)) == (
        "Deepgram JSON",
        [("0", "Shall", 0.25, 0.75), ("1", "Yes.", 1.0, 1.5)],
    )


def test_channels_are_speakers():
    one, two = [word("Shall", 0.25)], [word("Yes.", 1)]
    assert [w[:2] for w in spoken(content(one, two))[1]] == [
        ("0", "Shall"),
        ("1", "Yes."),
    ]
    crowd = [word("Yes.", 1, speaker=0), word("No.", 2, speaker=1)]
    assert [w[0] for w in spoken(content(one, crowd))[1]] == ["0", "1-0", "1-1"]
    assert spoken(content([], two))[1] == [(None, "Yes.", 1.0, 1.5)]
