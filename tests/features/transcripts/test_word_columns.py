"""Words in columns are a sequence of utterances."""

from __future__ import annotations

from hanrock_sk.features.transcripts.utterance import Utterance
from hanrock_sk.features.transcripts.word_columns import Texts, Words

SAID = [
    Utterance("so", 0.0, 0.5, "Anna", "line 1"),
    Utterance("\u00e9t\u00e9 \ud800", 0.5, 1.0, None, "line 2", "call", begins=True),
    Utterance("", 1.0, 1.5, "Anna", "line 3"),
]


def test_what_is_put_in_comes_out():
    words = Words(SAID)
    assert len(words) == 3
    assert words == SAID
    assert (words[-1], words[1:]) == (SAID[-1], SAID[1:])
    assert words.voices == [(None, "Anna"), ("call", None)]


def test_speakers_called_otherwise_leave_the_words_as_they_are():
    words = Words(SAID)
    called = words.called(lambda name: name or "somebody")
    assert [word.speaker for word in called] == ["Anna", "somebody", "Anna"]
    assert words == SAID


def test_places_can_be_forgotten():
    words = Words(SAID)
    assert words.without_places() == [word._replace(where="") for word in SAID]
    assert words == SAID


def test_texts_that_stand_together_are_joined():
    texts = Texts()
    for text in ("so", "", "we"):
        texts.append(text)
    assert texts.joined(0, 3) == "so  we"
    assert texts.joined(1, 2) == ""
