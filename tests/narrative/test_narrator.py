"""MonahNarrator: whole tables, both baselines, and bad tables."""

from __future__ import annotations

import pickle
import random
import statistics
from collections import defaultdict
from math import isnan, nan

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from hanrock_sk.narrative import MonahNarrator, RunningBaseline, tell_talkturn

PROSODY = [
    "delay",
    "speech_rate",
    "tone_happy",
    "tone_angry",
    "tone_sad",
    "tone_fear",
]

# A man and a woman; the last talkturn of each is a published sentence. The others say
# what is usual: delays 0.1 and 0.2 (mean 0.15, deviation 0.07), rates 100 and 120 (110,
# 14.1), sadness 0.1 and 0.2. So the man's last delay is 0.7 deviations long, and all
# last rates are 2.8 fast; the woman's last sadness is 3.5.
PUBLISHED = {
    "conversation": ["queue"] * 6,
    "speaker": ["man", "woman", "man", "woman", "man", "woman"],
    "text": ["Next", "Hello", "Forms", "Here", "Let me see them", "Yeah"],
    "delay": [0.1, 0.1, 0.2, 0.2, 0.2, 0.0],
    "speech_rate": [100.0, 100.0, 120.0, 120.0, 150.0, 150.0],
    "tone_sad": [0.1, 0.1, 0.2, 0.2, 0.1, 0.4],
}
SENTENCES = [
    "the man said next",
    "the woman said hello",
    "after two hundred milliseconds the man said forms",
    "after two hundred milliseconds the woman said here",
    "after two hundred milliseconds a slightly long delay the man very quickly said "
    "let me see them",
    "the woman sadly and very quickly said yeah",
]


def narratives(table, **params):
    return list(MonahNarrator(**params).fit_transform(table)["narrative"])


def random_table(n=200, seed=0):
    random.seed(seed)
    table = {
        "conversation": [random.choice(["a", "b", "c"]) for _ in range(n)],
        "speaker": [random.choice(["anna", "ben", "cem", None]) for _ in range(n)],
        "text": [random.choice(["yes", "oh no", ""]) for _ in range(n)],
    }
    for name in PROSODY:
        table[name] = [
            None if random.random() < 0.1 else random.gauss(0.3, 0.3) for _ in range(n)
        ]
    for name in ("smile", "au25_shown", "lean_forward"):
        table[name] = [random.choice([True, False, None]) for _ in range(n)]
    return table


def head(table, n):
    return {name: values[:n] for name, values in table.items()}


def test_published_sentences(frame):
    assert narratives(frame(PUBLISHED)) == SENTENCES


def test_published_sentences_against_a_population(frame):
    """The training talkturns are the usual ones, of anybody and anywhere."""
    training = {
        "text": ["a", "b"],
        "delay": [0.1, 0.2],
        "speech_rate": [100.0, 120.0],
        "tone_sad": [0.1, 0.2],
    }
    narrator = MonahNarrator(baseline="population").fit(frame(training))
    told = list(narrator.transform(frame(PUBLISHED))["narrative"])
    # No speaker column in training, so none is read later.
    expected = [sentence.replace("woman", "man") for sentence in SENTENCES[-2:]]
    assert [s.replace("speaker", "man") for s in told[-2:]] == expected
    assert told[0] == "the speaker said next", "its rate is usual"


@pytest.mark.parametrize(
    ("families", "expected"),
    [
        ("v", "the man said c"),
        ("vp", "after three hundred milliseconds a long delay the man quickly said c"),
        ("va", "the man smiled nodded the man said c"),
        (
            "vpa",
            "the man smiled nodded after three hundred milliseconds a long delay the "
            "man quickly said c",
        ),
    ],
)
def test_families(frame, families, expected):
    table = {
        "conversation": [1, 1, 1],
        "speaker": ["man"] * 3,
        "text": ["a", "b", "c"],
        "delay": [0.1, 0.25, 0.3],
        "speech_rate": [100.0, 120.0, 130.0],
        "smile": [False, None, True],
        "head_nod": [False, False, True],
    }
    assert narratives(frame(table), families=families)[-1] == expected


def naive_narratives(table, baseline):
    """Collect the baseline of every talkturn anew, from lists."""
    n = len(table["text"])

    def value(name, row):
        result = table[name][row]
        return nan if result is None else result

    told = []
    for row in range(n):
        others = range(n)
        if baseline == "speaker":
            others = [
                other
                for other in range(row)
                if table["conversation"][other] == table["conversation"][row]
                and table["speaker"][other] == table["speaker"][row]
            ]
        z_scores = {}
        for name in PROSODY:
            known = [value(name, other) for other in others]
            known = [number for number in known if not isnan(number)]
            if len(known) > 1:
                z_scores[name] = (
                    value(name, row) - statistics.fmean(known)
                ) / statistics.stdev(known)
        actions = [
            name for name in ("smile", "au25_shown", "lean_forward") if table[name][row]
        ]
        told.append(
            tell_talkturn(
                table["text"][row],
                speaker=table["speaker"][row],
                delay=value("delay", row),
                z_scores=z_scores,
                actions=actions,
            )
        )
    return told


