"""Timings: worked examples, a naive twin, noisy times, bad tables."""

from __future__ import annotations

import gzip
import pickle
import random
from math import isnan, nan

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from hanrock_sk.features import Timings
from hanrock_sk.features.timings import count_words
from hanrock_sk.talkturns.table import read_table

ADDED = ["delay", "speech_rate", "duration", "overlap"]

# Conversation a: a long talkturn, "yeah" in the middle of it, the next one soon after
# the long one is over. Conversation b stands in between.
TALKTURNS = {
    "conversation": ["a", "a", "b", "a", "b"],
    "text": ["one two three four", "Yeah .", "{vocalsound}", "five six", "seven"],
    "start": [10.0, 12.0, 0.0, 14.25, 1.0],
    "end": [14.0, 12.5, 2.0, 15.25, 4.0],
}


def timed(table, **params):
    return Timings(**params).fit_transform(table)


def values(table, name):
    return [nan if value is None else float(value) for value in table[name].to_list()]


def test_worked_example(frame):
    table = timed(frame(TALKTURNS))
    expected = {
        "delay": [nan, -2.0, nan, 0.25, -1.0],
        "speech_rate": [60.0, 120.0, nan, 120.0, 20.0],
        "duration": [4.0, 0.5, 2.0, 1.0, 3.0],
        "overlap": [0.0, 0.5, 0.0, 0.0, 1.0],
    }
    for name in ADDED:
        np.testing.assert_allclose(values(table, name), expected[name], err_msg=name)


def naive_timings(table):
    """Look at all earlier talkturns of the conversation, one talkturn at a time."""
    added = {name: [] for name in ADDED}
    for row, (start, end) in enumerate(zip(table["start"], table["end"], strict=True)):
        over = [
            max(table["start"][other], table["end"][other])
            for other in range(row)
            if table["conversation"][other] == table["conversation"][row]
        ]
        duration = end - start if end > start else nan
        words = len(table["text"][row].split())
        added["duration"].append(duration)
        added["speech_rate"].append(words * 60 / duration if words else nan)
        added["delay"].append(start - max(over) if over else nan)
        if isnan(duration):
            added["overlap"].append(nan)
        else:
            late = max(over) if over else start
            added["overlap"].append(min(max(late - start, 0), duration))
    return added


def test_interleaved_conversations_equal_the_naive_twin(frame):
    random.seed(0)
    n = 200
    start = np.round(np.cumsum([random.uniform(0, 2) for _ in range(n)]), 2)
    table = {
        "conversation": [random.choice(["a", "b", "c"]) for _ in range(n)],
        "text": [random.choice(["", "yes", "oh no no"]) for _ in range(n)],
        "start": start.tolist(),
        "end": [random.uniform(s - 0.5, s + 6) for s in start],
    }
    found = timed(frame(table), max_delay=None, max_speech_rate=None)
    for name, expected in naive_timings(table).items():
        np.testing.assert_allclose(values(found, name), expected, err_msg=name)
        assert sum(isnan(value) for value in expected) < n / 2
    assert min(values(found, "duration")) > 0


def test_missing_and_impossible_times(frame):
    table = {
        "conversation": ["a"] * 6,
        "text": ["x"] * 6,
        "start": [0.0, 5.0, 6.0, None, 9.0, 12.0],
        "end": [4.0, 3.0, None, 8.0, 9.0, 13.0],
    }
    found = timed(frame(table))
    assert found["delay"].to_list()[1:3] == [1.0, 1.0], "over at its start"
    np.testing.assert_allclose(values(found, "delay"), [nan, 1, 1, nan, 1, 3])
    np.testing.assert_allclose(values(found, "duration"), [4, nan, nan, nan, nan, 1])
    np.testing.assert_allclose(
        values(found, "speech_rate"), [15, nan, nan, nan, nan, 60]
    )
    np.testing.assert_allclose(values(found, "overlap"), [0, nan, nan, nan, nan, 0])


