"""Speakers of turns."""

from __future__ import annotations

import pytest

from hanrock_sk.features.transcripts.diarization import with_speakers_of_turns
from hanrock_sk.features.transcripts.utterance import Utterance


def test_most_overlap_then_nearest():
    turns = [(0.0, 10.0, "a"), (1.0, 2.0, "b"), (1.5, 1.75, "b")]
    spans = [(0.5, 1.25), (1.0, 1.9), (10.5, 11.0), (12.0, 13.0)]
    words = [Utterance("x", start, end, None, "") for start, end in spans]
    found = with_speakers_of_turns(words, {"any": turns}, "call")
    found = [word.speaker for word in found]
    # 0.75 s of a against 0.25 of b; 0.9 of a against 0.9 + 0.25 of b; half a second
    # behind a; two seconds behind everyone.
    assert found == ["a", "b", "a", None]


TWO = {"rec1": [(0.0, 2.0, "Anna")], "rec2": [(0.0, 2.0, "Ben")]}


@pytest.mark.parametrize(
    ("conversations", "name", "speakers"),
    [
        (["rec1", "rec2"], "call", ["Anna", "Ben"]),
        ([None, None], "rec2", ["Ben", "Ben"]),
    ],
)
def test_each_recording_has_its_own(conversations, name, speakers):
    words = [Utterance("x", 0.0, 1.0, None, "", named) for named in conversations]
    found = with_speakers_of_turns(words, TWO, name)
    assert [word.speaker for word in found] == speakers


@pytest.mark.parametrize(
    ("turns", "named"), [(TWO, None), (TWO, "x"), ({"x": TWO["rec1"]}, "y")]
)
def test_a_recording_that_has_none(turns, named):
    words = [Utterance("x", 0.0, 1.0, None, "", named)]
    with pytest.raises(ValueError, match=r"no turns of the recording '(call|x|y)'"):
        with_speakers_of_turns(words, turns, "call")
