"""What can be somebody's name, and what is said, a heading, or a sound."""

from __future__ import annotations

import pytest

from hanrock_sk.features.transcripts.names import (
    is_heading,
    is_name,
    is_sound,
    is_speech,
)

NAMES = [
    "Anna",
    "SPEAKER_00",
    "Speaker 1",
    "Maria del Carmen",
    "Dr. de la Cruz",
    "李雷",
]
NAMES += ["anna@example.org", "Prof. Ada King", "Vincent van Gogh"]
SPEECH = ["One thing", "It is this", "remember", "Chapter one", "Step 3 of it"]
SPEECH += ["Really? Well", "It was late. Then", "first, second, third"]


@pytest.mark.parametrize("label", NAMES)
def test_names(label):
    assert is_name(label)
    assert not is_speech(label)


@pytest.mark.parametrize("label", SPEECH)
def test_what_is_said_is_no_name(label):
    assert is_speech(label)
    assert not is_name(label)


@pytest.mark.parametrize("label", ["mira", "the client", "10", "", "***", "12:30"])
def test_what_is_neither(label):
    assert not is_name(label)


def test_more_words_than_names_have():
    assert is_name("Ana Maria Lopez Garcia")
    assert not is_name("Ana Maria Lopez Garcia Ruiz Perez Sosa")
    assert is_speech(" ".join(["Ana"] * 13))
    assert not is_speech(" ".join(["Ana"] * 12))


def test_a_title_in_capitals_may_hold_a_word_of_speech():
    assert not is_speech("One Plus")
    assert is_speech("One plus")


def test_a_letter_alone_may_be_anybody():
    assert not is_speech("A")
    assert not is_speech("I")
    assert is_speech("a thing")


@pytest.mark.parametrize("label", ["Date", "Interview 3", "## Duration", "TITLE."])
def test_headings(label):
    assert is_heading(label)
    assert not is_heading(f"{label} Smith")


@pytest.mark.parametrize(
    "label", ["laughter", "soft music playing", "Anna sighs", "♪", "clears throat"]
)
def test_sounds(label):
    assert is_sound(label)
    assert not is_sound(label + " " + "x" * 100)


@pytest.mark.parametrize("label", ["Anna", "Musician", "Criston", "Gaspar"])
def test_names_that_begin_as_sounds_do(label):
    assert not is_sound(label)
