"""ElevenLabs: words, spaces and events."""

from __future__ import annotations

from transcript_files import spoken


def item(text, start, end, kind="word", speaker="speaker_0"):
    return {
        "text": text,
        "start": start,
        "end": end,
        "type": kind,
        "speaker_id": speaker,
    }


WORDS = [
    item("Shall", 0.25, 0.5),
    item(" ", 0.5, 0.6, "spacing"),
    item("we", 0.6, 0.75),
    item("?", 0.75, 0.8),
    item(" ", 0.8, 1.0, "spacing"),
    item("(laughs)", 1.0, 1.5, "audio_event", "speaker_1"),
]
EXPECTED = [
    ("speaker_0", "Shall", 0.25, 0.5),
    ("speaker_0", "we?", 0.6, 0.8),
    ("speaker_1", "(laughs)", 1.0, 1.5),
]


def test_words():
    content = {"language_code": "en", "text": "Shall we?", "words": WORDS}
    assert spoken(content) == ("ElevenLabs JSON", EXPECTED)


def test_channels():
    nameless = [dict(word, speaker_id=None) for word in WORDS[:1]]
    parts = [{"channel_index": n, "words": nameless} for n in (0, 1)]
    assert spoken({"transcripts": parts})[1] == [
        ("0", "Shall", 0.25, 0.5),
        ("1", "Shall", 0.25, 0.5),
    ]


def test_an_event_is_no_part_of_a_word():
    words = [
        *WORDS[:2],
        item("well", 0.6, 0.7),
        item("(sighs)", 0.7, 0.8, "audio_event"),
    ]
    found = spoken({"words": words})[1]
    assert [text for _, text, *_ in found] == ["Shall", "well", "(sighs)"]
