"""Labels of every kind, some of them missing."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import polars as pl
import pytest

from hanrock_sk.talkturns.labels import label_series, read_labels
from hanrock_sk.talkturns.table import (
    read_table,
)


@pytest.mark.parametrize(
    ("y", "kept", "kind"),
    [
        (["b", None, "a"], ["b", "a"], "U"),
        ([1, None, 2], [1, 2], "i"),
        ([1.5, math.nan, 2], [1.5, 2.0], "f"),
        ([True, None, False], [True, False], "b"),
        (np.array(["b", None, "a"], dtype=object), ["b", "a"], "U"),
        (np.ma.array(["b", "z", "a"], mask=[0, 1, 0]), ["b", "a"], "U"),
        (pd.Series([1, None, 2], dtype="Int64"), [1, 2], "i"),
        (pl.Series([1, None, 2]), [1, 2], "i"),
        (pl.Series([1.5, math.nan, 2.0]), [1.5, 2.0], "f"),
    ],
)
def test_labels(y, kept, kind):
    values, present = read_labels(y, 3)
    assert present.tolist() == [True, False, True]
    assert values[present].tolist() == kept
    assert values.dtype.kind == kind


def test_labels_of_no_use():
    values, present = read_labels([None, math.nan])
    assert len(values) == 2
    assert not present.any()
    for y, message in [
        (None, "y is None"),
        ([["a"], ["b", "c"]], r"y must hold strings, numbers or booleans"),
        (np.zeros((2, 2)), r"one-dimensional, got shape \(2, 2\)"),
        (["a", 1], "mixes strings with other labels: row 1 holds 1"),
        ([1.0, math.inf], "row 1: the label is infinite"),
        (pd.DataFrame({"a": [1], "b": [2]}), "one column, got 2"),
    ]:
        with pytest.raises(ValueError, match=message):
            read_labels(y)
    with pytest.raises(ValueError, match="labels has 1 labels for 2 talkturns"):
        read_labels(["a"], 2, name="labels")


def test_a_column_vector_is_taken_with_a_warning():
    with pytest.warns(UserWarning, match="column-vector"):
        values, _ = read_labels(np.array([[1], [2]]))
    assert values.tolist() == [1, 2]


@pytest.mark.parametrize("kept", [["b", "a"], [1, 2], [True, False], [0.5, 2.0]])
def test_label_columns_keep_their_kind_however_many_are_missing(frame, kept):
    table = read_table(frame({"text": ["x", "y", "z"]}))
    values = np.array([kept[0], kept[1], kept[0]])
    some = label_series(values, np.array([True, True, False]), "y", table)
    none = label_series(values, np.zeros(3, dtype=bool), "y", table)
    assert some.dtype == none.dtype
    read, present = read_labels(some)
    assert read[present].tolist() == kept
    assert not read_labels(none)[1].any()
