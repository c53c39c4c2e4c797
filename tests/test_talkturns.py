"""The talkturn table: columns, conversations, missing values, labels."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import polars as pl
import pytest

from hanrock_sk.talkturns import (
    add_columns,
    auxiliary_columns,
    check_roles,
    check_texts,
    conversations,
    is_missing,
    is_table,
    label_series,
    labels,
    numbers,
    read_table,
    require_columns,
    texts,
)


def test_reads_both_libraries(frame):
    table = read_table(frame({"text": ["a", "b"]}), required=["text"])
    assert texts(table, "text") == ["a", "b"]
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


def test_missing_values():
    for value in (None, math.nan, np.float32("nan"), pd.NA, pd.NaT):
        assert is_missing(value)
    for value in ("", "nan", 0, False, 0.0, math.inf):
        assert not is_missing(value)


def test_interleaved_conversations(frame):
    table = read_table(frame({"conversation": ["x", "y", "x", "z", "y", "x"]}))
    found = conversations(table)
    assert found.order.tolist() == [0, 2, 5, 1, 4, 3]
    assert found.first.tolist() == [0, 0, 0, 3, 3, 5]
    assert found.position[found.order].tolist() == list(range(6))
    assert found.starts.tolist() == [0, 3, 5]
    assert found.bounds.tolist() == [0, 3, 5, 6]


def test_conversations_against_a_naive_twin(frame):
    generator = np.random.default_rng(0)
    names = generator.integers(5, size=40).tolist()
    found = conversations(read_table(frame({"conversation": names})))
    expected = [
        row
        for name in dict.fromkeys(names)
        for row, other in enumerate(names)
        if other == name
    ]
    assert found.order.tolist() == expected
    for position, row in enumerate(found.order):
        assert names[found.order[found.first[position]]] == names[row]


def test_each_row_alone_without_the_column(frame):
    found = conversations(read_table(frame({"text": ["a", "b"]})))
    assert found.order.tolist() == found.first.tolist() == [0, 1]


def test_a_talkturn_of_no_conversation(frame):
    table = read_table(frame({"conversation": ["a", None, "a"]}))
    with pytest.raises(ValueError, match="'conversation', row 1"):
        conversations(table)
    with pytest.raises(ValueError, match=r"row 0.*not hashable"):
        conversations(read_table(pd.DataFrame({"conversation": [[1], [2]]})))


def test_texts_are_there_and_strings(frame):
    with pytest.raises(ValueError, match="Column 'text', row 1: the text is missing"):
        texts(read_table(frame({"text": ["a", None]})), "text")
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
    found = numbers(read_table(frame({"x": values})), "x")
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, expected)


def test_numbers_of_nullable_columns():
    table = read_table(pd.DataFrame({"x": pd.array([1, None], dtype="Int64")}))
    np.testing.assert_array_equal(numbers(table, "x"), [1, math.nan])


def test_what_is_not_a_number(frame):
    with pytest.raises(ValueError, match="'x' must hold numbers; row 0 holds 'a'"):
        numbers(read_table(frame({"x": ["a", "b"]})), "x")
    with pytest.raises(ValueError, match="'x', row 1: the value is infinite"):
        numbers(read_table(frame({"x": [0.0, math.inf]})), "x")
    with pytest.raises(ValueError, match=r"lacks the column\(s\) \['y'\]"):
        require_columns(read_table(frame({"x": [1]})), ["x", "y"])


@pytest.mark.parametrize(
    ("y", "kept", "kind"),
    [
        (["b", None, "a"], ["b", "a"], "U"),
        ([1, None, 2], [1, 2], "i"),
        ([1.5, math.nan, 2], [1.5, 2.0], "f"),
        ([True, None, False], [True, False], "b"),
        (np.array(["b", None, "a"], dtype=object), ["b", "a"], "U"),
        (pd.Series([1, None, 2], dtype="Int64"), [1, 2], "i"),
        (pl.Series([1, None, 2]), [1, 2], "i"),
        (pl.Series([1.5, math.nan, 2.0]), [1.5, 2.0], "f"),
    ],
)
def test_labels(y, kept, kind):
    values, present = labels(y, 3)
    assert present.tolist() == [True, False, True]
    assert values[present].tolist() == kept
    assert values.dtype.kind == kind


def test_labels_of_no_use():
    values, present = labels([None, math.nan])
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
            labels(y)
    with pytest.raises(ValueError, match="labels has 1 labels for 2 talkturns"):
        labels(["a"], 2, name="labels")


def test_a_column_vector_is_taken_with_a_warning():
    with pytest.warns(UserWarning, match="column-vector"):
        values, _ = labels(np.array([[1], [2]]))
    assert values.tolist() == [1, 2]


@pytest.mark.parametrize("kept", [["b", "a"], [1, 2], [True, False], [0.5, 2.0]])
def test_label_columns_keep_their_kind_however_many_are_missing(frame, kept):
    table = read_table(frame({"text": ["x", "y", "z"]}))
    values = np.array([kept[0], kept[1], kept[0]])
    some = label_series(values, np.array([True, True, False]), "y", table)
    none = label_series(values, np.zeros(3, dtype=bool), "y", table)
    assert some.dtype == none.dtype
    read, present = labels(some)
    assert read[present].tolist() == kept
    assert not labels(none)[1].any()


def test_added_columns_keep_rows_and_index():
    table = read_table(pd.DataFrame({"text": ["a", "b"]}, index=[7, 7]))
    found = add_columns(table, {"x": np.array([1.0, math.nan])}).to_native()
    assert found.index.tolist() == [7, 7]
    assert found.columns.tolist() == ["text", "x"]
    polars = add_columns(
        read_table(pl.DataFrame({"text": ["a", "b"]})), {"x": np.array([1.0, math.nan])}
    )
    assert polars["x"].to_list() == [1.0, None]


def test_auxiliary_columns():
    assert auxiliary_columns(["a", "aux__future__2"]) == ["future__2"]
    for odd in ("aux__mood__x", "aux__action", "aux__action__"):
        with pytest.raises(ValueError, match=f"Column '{odd}'"):
            auxiliary_columns([odd])