def test_behind_a_talkturn_without_an_end_nothing_is_known(frame):
    table = {
        "conversation": list("aabaab"),
        "text": ["x"] * 6,
        "start": [0.0, 5.0, 0.0, 6.0, 9.0, 4.0],
        "end": [4.0, None, None, 8.0, 10.0, 5.0],
    }
    with pytest.warns(UserWarning, match=r"'end' is missing at rows 1, 2, which"):
        found = timed(frame(table))
    np.testing.assert_allclose(values(found, "delay"), [nan, 1, nan, nan, 1, nan])
    np.testing.assert_allclose(values(found, "overlap"), [0, nan, nan, nan, 0, nan])
    np.testing.assert_allclose(values(found, "duration"), [4, nan, nan, 2, 1, 1])


def test_a_talkturn_without_times_is_no_silence(frame):
    table = {
        "conversation": list("aaabb"),
        "text": ["x"] * 5,
        "start": [0.0, None, 60.0, None, 1.0],
        "end": [1.0, None, 61.0, None, 2.0],
    }
    found = timed(frame(table))
    np.testing.assert_allclose(values(found, "delay"), [nan] * 5)
    np.testing.assert_allclose(values(found, "overlap"), [0, nan, nan, nan, nan])


def test_live_times_are_those_of_the_table():
    table = pd.DataFrame(
        {
            "conversation": ["a"] * 9,
            "text": ["x"] * 9,
            "start": [0.0, 5.0, 6.0, nan, 9.0, 12.0, 12.5, nan, 20.0],
            "end": [4.0, nan, 8.0, 8.5, nan, 13.0, 14.0, nan, 21.0],
        }
    )
    transformer = Timings()
    found = transformer.fit_transform(table)
    half = transformer.live_half()
    for row in range(len(table)):
        wide, remember = half.hear(read_table(table.iloc[[row]]))
        remember()
        for name in ADDED:
            np.testing.assert_equal(wide[name][0], found[name][row], err_msg=name)


def test_limits(frame):
    table = frame(
        {
            "conversation": ["a"] * 4,
            "text": ["x"] * 4,
            "start": [100.0, 1300.0, 20.0, 1301.0],
            "end": [101.0, 1300.05, 21.0, 1302.0],
        }
    )
    found = timed(table)
    np.testing.assert_allclose(values(found, "delay"), [nan, 10, -10, 0.95])
    np.testing.assert_allclose(values(found, "speech_rate"), [60, 600, 60, 60])
    found = timed(table, max_delay=0.5, max_speech_rate=50)
    np.testing.assert_allclose(values(found, "delay"), [nan, 0.5, -0.5, 0.5])
    np.testing.assert_allclose(values(found, "speech_rate"), [50, 50, 50, 50])
    found = timed(table, max_delay=None, max_speech_rate=None)
    np.testing.assert_allclose(values(found, "delay"), [nan, 1199, -1280.05, 0.95])
    np.testing.assert_allclose(values(found, "speech_rate"), [60, 1200, 60, 60])
    np.testing.assert_allclose(values(found, "overlap"), [0, 0, 1, 0])


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        (" . , -- ", 0),
        ("{vocalsound}", 0),
        ("{vocalsound} . {gap}", 0),
        ("{a mark of words} yes", 1),
        ("half{disfmarker}", 1),
        ("[LAUGHTER] no <laugh>well</laugh> [x:2]", 2),
        ("[1] and <3", 3),
        ("[two words]", 2),
        ("it 's mm-hmm d_v_d_", 4),
        ("20 % of 4", 3),
        ("déjà vu", 2),
        ("__ _", 0),
    ],
)
def test_words_are_counted_without_marks(text, count):
    assert count_words(text) == count


def test_without_conversations_nothing_came_before(frame):
    table = {name: TALKTURNS[name] for name in ("text", "start", "end")}
    found = timed(frame(table))
    assert all(isnan(value) for value in values(found, "delay"))
    assert values(found, "overlap") == [0.0] * 5
    assert values(found, "duration") == [4.0, 0.5, 2.0, 1.0, 3.0]


