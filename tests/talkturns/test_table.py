"""What is a talkturn table, what it must have, what is added to it."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import polars as pl
import pytest

from hanrock_sk.talkturns.table import (
    add_columns,
    check_roles,
    is_table,
    read_table,
)
from hanrock_sk.talkturns.values import read_texts


def test_reads_both_libraries(frame):
    table = read_table(frame({"text": ["a", "b"]}), required=["text"])
    assert read_texts(table, "text") == ["a", "b"]
    assert read_table(table) is table


def test_refuses_what_is_no_table(frame):
    for odd in (["a"], np.zeros((2, 2)), {"text": ["a"]}, pl.LazyFrame({"text": []})):
        with pytest.raises(TypeError, match=type(odd).__name__):
            read_table(odd)
    with pytest.raises(ValueError, match="0 rows"):
        read_table(frame({"text": []}))
    with pytest.raises(ValueError, match=r"lacks the column\(s\) \['text'\].*\['a'\]"):
        read_table(frame({"a": [1]}), required=["text"])


def test_refuses_odd_column_names():
    with pytest.raises(ValueError, match=r"named twice: \['a'\]"):
        read_table(pd.DataFrame([[1, 2]], columns=["a", "a"]))
    with pytest.raises(TypeError, match=r"must be strings; \[0\]"):
        read_table(pd.DataFrame({0: [1], "text": ["a"]}))


def test_is_table(frame):
    assert is_table(frame({"text": ["a"]}))
    assert not is_table(["a"])
    assert not is_table(pd.Series(["a"]))


def test_roles():
    check_roles(conversation="c", speaker="s", delay=None, other=None)
    with pytest.raises(ValueError, match="conversation and text both name"):
        check_roles(conversation="c", text="c")
    with pytest.raises(TypeError, match="speaker must name a column, got 3"):
        check_roles(speaker=3)


def test_added_columns_keep_rows_and_index():
    table = read_table(pd.DataFrame({"text": ["a", "b"]}, index=[7, 7]))
    result = add_columns(table, {"x": np.array([1.0, math.nan])}).to_native()
    assert result.index.tolist() == [7, 7]
    assert result.columns.tolist() == ["text", "x"]
    polars = add_columns(
        read_table(pl.DataFrame({"text": ["a", "b"]})), {"x": np.array([1.0, math.nan])}
    )
    assert polars["x"].to_list() == [1.0, None]
