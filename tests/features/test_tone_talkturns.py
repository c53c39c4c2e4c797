"""Tones of voice beside the talkturns they belong to."""

from __future__ import annotations

import warnings

import narwhals as nw
import pytest

from hanrock_sk.features import add_tone
from hanrock_sk.talkturns.values import is_missing


def values(table, name="tone_sad"):
    found = nw.from_native(table)[name].to_list()
    return [None if is_missing(value) else value for value in found]


@pytest.fixture
def talkturns(frame):
    """Two conversations that interleave."""
    return frame(
        {
            "conversation": ["a", "b", "a", "b"],
            "speaker": ["Anna", "Ben", "Ben", "Cleo"],
            "turn": ["a_0", "b_0", "a_1", "b_1"],
        }
    )


def test_by_number_within_the_conversation(frame, talkturns):
    tone = frame(
        {
            "conversation": ["b", "a"],
            "talkturn": [1, 1],
            "speaker": ["Cleo", None],
            "tone_sad": [0.25, 0.5],
        }
    )
    told = add_tone(talkturns, tone)
    assert values(told) == [None, None, 0.5, 0.25]
    assert nw.from_native(told).columns == [
        *("conversation", "speaker", "turn", "tone_sad")
    ]


def test_counting_from_one(frame, talkturns):
    tone = frame({"conversation": ["a"], "talkturn": [2], "tone_sad": [0.5]})
    assert values(add_tone(talkturns, tone, first_talkturn=1)) == [
        None,
        None,
        0.5,
        None,
    ]
    with pytest.raises(ValueError, match=r"talkturn 2 of conversation 'a'.*0 to 1"):
        add_tone(talkturns, tone)


def test_by_file(frame, talkturns):
    tone = frame({"file": ["b_1", "a_0"], "tone_sad": [0.25, None]})
    assert values(add_tone(talkturns, tone, by="turn")) == [None, None, None, 0.25]
    with pytest.raises(ValueError, match="goes by file, not by talkturn number"):
        add_tone(talkturns, tone)
    with pytest.raises(ValueError, match="rows 0 and 2 are both named 'a'"):
        add_tone(talkturns, tone, by="conversation")
    other = frame({"file": ["b_1", "c_0"], "tone_sad": [0.25, 0.5]})
    with pytest.raises(ValueError, match=r"No talkturn has turn 'c_0' \(1 of 2 rows"):
        add_tone(talkturns, other, by="turn")


def test_one_conversation_needs_no_name(frame):
    talkturns = frame({"text": ["a", "b"]})
    named = frame({"conversation": ["x"], "talkturn": [1], "tone_sad": [0.5]})
    assert values(add_tone(talkturns, named)) == [None, 0.5]
    unnamed = frame({"talkturn": [0], "tone_sad": [0.5]})
    assert values(add_tone(talkturns, unnamed)) == [0.5, None]


def test_whose_conversation_is_it(frame, talkturns):
    unnamed = frame({"talkturn": [0], "tone_sad": [0.5]})
    with pytest.raises(
        ValueError, match="which of the talkturn table's 2 conversations"
    ):
        add_tone(talkturns, unnamed)
    unknown = frame({"conversation": ["c"], "talkturn": [0], "tone_sad": [0.5]})
    with pytest.raises(ValueError, match=r"conversation 'c'.*it holds \['a', 'b'\]"):
        add_tone(talkturns, unknown)


def test_other_speakers_mean_other_talkturns(frame, talkturns):
    tone = frame(
        {
            "conversation": ["a"],
            "talkturn": [0],
            "speaker": ["Ben"],
            "tone_sad": [0.5],
        }
    )
    with pytest.raises(ValueError, match=r"Row 0 .* spoken by 'Anna', .* has 'Ben'"):
        add_tone(talkturns, tone)


def by_time(frame, **columns):
    """Two conversations at the same time."""
    talkturns = frame(
        {
            "conversation": ["a", "b"],
            "speaker": ["Anna", "Ben"],
            "start": [0.0, 0.0],
            "end": [1.0, 1.0],
        }
    )
    tone = {"start": [0.0, 0.5], "end": [1.0, 1.0], "tone_sad": [1.0, 0.0]}
    return add_tone(talkturns, frame(tone | columns))


def test_by_time_within_the_conversation(frame):
    told = by_time(frame, conversation=["a", "b"], speaker=["Anna", None])
    assert values(told) == [1.0, 0.0]
    told = by_time(frame, conversation=["b", "b"])
    assert values(told) == [None, pytest.approx(2 / 3)]


def test_by_time_of_whom(frame):
    with pytest.raises(ValueError, match="which of the talkturn table's 2 conv"):
        by_time(frame)
    with pytest.raises(ValueError, match=r"conversation 'c'.*it holds \['a', 'b'\]"):
        by_time(frame, conversation=["a", "c"])
    with pytest.raises(ValueError, match=r"'anna', .* of conversation 'a'.*'Anna'"):
        by_time(frame, conversation=["a", "b"], speaker=["anna", "Ben"])


def test_by_time_of_another_clock(frame):
    late = {"start": [100.0, 101.0], "end": [101.0, 102.0]}
    with pytest.warns(UserWarning, match="No tone was heard in the time of any"):
        told = by_time(frame, conversation=["a", "b"], **late)
    assert values(told) == [None, None]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        by_time(frame, conversation=["a", "b"], tone_sad=[None, None], **late)


def test_a_second_table_adds_to_the_first(frame, talkturns):
    """Where each speaker has a tone table of their own."""
    bens = frame(
        {
            "conversation": ["b", "a"],
            "talkturn": [0, 1],
            "tone_sad": [0.25, 0.5],
            "tone_fear": [0.5, 0.5],
        }
    )
    annas = frame({"conversation": ["a"], "talkturn": [0], "tone_sad": [0.75]})
    told = add_tone(add_tone(talkturns, bens), annas)
    assert values(told) == [0.75, 0.25, 0.5, None]
    assert values(told, "tone_fear") == [None, 0.5, 0.5, None]
    corrected = frame({"file": ["a_1"], "tone_sad": [1.0]})
    assert values(add_tone(told, corrected, by="turn")) == [0.75, 0.25, 1.0, None]
