"""Texts and measurements, present or missing."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from hanrock_sk.talkturns.table import (
    read_table,
    require_columns,
)
from hanrock_sk.talkturns.values import (
    check_texts,
    is_missing,
    read_numbers,
    read_texts,
)


def test_missing_values():
    for value in (None, math.nan, np.float32("nan"), pd.NA, pd.NaT):
        assert is_missing(value)
    for value in ("", "nan", 0, False, 0.0, math.inf):
        assert not is_missing(value)


def test_texts_are_there_and_strings(frame):
    with pytest.raises(ValueError, match="Column 'text', row 1: the text is missing"):
        read_texts(read_table(frame({"text": ["a", None]})), "text")
    with pytest.raises(ValueError, match=r"Row 1: expected a string, got 3 \(int\)"):
        check_texts(["a", 3])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2], [1, 2]),
        ([0.5, None], [0.5, math.nan]),
        ([True, False], [1, 0]),
        ([True, None], [1, math.nan]),
    ],
)
def test_numbers(frame, values, expected):
    result = read_numbers(read_table(frame({"x": values})), "x")
    assert result.dtype == np.float64
    np.testing.assert_array_equal(result, expected)


def test_numbers_of_nullable_columns():
    table = read_table(pd.DataFrame({"x": pd.array([1, None], dtype="Int64")}))
    np.testing.assert_array_equal(read_numbers(table, "x"), [1, math.nan])


def test_what_is_not_a_number(frame):
    with pytest.raises(ValueError, match="'x' must hold numbers; row 0 holds 'a'"):
        read_numbers(read_table(frame({"x": ["a", "b"]})), "x")
    with pytest.raises(ValueError, match="'x', row 1: the value is infinite"):
        read_numbers(read_table(frame({"x": [0.0, math.inf]})), "x")
    with pytest.raises(ValueError, match=r"lacks the column\(s\) \['y'\]"):
        require_columns(read_table(frame({"x": [1]})), ["x", "y"])
