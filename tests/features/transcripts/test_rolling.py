"""Captions that roll say each word once; where people repeat themselves, all stays."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hanrock_sk.features.transcripts.rolling import without_repeats


def new(shown):
    found = without_repeats(shown)
    return None if found is None else list(found)


def rolled(lines, n_shown):
    """Show lines one after the other, the last few of them at a time."""
    return [lines[max(0, i + 1 - n_shown) : i + 1] for i in range(len(lines))]


@given(
    st.lists(st.integers(0, 10**6), min_size=4, max_size=12, unique=True),
    st.integers(2, 4),
)
def test_lines_that_move_up_are_said_once(numbers, n_shown):
    lines = [f"words {number} here" for number in numbers]
    assert new(rolled(lines, n_shown)) == [[line] for line in lines]


def test_lines_that_grow_word_by_word():
    shown = [["so"], ["so today"], ["so today we"], ["so today we talk"]]
    assert new(shown) == [["so"], ["today"], ["we"], ["talk"]]


def test_a_line_that_grows_while_another_moves_up():
    shown = [["a b", "c"], ["c d", "e"], ["e"], ["e", "f"]]
    assert new(shown) == [["a b", "c"], ["d", "e"], [], ["f"]]


def test_cues_without_a_line_are_passed_over():
    shown = [["a"], [], ["a", "b"], [], ["b", "c"]]
    assert new(shown) == [["a"], [], ["b"], [], ["c"]]


def test_who_says_the_same_again_moves_nothing_up():
    assert new([["yes"], ["yes"], ["yes"], ["yes"]]) is None


def test_a_word_that_begins_as_the_line_before_ends_is_new():
    assert new([["we"], ["well", "then"], ["so"], ["so on"], ["on"]]) is None


def test_few_repeats_are_two_people_who_agree():
    agree = [["a"], ["a", "b"], ["c"], ["d"], ["e"], ["f"], ["f", "g"], ["h"], ["i"]]
    assert new(agree) is None
    assert new(agree[:2] + agree[5:7]) is not None  # two of three cues


def test_nothing_shown():
    assert new([]) is None
    assert new([["a"]]) is None