@pytest.mark.parametrize("baseline", ["speaker", "population"])
def test_interleaved_conversations_equal_the_naive_twin(frame, baseline):
    table = random_table()
    told = narratives(frame(table), baseline=baseline)
    assert told == naive_narratives(table, baseline)
    for words in ("long delay", "short delay", "ly and", "quickly", "slowly", "jaw"):
        assert any(words in sentence for sentence in told), words
    assert all(s == s.lower() and "  " not in s and s == s.strip() for s in told)


def test_later_talkturns_change_no_earlier_narrative(frame):
    table = random_table(60)
    whole = narratives(frame(table))
    for n in (1, 7, 30, 59):
        assert narratives(frame(head(table, n))) == whole[:n]


def test_conversations_told_alone_or_interleaved_are_told_the_same():
    table = pd.DataFrame(random_table(90))
    together = MonahNarrator().fit_transform(table)
    for _, alone in table.groupby("conversation"):
        told = MonahNarrator().fit_transform(alone)
        pd.testing.assert_frame_equal(told, together.loc[alone.index])


def test_population_is_learnt_from_the_training_table_alone():
    table = pl.DataFrame(random_table(80))
    narrator = MonahNarrator(baseline="population").fit(table)
    whole = narrator.transform(table)
    shuffled = narrator.transform(table[::-1])
    assert list(shuffled["narrative"])[::-1] == list(whole["narrative"])
    assert list(narrator.transform(table[5:6])["narrative"]) == [whole["narrative"][5]]
    narrator.set_params(baseline="speaker").fit(table)
    assert not hasattr(narrator, "population_")


def test_talkturns_narrated_one_at_a_time_are_narrated_the_same():
    table = random_table(50)
    baseline, told = RunningBaseline(), []
    for row in range(50):
        turn = {name: values[row] for name, values in table.items()}
        z = baseline.update(
            (turn["conversation"], turn["speaker"]), [turn[name] for name in PROSODY]
        )
        told.append(
            tell_talkturn(
                turn["text"],
                speaker=turn["speaker"],
                delay=nan if turn["delay"] is None else turn["delay"],
                z_scores=dict(zip(PROSODY, z, strict=True)),
                actions=[name for name, value in turn.items() if value is True],
            )
        )
    assert told == narratives(pl.DataFrame(table))


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


def test_own_phrases(frame):
    told = narratives(frame(PUBLISHED), phrases={"tone": {"tone_sad": "gloomily"}})
    assert told[-1] == "the woman gloomily and very quickly said yeah"


def test_table_stays_and_gains_one_column():
    table = pd.DataFrame(PUBLISHED, index=[7, 7, 3, 2, 1, 0])
    before = table.copy()
    narrator = MonahNarrator()
    told = narrator.fit_transform(table)
    pd.testing.assert_frame_equal(table, before)
    pd.testing.assert_frame_equal(told[table.columns], table)
    assert list(told.columns) == list(narrator.get_feature_names_out())
    assert list(told.columns) == [*table.columns, "narrative"]
    again = narrator.fit_transform(told)
    pd.testing.assert_frame_equal(again, told)


def test_set_output():
    table = pl.DataFrame(PUBLISHED)
    told = MonahNarrator().set_output(transform="pandas").fit_transform(table)
    assert isinstance(told, pd.DataFrame)
    assert list(told["narrative"]) == SENTENCES
    table = pd.DataFrame(PUBLISHED)
    told = MonahNarrator().set_output(transform="polars").fit_transform(table)
    assert isinstance(told, pl.DataFrame)
    assert list(told["narrative"]) == SENTENCES


def test_clone_and_pickle(frame):
    phrases = {"nothing": "no word"}
    narrator = MonahNarrator("vp", "population", phrases)
    assert clone(narrator).get_params() == narrator.get_params()
    assert narrator.phrases is phrases
    table = frame(PUBLISHED)
    told = narrator.fit_transform(table)["narrative"]
    again = pickle.loads(pickle.dumps(narrator)).transform(table)["narrative"]
    assert list(again) == list(told)


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


def test_transform_before_fit(frame):
    with pytest.raises(NotFittedError):
        MonahNarrator().transform(frame(PUBLISHED))


def test_dissimilar_speakers_do_not_share_a_baseline():
    """One speaker's slow talkturns must not make the other one's usual ones quick."""
    table = defaultdict(list)
    for turn in range(20):
        table["conversation"].append("a")
        table["speaker"].append("slow" if turn % 2 else "fast")
        table["text"].append("x")
        table["speech_rate"].append((60.0 if turn % 2 else 300.0) + turn % 3)
    assert not any(
        "very" in sentence for sentence in narratives(pl.DataFrame(dict(table)))[8:]
    )
