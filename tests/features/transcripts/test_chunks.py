"""Hugging Face: chunks with pairs of times."""

from __future__ import annotations

from transcript_files import spoken


def test_chunks():
    chunks = [
        {"timestamp": [0.0, 1.5], "text": " Shall we?"},
        {"timestamp": [2.0, None], "text": " Yes."},
    ]
    expected = [(None, "Shall we?", 0.0, 1.5), (None, "Yes.", 2.0, 2.0)]
    content = {"text": "Shall we? Yes.", "chunks": chunks}
    assert spoken(content) == ("Hugging Face JSON", expected)
    assert spoken(chunks)[1] == expected


def test_speakers_go_before_chunks():
    said = [{"speaker": "SPEAKER_00", "timestamp": [0, 1.5], "text": "Shall we?"}]
    content = {"speakers": said, "chunks": [{"timestamp": [0, 1], "text": "Shall"}]}
    assert spoken(content)[1] == [("SPEAKER_00", "Shall we?", 0.0, 1.5)]
