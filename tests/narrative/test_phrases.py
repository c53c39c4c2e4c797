"""The table of phrases: ranges, merging, and complaints about users' tables."""

from __future__ import annotations

import copy
from math import inf, nan, nextafter

import pytest

from hanrock_sk.narrative.phrases import PHRASES, merge_phrases, phrase_for


def below(number):
    return nextafter(number, -inf)


@pytest.mark.parametrize(
    ("z", "phrase"),
    [
        (-50.0, "a short delay"),
        (below(-1.0), "a short delay"),
        (-1.0, "a short delay"),
        (below(0.0), "a short delay"),
        (0.0, "a slightly long delay"),
        (below(1.0), "a slightly long delay"),
        (1.0, "a long delay"),
        (below(2.0), "a long delay"),
        (2.0, "a significantly long delay"),
        (500.0, "a significantly long delay"),
        (nan, ""),
    ],
)
def test_delay_ranges(z, phrase):
    assert phrase_for(z, PHRASES["delay"]) == phrase


@pytest.mark.parametrize(
    ("z", "phrase"),
    [
        (-50.0, "very slowly"),
        (below(-2.0), "very slowly"),
        (-2.0, "slowly"),
        (below(-1.0), "slowly"),
        (-1.0, ""),
        (0.0, ""),
        (below(1.0), ""),
        (1.0, "quickly"),
        (below(2.0), "quickly"),
        (2.0, "very quickly"),
        (500.0, "very quickly"),
        (nan, ""),
    ],
)
def test_speech_rate_ranges(z, phrase):
    assert phrase_for(z, PHRASES["speech_rate"]) == phrase


def test_without_a_mapping_the_defaults():
    assert merge_phrases() == merge_phrases(None) == merge_phrases({}) == PHRASES


def test_partial_mapping_is_laid_over_the_defaults():
    before = copy.deepcopy(PHRASES)
    mine = {
        "actions": {"smile": "grinned"},
        "said": "{speaker}: {manner} {words}",
        "delay_from": 500,
        "speech_rate": [(1, inf, "fast")],
        "hundreds": ["no", "one"],
    }
    given = copy.deepcopy(mine)
    merged = merge_phrases(mine)
    assert merged["actions"] == before["actions"] | {"smile": "grinned"}
    assert list(merged["actions"]) == list(before["actions"]), "the order stays"
    changed = {name for name in PHRASES if merged[name] != before[name]}
    assert changed == set(mine)
    merged["tone"]["tone_sad"] = "blue"
    assert before == PHRASES, "the defaults are untouched"
    assert mine == given, "what the user passed is untouched"


@pytest.mark.parametrize(
    ("phrases", "message"),
    [
        ({"sayd": "x"}, r"no entry \['sayd'\].*'said'"),
        ({"actions": {"wink": "winked"}}, r"'actions'.*no entry \['wink'\]"),
        ({"tone": {"tone_bored": "dully"}}, r"'tone'.*no entry \['tone_bored'\]"),
        ({"said": "the {person} said {words}"}, r"'said'.*not \['person'\]"),
        ({"said": "{} said"}, r"'said'"),
        ({"said": "the {speaker said"}, r"'said'"),
        ({"delay_from": -1}, "'delay_from'.*-1 ms"),
        ({"delay": [(1, 1, "never")]}, r"'delay'.*no z lies from 1 to below 1"),
        ({"delay": [(1, 3, "long"), (0, 2, "short")]}, "'short' and 'long' overlap"),
    ],
)
def test_unknown_entries_and_bad_values(phrases, message):
    with pytest.raises(ValueError, match=message):
        merge_phrases(phrases)


@pytest.mark.parametrize(
    ("phrases", "message"),
    [
        (["said"], "mapping or None"),
        ({"said": 3}, "'said'.*string"),
        ({"tone": "sadly"}, "'tone'.*mapping"),
        ({"tone": {"tone_sad": None}}, "'tone_sad'.*string"),
        ({"delay_from": "200"}, "'delay_from'.*number"),
        ({"tone_above": nan}, "'tone_above'.*number"),
        ({"tone_above": True}, "'tone_above'.*number"),
        ({"hundreds": "twelve"}, "'hundreds'.*list of number words"),
        ({"hundreds": []}, "'hundreds'.*list of number words"),
        ({"hundreds": ["zero", 1]}, "'hundreds'.*string"),
        ({"delay": {"long": 1}}, "'delay'.*list of"),
        ({"delay": [(0, "long")]}, r"\(0, 'long'\) is not \(from, to, phrase\)"),
        ({"delay": [("0", 1, "long")]}, "'delay'.*number"),
        ({"delay": [(0, 1, 2)]}, "'delay'.*string"),
    ],
)
def test_entries_of_the_wrong_kind(phrases, message):
    with pytest.raises(TypeError, match=message):
        merge_phrases(phrases)
