"""One talkturn, one sentence."""

from __future__ import annotations

from itertools import combinations
from math import inf, nan, nextafter

import pytest

from hanrock_sk.narrative.phrases import merge_phrases
from hanrock_sk.narrative.sentence import tell_talkturn

ACTIONS = {
    "smile": "smiled",
    "positive_expression": "displayed a positive expression",
    "au05_shown": "raised upper lid",
    "au17_shown": "raised chin",
    "au20_shown": "stretched lip",
    "au25_shown": "dropped jaw",
    "head_nod": "nodded",
    "lean_forward": "leaned forward",
}


def test_published_sentences():
    assert tell_talkturn(
        "Let me see them",
        speaker="man",
        delay=0.2,
        z_scores={"delay": 0.3, "speech_rate": 2.1},
    ) == (
        "after two hundred milliseconds a slightly long delay the man very quickly "
        "said let me see them"
    )
    assert (
        tell_talkturn(
            "Yeah", speaker="woman", z_scores={"tone_sad": 2.4, "speech_rate": 3.0}
        )
        == "the woman sadly and very quickly said yeah"
    )


def test_everything_at_once():
    sentence = tell_talkturn(
        "No  WAY",
        speaker="Anna",
        delay=1.3,
        z_scores={"delay": 2.0, "speech_rate": -2.5, "tone_fear": 2.01},
        actions=list(ACTIONS),
    )
    assert sentence == (
        "the anna smiled displayed a positive expression raised upper lid raised chin "
        "stretched lip dropped jaw nodded leaned forward after more than twelve "
        "hundred milliseconds a significantly long delay the anna fearfully and "
        "very slowly said no way"
    )


@pytest.mark.parametrize("seen", list(combinations(ACTIONS, 2)))
def test_actions_are_told_in_their_order(seen):
    told = " ".join(ACTIONS[action] for action in seen)
    for given in (seen, seen[::-1]):
        sentence = tell_talkturn("hi", speaker="man", actions=given)
        assert sentence == f"the man {told} the man said hi"


@pytest.mark.parametrize(
    ("tone", "rate", "manner"),
    [
        (0.0, 0.0, ""),
        (3.0, 0.0, "happily "),
        (0.0, 1.0, "quickly "),
        (3.0, 1.0, "happily and quickly "),
        (nan, nan, ""),
    ],
)
def test_and_only_where_tone_and_rate_both_speak(tone, rate, manner):
    z_scores = {"tone_happy": tone, "speech_rate": rate}
    assert tell_talkturn("hi", speaker="man", z_scores=z_scores) == (
        f"the man {manner}said hi"
    )


@pytest.mark.parametrize(
    ("z_scores", "tone"),
    [
        ({"tone_happy": 2.0}, ""),
        ({"tone_happy": nextafter(2, inf)}, "happily "),
        ({"tone_angry": 2.5}, "angrily "),
        ({"tone_sad": 2.5}, "sadly "),
        ({"tone_fear": 2.5}, "fearfully "),
        ({"tone_happy": 2.5, "tone_angry": 9.0, "tone_sad": 8.0}, "angrily "),
        ({"tone_happy": 2.5, "tone_angry": nan, "tone_fear": 2.6}, "fearfully "),
        ({"tone_happy": 3.0, "tone_angry": 3.0, "tone_fear": 3.0}, "happily "),
    ],
)
def test_the_greatest_tone_above_two_is_told(z_scores, tone):
    assert tell_talkturn("hi", speaker="man", z_scores=z_scores) == (
        f"the man {tone}said hi"
    )


@pytest.mark.parametrize(
    ("delay", "hundreds"),
    [
        (0.2, "two"),
        (1.4 - 1.2, "two"),
        (0.249, "two"),
        (0.251, "three"),
        (0.35, "four"),
        (0.4, "four"),
        (0.5, "five"),
        (0.6, "six"),
        (0.7, "seven"),
        (0.8, "eight"),
        (0.9, "nine"),
        (1.0, "ten"),
        (1.1, "eleven"),
        (1.151, "twelve"),
        (1.2, "twelve"),
        (1.2 + 1e-12, "twelve"),
        (1.201, "more than twelve"),
        (60.0, "more than twelve"),
    ],
)
def test_milliseconds_are_told_in_words(delay, hundreds):
    assert tell_talkturn("hi", speaker="man", delay=delay) == (
        f"after {hundreds} hundred milliseconds the man said hi"
    )


@pytest.mark.parametrize("delay", [-3.0, 0.0, 0.1, 0.199, nan])
def test_short_delays_are_not_told(delay):
    sentence = tell_talkturn("hi", speaker="man", delay=delay, z_scores={"delay": 5.0})
    assert sentence == "the man said hi"


@pytest.mark.parametrize("z", [-0.5, -1.0, -1.5, -40.0])
def test_every_delay_shorter_than_usual_is_short(z):
    assert tell_talkturn("hi", speaker="man", delay=0.3, z_scores={"delay": z}) == (
        "after three hundred milliseconds a short delay the man said hi"
    )


@pytest.mark.parametrize(
    ("speaker", "name"),
    [
        ("Man", "the man"),
        ("The  Interviewer ", "the interviewer"),
        ("Theo", "the theo"),
        ("7", "the 7"),
        (None, "the speaker"),
        (" ", "the speaker"),
        ("{words}", "the {words}"),
    ],
)
def test_speaker_names(speaker, name):
    sentence = tell_talkturn("hi", speaker=speaker, actions=["smile"])
    assert sentence == f"{name} smiled {name} said hi"


@pytest.mark.parametrize("words", ["", " ", "\n\t"])
def test_nothing_said_has_a_tone_but_no_rate(words):
    z_scores = {"speech_rate": -3.0, "tone_sad": 3.0}
    assert tell_talkturn(words, speaker="man", z_scores=z_scores) == (
        "the man sadly said nothing"
    )


def test_verbatim_keeps_marks_and_punctuation_in_lower_case():
    said = "Well,\xa0it's  {vocalsound} 4 O'Clock!\n"
    assert tell_talkturn(said, speaker="man") == (
        "the man said well, it's {vocalsound} 4 o'clock!"
    )


def test_own_phrases_speak_and_empty_ones_are_silent():
    phrases = merge_phrases(
        {
            "said": "{speaker} {manner} speaks: {words}",
            "tone_and_rate": "{rate}, {tone},",
            "actions": {"smile": "Grins", "head_nod": ""},
            "acted": "{speaker} {actions}.",
            "delay_from": 100,
            "paused": "{hundreds}00 ms {length}.",
            "hundreds": list("0123"),
            "more_hundreds": ">3",
            "speaker": "somebody",
            "nothing": "...",
        }
    )
    z_scores = {"delay": 1.0, "speech_rate": 1.0, "tone_sad": 3.0}
    assert tell_talkturn(
        "",
        delay=0.1,
        z_scores=z_scores,
        actions=["head_nod", "smile"],
        phrases=phrases,
    ) == ("somebody grins. 100 ms a long delay. somebody sadly speaks: ...")
    assert (
        tell_talkturn(
            "Hi",
            speaker="Ben",
            delay=0.31,
            z_scores=z_scores,
            actions=["head_nod"],
            phrases=phrases,
        )
        == ">300 ms a long delay. ben quickly, sadly, speaks: hi"
    )
