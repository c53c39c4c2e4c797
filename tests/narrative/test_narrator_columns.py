"""Which columns MonahNarrator tells, by which names, and those it refuses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from told_tables import PUBLISHED, SENTENCES, narratives

from hanrock_sk.narrative import MonahNarrator


def test_only_text_is_needed(frame):
    table = frame({"text": ["Hello", "hello"]})
    assert narratives(table) == ["the speaker said hello"] * 2


def test_without_conversations_nothing_came_before(frame):
    table = dict(PUBLISHED)
    del table["conversation"]
    assert narratives(frame(table))[4] == (
        "after two hundred milliseconds the man said let me see them"
    )


def test_without_speakers_the_conversation_is_the_baseline(frame):
    table = {
        "conversation": ["a"] * 3,
        "text": ["a", "b", "c"],
        "speech_rate": [100, 120, 150],
    }
    expected = "the speaker very quickly said c"
    assert narratives(frame(table))[-1] == expected
    named = table | {"speaker": ["x", "y", "z"]}
    assert narratives(frame(named), speaker=None)[-1] == expected
    assert narratives(frame(named))[-1] == "the z said c"
    unknown = table | {"speaker": [None, None, None]}
    assert narratives(frame(unknown))[-1] == expected


def test_own_columns_and_speaker_numbers(frame):
    renamed = {
        {"text": "said", "speaker": "who", "delay": "pause"}.get(name, name): values
        for name, values in PUBLISHED.items()
    }
    renamed["who"] = [1, 2, 1, 2, 1, 2]
    told = narratives(frame(renamed), text="said", speaker="who", delay="pause")
    assert told[2] == "after two hundred milliseconds the 1 said forms"
    assert narratives(frame(PUBLISHED), delay=None, tone_sad=None)[-2:] == [
        "the man very quickly said let me see them",
        "the woman very quickly said yeah",
    ]


def test_speaker_numbers_with_a_gap(frame):
    """Such a column holds floats in pandas; 1.0 is the speaker that 1 is."""
    told = narratives(frame(PUBLISHED | {"speaker": [1.0, 2.0, None, 2.0, 1.0, 2.0]}))
    assert told[0] == "the 1 said next"
    assert told[2] == "after two hundred milliseconds the speaker said forms"
    assert told[5] == "the 2 sadly and very quickly said yeah"


def test_speaker_numbers_of_numpy():
    numbers = [np.int64(1), np.float32(2), 1, 2.0, np.uint8(1), "2"]
    table = pd.DataFrame(PUBLISHED)
    table["speaker"] = pd.Series(numbers, dtype=object)
    assert narratives(table) == [
        sentence.replace("woman", "2").replace("man", "1") for sentence in SENTENCES
    ]


def test_features_that_training_lacked_are_not_told(frame):
    narrator = MonahNarrator().fit(frame({"text": ["hi"], "speaker": ["man"]}))
    told = narrator.transform(frame(PUBLISHED))["narrative"]
    assert list(told)[4:] == [
        "the man said let me see them",
        "the woman said yeah",
    ]


@pytest.mark.parametrize(
    "lost", ["conversation", "speaker", "text", "delay", "tone_sad"]
)
def test_column_lost_after_training(frame, lost):
    narrator = MonahNarrator().fit(frame(PUBLISHED))
    rest = {name: values for name, values in PUBLISHED.items() if name != lost}
    with pytest.raises(ValueError, match=rf"lacks the column\(s\) \['{lost}'\]"):
        narrator.transform(frame(rest))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"delay": ["0.1"] * 6}, "'delay' must hold numbers; row 0 holds '0.1'"),
        ({"delay": [0.1] * 5 + [float("inf")]}, "'delay', row 5.*infinite"),
        ({"smile": ["yes"] * 6}, "'smile' must hold numbers; row 0 holds 'yes'"),
        ({"smile": [0.0, None, 1.0, 0.4, 1.0, 1.0]}, "'smile'.*row 3 holds 0.4"),
        ({"text": ["a", None, "c", "d", "e", "f"]}, "'text', row 1.*missing"),
        ({"speaker": [0.5] * 6}, "'speaker', row 0.*speaker's name.*0.5"),
        ({"speaker": [1.0, 1.5] * 3}, "'speaker', row 1.*speaker's name.*1.5"),
        ({"speaker": [float("inf")] * 6}, "'speaker', row 0.*speaker's name.*inf"),
    ],
)
def test_bad_columns(frame, changes, message):
    table = frame(PUBLISHED | changes)
    with pytest.raises(ValueError, match=message):
        MonahNarrator().fit(table)
    good = PUBLISHED | {name: PUBLISHED.get(name, [True] * 6) for name in changes}
    with pytest.raises(ValueError, match=message):
        MonahNarrator().fit(frame(good)).transform(table)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"families": "pa"}, "families"),
        ({"baseline": "speakers"}, "baseline"),
        ({"phrases": "said"}, "phrases"),
        ({"phrases": {"sayd": "x"}}, "sayd"),
        ({"text": None}, "text"),
        ({"delay": 3}, "delay"),
        ({"delay": "pause"}, r"lacks the column\(s\) \['pause'\]"),
        ({"conversation": "meeting"}, r"lacks the column\(s\) \['meeting'\]"),
        ({"speaker": "text"}, "speaker and text both name the column 'text'"),
        ({"text": "narrative"}, "both name the column 'narrative'"),
    ],
)
def test_bad_parameters(frame, params, message):
    with pytest.raises(ValueError, match=message):
        MonahNarrator(**params).fit(frame(PUBLISHED))
