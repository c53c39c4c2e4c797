"""What synthetic speakers say: words of feeling, equal in number and length."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from hanrock_sk.datasets._small_talk import (
    BACKCHANNEL_SHARE,
    BACKCHANNELS,
    CLAUSES,
    FEELINGS,
    OPENERS,
    REMARKS,
    TOPICS,
    speak,
)


def test_the_length_of_a_clause_does_not_tell_its_feeling():
    assert {len(words) for words in FEELINGS.values()} == {24}
    assert {len(word.split()) for words in FEELINGS.values() for word in words} == {1}
    assert {len(clause.split()) for clause in CLAUSES} == {4}


def test_no_word_speaks_of_two_feelings():
    for one, other in combinations(FEELINGS.values(), 2):
        assert not set(one) & set(other)


def test_other_words_speak_of_no_feeling():
    things = [thing for topic in TOPICS.values() for thing in topic]
    others = " ".join([*OPENERS, *REMARKS, *CLAUSES, *BACKCHANNELS, *things]).split()
    assert not {word for words in FEELINGS.values() for word in words} & set(others)


def test_sentences_speak_of_the_feeling_given():
    feeling = np.arange(3000) % len(FEELINGS)
    conversation = np.repeat(np.arange(30), 100)
    texts = speak(conversation, feeling, np.random.RandomState(0))
    feelings, topics = list(FEELINGS.values()), list(TOPICS.values())
    brief = 0
    seen = [set() for _ in range(30)]
    for row, text in enumerate(texts):
        words = text.rstrip(".?").split()
        if text[:-1].lower() in map(str.lower, BACKCHANNELS):
            brief += 1
            continue
        assert words[-1] in feelings[feeling[row]]
        assert text[0].isupper()
        seen[conversation[row]].update(
            number
            for number, things in enumerate(topics)
            if any(f"the {thing}" in text for thing in things)
        )
    assert abs(brief / 3000 - BACKCHANNEL_SHARE) < 0.02
    assert {len(result) for result in seen} == {1}  # one topic a conversation
    assert len(set.union(*seen)) == len(topics)
