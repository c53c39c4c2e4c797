"""Reading raters' columns: which labels there are, and what is refused by name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from hanrock_sk.raters.ratings import read_ratings


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_labels_and_codes(frame):
    table = frame({"ann": ["b", None, "a"], "ben": ["b", "c", None], "text": ["x"] * 3})
    ratings = read_ratings(table, ("ann", "ben"))
    assert ratings.columns == ["ann", "ben"]
    assert ratings.labels.tolist() == ["a", "b", "c"]
    assert ratings.codes.tolist() == [[1, 1], [-1, 2], [0, -1]]
    assert ratings.given.tolist() == [[True, True], [False, True], [True, False]]
    assert ratings.counts.tolist() == [[0, 2, 0], [0, 0, 1], [1, 0, 0]]
    assert not ratings.are_numbers


def test_whole_numbers_stay_whole_beside_missing_ones():
    ratings = read_ratings(pd.DataFrame({"a": [1, np.nan], "b": [3, 2]}), ["a", "b"])
    assert ratings.labels.dtype.kind == "i"
    assert ratings.labels.tolist() == [1, 2, 3]
    assert ratings.are_numbers
    assert not ratings.are_real_values


def test_real_values():
    ratings = read_ratings(pd.DataFrame({"a": [0.5, np.nan], "b": [1, 2]}), ["a", "b"])
    assert ratings.are_real_values
    np.testing.assert_array_equal(ratings.values, [[0.5, 1], [np.nan, 2]])


def test_a_rater_who_gave_nothing():
    table = pl.DataFrame({"a": ["x"], "b": [None]})
    assert read_ratings(table, ["a", "b"]).codes.tolist() == [[0, -1]]


TABLE = pd.DataFrame(
    {"a": ["x", "y"], "n": [1, 2], "none": [None, None], "mixed": ["x", 1]}
)


@pytest.mark.parametrize(
    ("columns", "kind", "message"),
    [
        ("a", TypeError, "sequence of column names, got 'a'"),
        ([], ValueError, "names no rater"),
        (["a", "a"], ValueError, "names the rater 'a' twice"),
        (["a", "z"], ValueError, r"lacks the column\(s\) \['z'\]"),
        (["none"], ValueError, r"None of the raters \['none'\] gave any label"),
        (["a", "mixed"], ValueError, "Column 'mixed' mixes strings .* row 1 holds 1"),
        (["a", "n"], ValueError, "'n' holds ratings such as 1, column 'a' such as 'x'"),
    ],
)
def test_refused(columns, kind, message):
    with pytest.raises(kind, match=message):
        read_ratings(TABLE, columns)
