"""Speakers of turns."""

from __future__ import annotations

from hanrock_sk.features.transcripts.diarization import with_speakers_of_turns
from hanrock_sk.features.transcripts.utterance import Utterance


def test_most_overlap_then_nearest():
    turns = [(0.0, 10.0, "a"), (1.0, 2.0, "b"), (1.5, 1.75, "b")]
    spans = [(0.5, 1.25), (1.0, 1.9), (10.5, 11.0), (12.0, 13.0)]
    words = [Utterance("x", start, end, None, "") for start, end in spans]
    found = [word.speaker for word in with_speakers_of_turns(words, turns)]
    # 0.75 s of a against 0.25 of b; 0.9 of a against 0.9 + 0.25 of b; half a second
    # behind a; two seconds behind everyone.
    assert found == ["a", "b", "a", None]