def test_own_columns(frame):
    renamed = {f"my {name}": column for name, column in TALKTURNS.items()}
    found = timed(frame(renamed), **{name: f"my {name}" for name in TALKTURNS})
    expected = timed(frame(TALKTURNS))
    for name in ADDED:
        np.testing.assert_equal(values(found, name), values(expected, name))


def test_table_stays_and_gains_four_columns():
    table = pd.DataFrame(TALKTURNS, index=[7, 7, 3, 2, 1])
    before = table.copy()
    transformer = Timings()
    found = transformer.fit_transform(table)
    pd.testing.assert_frame_equal(table, before)
    pd.testing.assert_frame_equal(found[table.columns], table)
    assert list(found.columns) == [*table.columns, *ADDED]
    assert list(found.columns) == list(transformer.get_feature_names_out())


def test_set_output_clone_and_pickle():
    table = pl.DataFrame(TALKTURNS)
    transformer = Timings(max_delay=None).set_output(transform="pandas")
    found = transformer.fit_transform(table)
    assert isinstance(found, pd.DataFrame)
    pd.testing.assert_frame_equal(
        pickle.loads(pickle.dumps(transformer)).transform(table), found
    )
    assert clone(transformer).get_params() == transformer.get_params()


@pytest.mark.parametrize("name", ADDED)
def test_measured_columns_are_not_overwritten(frame, name):
    table = frame(TALKTURNS | {name: [0.5] * 5})
    with pytest.raises(ValueError, match=rf"already has the column\(s\) \['{name}'\]"):
        Timings().fit(table)
    with pytest.raises(ValueError, match="Drop or rename"):
        Timings().fit(frame(TALKTURNS)).transform(table)


@pytest.mark.parametrize("lost", list(TALKTURNS))
def test_column_lost_after_training(frame, lost):
    transformer = Timings().fit(frame(TALKTURNS))
    rest = {name: column for name, column in TALKTURNS.items() if name != lost}
    with pytest.raises(ValueError, match=rf"lacks the column\(s\) \['{lost}'\]"):
        transformer.transform(frame(rest))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start": ["00:16:16,059"] * 5}, "'start' must hold numbers; row 0.*00:16"),
        ({"end": [1.0, 2.0, float("inf"), 3.0, 4.0]}, "'end', row 2.*infinite"),
        ({"text": ["a", "b", None, "c", "d"]}, "'text', row 2.*missing"),
    ],
)
def test_bad_columns(frame, changes, message):
    with pytest.raises(ValueError, match=message):
        Timings().fit(frame(TALKTURNS | changes))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"max_delay": 0}, "max_delay"),
        ({"max_speech_rate": -1.0}, "max_speech_rate"),
        ({"start": None}, "start"),
        ({"start": "begin"}, r"lacks the column\(s\) \['begin'\]"),
        ({"conversation": "meeting"}, r"lacks the column\(s\) \['meeting'\]"),
        ({"start": "end"}, "start and end both name the column 'end'"),
    ],
)
def test_bad_parameters(frame, params, message):
    with pytest.raises(ValueError, match=message):
        Timings(**params).fit(frame(TALKTURNS))


def test_transform_before_fit(frame):
    with pytest.raises(NotFittedError):
        Timings().transform(frame(TALKTURNS))


def test_real_meetings(data_root):
    path = data_root / "ami" / "ami_dialogue_acts.tsv.gz"
    if not path.is_file():
        pytest.skip(f"the AMI dialogue acts are not at {path}")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        table = pl.read_csv(
            "".join(line for _, line in zip(range(3000), lines, strict=False)).encode(),
            separator="\t",
            quote_char=None,
        ).with_columns(pl.col("text").fill_null(""))
    found = timed(table, conversation="meeting")
    assert found.shape == (len(table), len(table.columns) + 4)
    assert found["delay"].null_count() == table["meeting"].n_unique()
    assert found["delay"].abs().max() <= 10
    assert 120 < found["speech_rate"].median() < 220, "people speak"
    assert (found["overlap"] <= found["duration"]).all()
    assert ((found["delay"] >= 0) <= (found["overlap"] == 0)).all()
