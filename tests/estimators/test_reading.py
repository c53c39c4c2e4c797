"""From a user's table to texts, tasks, targets and weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from hanrock_sk.estimators.reading import Columns, read_as_in_training, read_talkturns

NAMES = Columns("narrative", "text", "conversation", "speaker")
NAN = np.nan


def test_the_narrative_is_read_where_there_is_one(frame):
    table = frame({"text": ["a", "b"], "narrative": ["x", "y"]})
    found = read_talkturns(table, NAMES)
    assert (found.texts, found.column, len(found)) == (["x", "y"], "narrative", 2)


def test_the_text_is_read_otherwise(frame):
    found = read_talkturns(frame({"text": ["a", "b"]}), NAMES)
    assert (found.texts, found.column) == (["a", "b"], "text")


def test_the_column_of_training_has_to_be_there(frame):
    both = frame({"text": ["a", "b"], "narrative": ["x", "y"]})
    read = read_as_in_training(both, "text", NAMES, False)
    assert read.texts == ["a", "b"]
    with pytest.raises(ValueError, match=r"lacks the column\(s\) \['narrative'\]"):
        read_as_in_training(frame({"text": ["a"]}), "narrative", NAMES, False)


def test_names_of_columns_are_given(frame):
    table = frame({"told": ["x", "y", "z"], "dialogue": [1, 2, 1], "text": [0, 0, 0]})
    found = read_talkturns(table, Columns("told", "text", "dialogue", "speaker"))
    assert found.texts == ["x", "y", "z"]
    assert found.conversations.order.tolist() == [0, 2, 1]


def test_no_text_at_all(frame):
    with pytest.raises(ValueError, match=r"lacks the column\(s\) \['text'\]"):
        read_talkturns(frame({"words": ["a"]}), NAMES)


def test_a_missing_text_names_its_row(frame):
    with pytest.raises(ValueError, match="Column 'text', row 1: the text is missing"):
        read_talkturns(frame({"text": ["a", None]}), NAMES)


def test_no_rows(frame):
    with pytest.raises(ValueError, match="0 rows"):
        read_talkturns(frame({"text": []}), NAMES)


@pytest.mark.parametrize(
    "make",
    [list, tuple, np.array, iter, pl.Series, lambda x: pd.Series(x, index=[7, 7, 3])],
    ids=["list", "tuple", "array", "iterator", "polars", "pandas"],
)
def test_strings_are_conversations_of_their_own(make):
    found = read_talkturns(make(["a", "", "c"]), NAMES)
    assert found.texts == ["a", "", "c"]
    assert found.table is None
    assert found.column is None
    assert found.conversations.order.tolist() == [0, 1, 2]
    assert found.conversations.first.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("X", "error", "match"),
    [
        ("yes", TypeError, "got one string"),
        (b"yes", TypeError, "got one string"),
        (3, TypeError, "got int"),
        (None, TypeError, "got NoneType"),
        ([], ValueError, "0 talkturns"),
        (["a", 3], ValueError, "Row 1: expected a string"),
        (["a", None], ValueError, "Row 1: the text is missing"),
        (np.zeros((2, 2)), TypeError, "got an ndarray of shape"),
    ],
)
def test_what_holds_no_strings(X, error, match):
    with pytest.raises(error, match=match):
        read_talkturns(X, NAMES)


def test_columns_that_a_user_named_have_to_be_there(frame):
    """Where the network reads them: who speaks, and what an encoder reads."""
    table = frame({"narrative": ["x"], "text": ["a"], "speaker": ["anna"]})
    misspelt = Columns("narrative", "txt", "conversation", "speakr")
    assert read_talkturns(table, misspelt).texts == ["x"]
    for reads, lacks in [("with_speakers", "speakr"), ("with_said", "txt")]:
        with pytest.raises(ValueError, match=rf"lacks the column\(s\) \['{lacks}'\]"):
            read_talkturns(table, misspelt, **{reads: True})
    with pytest.raises(ValueError, match=r"lacks the column\(s\) \['txt'\]"):
        read_as_in_training(table, "narrative", misspelt, False, with_said=True)
