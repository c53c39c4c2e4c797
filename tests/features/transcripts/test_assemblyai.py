"""AssemblyAI: milliseconds."""

from __future__ import annotations

from transcript_files import spoken


def word(text, start, end, speaker="A"):
    return {"text": text, "start": start, "end": end, "speaker": speaker}


def test_words():
    words = [
        word("Shall", 250, 500),
        word("we?", 500, 1000),
        word("Yes.", 1250, 2000, "B"),
    ]
    content = {"id": "x", "status": "completed", "words": words, "utterances": None}
    assert spoken(content) == (
        "AssemblyAI JSON",
        [
            ("A", "Shall", 0.25, 0.5),
            ("A", "we?", 0.5, 1.0),
            ("B", "Yes.", 1.25, 2.0),
        ],
    )


def test_utterances_where_words_name_nobody():
    content = {
        "words": [word("Shall", 250, 500, None)],
        "utterances": [word("Shall we?", 250, 1000)],
    }
    assert spoken(content)[1] == [("A", "Shall we?", 0.25, 1.0)]


def test_seconds_are_not_taken_for_milliseconds():
    words = [word("a", 0.25, 0.5), word("b", 1, 2)]
    assert spoken({"words": words})[1] == [("A", "a", 0.25, 0.5), ("A", "b", 1.0, 2.0)]
    assert spoken({"words": words[1:]})[1] == [("A", "b", 1.0, 2.0)]
