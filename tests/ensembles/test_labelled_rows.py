"""Rows of a table, as scikit-learn takes them, with their conversations around."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.utils import _safe_indexing, check_consistent_length

from hanrock_sk.ensembles.labelled_rows import (
    LabelledRows,
    number_conversations,
    take,
)

TABLE = {"conversation": ["m", "n", "m", "o", "n"], "text": list("abcde")}
LABELLED = np.array([True, True, False, False, True])


def rows(frame=pd.DataFrame, classes=("no", "yes")):
    X = frame(TABLE)
    numbers = number_conversations(X, "conversation")
    known = None if classes is None else np.array(classes)
    return LabelledRows(X, numbers, np.flatnonzero(LABELLED), LABELLED, known)


@pytest.mark.parametrize(
    "key", [[2, 0], np.array([2, 0]), np.array([True, False, True])]
)
def test_scikit_learn_takes_them(key):
    every = rows()
    check_consistent_length(every, [0, 1, 0])
    taken = _safe_indexing(every, key)
    assert taken.shape == (2, 1)
    assert sorted(taken.rows.tolist()) == [0, 4]
    assert taken.X is every.X


def test_conversations_by_number():
    numbers = number_conversations(pl.DataFrame(TABLE), "conversation")
    assert [numbers[0] == n for n in numbers] == [True, False, True, False, False]
    assert len(set(numbers.tolist())) == 3
    assert number_conversations(["a", "b"], "conversation").tolist() == [0, 1]
    assert number_conversations(pd.DataFrame(TABLE), "call").tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_to_train_on(frame):
    """All; then n alone, of which m is held out and o has no labels at all."""
    X, y, weights = rows(frame).to_train([1, 0, 1], None)
    assert X["text"].to_list() == list("abcde")
    assert y.tolist() == ["yes", "no", None, None, "yes"]
    assert weights is None
    X, y, weights = rows(frame)[[1, 2]].to_train([0, 1], [2.0, 3.0])
    assert type(X) is frame
    assert X["text"].to_list() == ["b", "d", "e"]
    assert y.tolist() == ["no", None, "yes"]
    assert weights.tolist() == [2, 1, 3]


def test_values_are_not_decoded():
    _, y, _ = rows(classes=None).to_train([0.5, 1.5, 2.5], None)
    assert y.tolist() == [0.5, 1.5, None, None, 2.5]


def test_to_predict():
    X, places = rows()[[2, 1]].to_predict()
    assert X["text"].to_list() == ["b", "e"]
    assert places.tolist() == [1, 0]


@pytest.mark.parametrize("make", [list, tuple, np.array, pd.Series, pl.Series])
def test_taken_of_strings(make):
    assert list(take(make(["a", "b", "c"]), np.array([2, 0]))) == ["c", "a"]
