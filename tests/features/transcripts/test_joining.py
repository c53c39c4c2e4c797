"""Words to talkturns, on the two rules that end one."""

from __future__ import annotations

import pytest

from hanrock_sk.features.transcripts.joining import join_utterances
from hanrock_sk.features.transcripts.utterance import Utterance


def spoken(text, conversation=None):
    """Words from lines of "speaker word start end"."""
    found = []
    for line in text.strip().splitlines():
        speaker, word, start, end = line.split()
        found.append(
            Utterance(word, float(start), float(end), speaker, "", conversation)
        )
    return found


def rows(columns):
    return [
        (speaker, text, start, end)
        for speaker, text, start, end in zip(
            columns["speaker"],
            columns["text"],
            columns["start"],
            columns["end"],
            strict=True,
        )
    ]


CALL = spoken(
    """
    Anna so 0.0 0.5
    Anna shall 1.0 1.5
    Anna we 1.5 2.0
    Ben yeah 1.25 1.75
    Ben sure 2.5 3.0
    Anna good 5.0 5.5
    """
)


def test_a_talkturn_ends_when_another_speaker_starts():
    assert rows(join_utterances(CALL, None)) == [
        ("Anna", "so shall", 0.0, 1.5),
        ("Ben", "yeah", 1.25, 1.75),
        ("Anna", "we", 1.5, 2.0),
        ("Ben", "sure", 2.5, 3.0),
        ("Anna", "good", 5.0, 5.5),
    ]


@pytest.mark.parametrize(
    ("pause", "first"),
    [(0.5, ("Anna", "so", 0, 0.5)), (0.6, ("Anna", "so shall", 0, 1.5))],
)
def test_a_pause_ends_it_too(pause, first):
    assert rows(join_utterances(CALL, pause))[0] == first


def test_the_end_is_that_of_the_word_that_ends_last():
    words = spoken("A one 0.0 9.0\nA two 1.0 2.0\nA three 9.5 9.75")
    assert rows(join_utterances(words, 1.0)) == [("A", "one two three", 0.0, 9.75)]


def test_conversations_stay_apart():
    words = spoken("A one 5.0 6.0", "y") + spoken("A two 0.0 1.0", "x")
    words += spoken("A three 7.0 8.0", "y")
    columns = join_utterances(words, None)
    assert columns["conversation"] == ["y", "x"]
    assert list(columns["text"]) == ["one three", "two"]


def test_the_same_start_keeps_the_order_of_the_file():
    words = spoken("B one 1.0 2.0\nA two 1.0 2.0")
    assert join_utterances(words, None)["speaker"] == ["B", "A"]
    assert join_utterances(words[::-1], None)["speaker"] == ["A", "B"]
