"""Servers built on Kaldi."""

from __future__ import annotations

from transcript_files import spoken


def test_retval():
    words = [
        {"start": 0.25, "end": "0.5", "word": "hi", "punct": "Hi,", "index": 0},
        {"start": 1, "end": 2, "word": "there"},
    ]
    content = {"action": "audio-transcribe", "retval": {"status": True, "words": words}}
    assert spoken(content) == (
        "Kaldi JSON",
        [(None, "Hi,", 0.25, 0.5), (None, "there", 1.0, 2.0)],
    )


def test_gstreamer():
    words = [{"start": 0.25, "length": 0.5, "word": "hi"}]
    content = {
        "status": 0,
        "segment-start": 10.0,
        "result": {"final": True, "hypotheses": [{"word-alignment": words}]},
    }
    assert spoken(content) == (
        "Kaldi GStreamer server JSON",
        [(None, "hi", 10.25, 10.75)],
    )
