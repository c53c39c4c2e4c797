"""What is warned of, and what is not: most tables are in order."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest

from hanrock_sk import AuxiliaryTargets, MonahNarrator
from hanrock_sk.datasets import load_meld, make_conversations
from hanrock_sk.features import Timings
from hanrock_sk.talkturns.conversations import read_conversations
from hanrock_sk.talkturns.doubts import (
    warn_of_backward_starts,
    warn_of_marks_as_classes,
    warn_of_missing_ends,
    warn_of_repeated_talkturns,
    warn_of_rows_alone,
)
from hanrock_sk.talkturns.labels import read_labels
from hanrock_sk.talkturns.table import read_table
from tests.tiny_estimators import tiny_classifier
from tests.told_warnings import warned


@pytest.mark.parametrize(
    "name",
    [
        "conversation_id",
        "Conversation",
        "conversations",
        "Dialogue_ID",
        "dialogId",
        "dialogueid",
        "transcript_id",
        "session",
        "Session No.",
        "meeting",
        "call_number",
        "video_id",
        "file name",
        "interview1",
        "convID",
    ],
)
def test_names_that_look_like_conversations(frame, name):
    table = read_table(frame({name: [1, 1, 2, 2], "text": list("abcd")}))
    (message,) = warned(warn_of_rows_alone, table)
    assert f"conversation={name!r}" in message
    assert "each of the 4 talkturns" in message
    assert not warned(warn_of_rows_alone, table, name)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("call_duration", [1, 1, 2, 2]),
        ("speaker", [1, 1, 2, 2]),
        ("speaker_id", [1, 1, 2, 2]),
        ("recall", [1, 1, 2, 2]),
        ("session_quality", [1, 1, 2, 2]),
        ("conversation_id", [1, 2, 3, 4]),
        ("conversation_id", [None] * 4),
    ],
)
def test_names_and_values_that_do_not(frame, name, values):
    table = read_table(frame({name: values, "text": list("abcd")}))
    assert not warned(warn_of_rows_alone, table)


def test_lists_are_no_names_of_conversations():
    table = pd.DataFrame({"session": [[1], [1]], "text": ["a", "b"]})
    assert not warned(warn_of_rows_alone, read_table(table))


def test_every_step_warns_of_rows_alone_in_the_same_words(frame):
    X, y = make_conversations(4, 6, random_state=0)
    columns = {name: X[name].tolist() for name in ("speaker", "text", "delay")}
    X = frame(columns | {"Dialogue_ID": X["conversation"].tolist()})
    timed = frame(
        {name: columns[name] for name in ("speaker", "text")}
        | {"Dialogue_ID": X["Dialogue_ID"].to_list()}
        | {"start": np.arange(len(X)), "end": np.arange(len(X)) + 0.5}
    )
    messages = {
        message
        for messages in (
            warned(Timings().fit, timed),
            warned(MonahNarrator().fit, X),
            warned(AuxiliaryTargets(prosody=[]).fit, X, y),
            warned(tiny_classifier(max_epochs=1).fit, X, y),
        )
        for message in messages
        if "conversation of its own" in message
    }
    assert len(messages) == 1
    with warnings.catch_warnings(record=True) as caught:
        warnings.resetwarnings()
        warnings.simplefilter("default")
        for _ in range(2):
            MonahNarrator().fit(X)
            AuxiliaryTargets(prosody=[]).fit(X, y)
    assert sum("of its own" in str(w.message) for w in caught) == 1


def test_starts_that_run_backwards():
    table = read_table(
        pl.DataFrame({"conversation": list("abaabb"), "text": list("uvwxyz")})
    )
    starts = np.array([0.0, 9.0, 5.0, 4.0, np.nan, 8.0])
    (message,) = warned(warn_of_backward_starts, table, starts, "s", "conversation")
    assert "Column 's'" in message
    assert "rows 3, 5 start before" in message
    assert "(row 3 at 4)" in message
    starts = np.array([0.0, 9.0, 0.0, 4.0, np.nan, 9.0])
    assert not warned(warn_of_backward_starts, table, starts, "s", "conversation")


def test_timings_and_estimators_see_starts_that_run_backwards(frame):
    X, y = make_conversations(4, 6, random_state=0)
    table = {name: X[name].tolist() for name in ("conversation", "speaker", "text")}
    start = np.arange(len(X), dtype=float)
    start[3] = -1
    table |= {"start": start, "end": start + 0.5}
    for fit in (Timings().fit, Timings().fit_transform):
        (message,) = warned(fit, frame(table))
        assert "row 3 starts before" in message
    timings = Timings().fit(frame(table | {"start": np.arange(len(X)) * 1.0}))
    (message,) = warned(timings.transform, frame(table))
    assert "row 3 starts" in message
    messages = warned(tiny_classifier(max_epochs=1).fit, frame(table), y)
    assert sum("row 3 starts before" in message for message in messages) == 1


def test_talkturns_without_an_end():
    starts = np.array([0.0, 1.0, np.nan, 3.0])
    ends = np.array([np.nan, 2.0, np.nan, np.nan])
    (message,) = warned(warn_of_missing_ends, starts, ends, "end")
    assert "rows 0, 3, which have a start" in message
    assert not warned(warn_of_missing_ends, starts[1:3], ends[1:3], "end")


@pytest.mark.parametrize(
    "mark", ["n/a", "NA", "-", "", "nan", "NaN", "None", " ", "<NA>", "null", "N.A."]
)
def test_marks_of_missing_labels(mark):
    values, present = read_labels(["a", "b", mark, None, "a", mark])
    (message,) = warned(warn_of_marks_as_classes, values, present)
    assert f"the class {mark!r}, at rows 2, 5, looks" in message


def test_classes_that_are_no_marks():
    values, present = read_labels(["none", "no", "neutral", None, "other", "a-b", "0"])
    assert not warned(warn_of_marks_as_classes, values, present)
    assert not warned(warn_of_marks_as_classes, *read_labels([0, 1, None]))


SAID = "I do not know what to say now"


def repeated(columns):
    table = read_table(pl.DataFrame(columns))
    return warned(
        warn_of_repeated_talkturns,
        table,
        table["text"].to_list(),
        read_conversations(table),
        "speaker",
    )


def test_a_talkturn_that_is_numbered_twice():
    table = {
        "conversation": list("aabba"),
        "speaker": list("xxxxx"),
        "text": ["Yeah."] * 5,
        "Utterance_ID": [1, 2, 1, 2, 1],
    }
    (message,) = repeated(table)
    assert "row 4 repeat" in message
    assert "row 4 says what row 0 says" in message
    assert not repeated(table | {"Utterance_ID": [1, 2, 1, 2, 3]})
    assert not repeated(table | {"Utterance_ID": [None] * 5})
    assert not repeated(table | {"Utterance_ID": [1, 2, 1, 2, 1], "start": [*range(5)]})
    assert not repeated(table | {"speaker": list("xxxxy")})


def test_long_talkturns_of_a_table_without_numbers():
    def table(n_said, n_other):
        texts = [SAID] * n_said + [f"{SAID} {k}" for k in range(n_other)]
        texts += ["Yeah"] * 30
        return {"conversation": ["a"] * len(texts), "text": texts}

    assert not repeated(table(2, 30)), "one repetition in 32"
    assert repeated(table(8, 20)), "seven in 28"
    assert not repeated(table(1, 0)), "short ones are said again and again"


def test_public_corpora_are_in_order(data_root):
    """Where people talk there are repetitions; none of the usual ones is a doubt."""
    if not (data_root / "meld").is_dir():
        pytest.skip(f"MELD is not at {data_root}")
    X, _ = load_meld(data_root / "meld", subset="dev", backend="polars")
    table = read_table(X)
    conversations = read_conversations(table)
    texts = table["text"].to_list()
    assert not warned(
        warn_of_repeated_talkturns, table, texts, conversations, "speaker"
    )
