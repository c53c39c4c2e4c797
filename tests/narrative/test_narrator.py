"""MonahNarrator: whole tables, both baselines, and bad tables."""

from __future__ import annotations

import pickle
import random
import statistics
from collections import defaultdict
from math import isnan, nan

import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from told_tables import PROSODY, PUBLISHED, SENTENCES, narratives

from hanrock_sk.narrative import MonahNarrator, RunningBaseline, tell_talkturn


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


def test_who_is_told_alike_is_compared_alike():
    """ "The Man " is "the man" in the sentence, so that both are one speaker."""
    table = {
        "conversation": ["a"] * 8,
        "speaker": ["man", "The Man ", "MAN", " the  man"] * 2,
        "text": ["x"] * 8,
        "speech_rate": [100.0, 120.0, 110.0, 90.0, 105.0, 115.0, 95.0, 300.0],
    }
    told = narratives(pl.DataFrame(table))
    assert told == narratives(pl.DataFrame({**table, "speaker": ["man"] * 8}))
    assert told[-1] == "the man very quickly said x"
