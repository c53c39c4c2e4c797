"""Weights of labels: what is read, and what is refused by row."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest

from hanrock_sk.talkturns.sample_weight import (
    read_sample_weight,
    read_scored_labels,
    read_weighted_labels,
    weighted_median,
)


@pytest.mark.parametrize(
    "given",
    [
        [0, 1.5, 2],
        (0, 1.5, 2),
        np.array([0, 1.5, 2], dtype=np.float32),
        np.array([0, 1.5, 2], dtype=object),
        pd.Series([0, 1.5, 2], index=[7, 7, 1]),
        pd.Series([0, 1.5, 2], dtype="Float64"),
        pl.Series([0.0, 1.5, 2.0]),
    ],
)
def test_whatever_holds_numbers(given):
    weights = read_sample_weight(given, 3)
    assert weights.dtype == np.float64
    assert weights.tolist() == [0, 1.5, 2]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, [1, 1]),
        (3, [3, 3]),
        (np.float32(0.5), [0.5, 0.5]),
        ([True, False], [1, 0]),
    ],
)
def test_one_for_all(given, expected):
    assert read_sample_weight(given, 2).tolist() == expected


@pytest.mark.parametrize(
    "bad", [-1, -1e-9, np.nan, None, pd.NA, np.inf, 1e39, "2", Decimal(2), 1j]
)
def test_no_weight(bad):
    with pytest.raises(ValueError, match=r"^mass, row 1: a weight must be a number"):
        read_sample_weight([1, bad, -3], 3, name="mass")


def test_another_number():
    with pytest.raises(ValueError, match="has 2 weights for 3 talkturns"):
        read_sample_weight([1, 1], 3)


def test_two_dimensions():
    with pytest.raises(ValueError, match=r"one-dimensional, got shape \(3, 1\)"):
        read_sample_weight(np.ones((3, 1)), 3)


def test_a_label_of_weight_zero_is_not_looked_at():
    """Not even at its kind."""
    given = [1, "two", 3, None], 4, [2, 0, 1, 0]
    values, present, weights = read_weighted_labels(*given)
    assert values.dtype.kind == "i"
    assert present.tolist() == [True, False, True, False]
    assert weights.tolist() == [2, 1, 1, 1]
    true, scored, counts = read_scored_labels(*given)
    assert (true.tolist(), scored.tolist()) == ([1, 3], present.tolist())
    assert counts.tolist() == [2, 1]


@pytest.mark.parametrize("weights", [None, 1, [1, 0, 1, 5]])
def test_where_all_count_the_same_there_are_no_weights(weights):
    values, present, found = read_weighted_labels(["a", "b", "c", None], 4, weights)
    assert found is None
    assert values[present].tolist() == (["a", "c"] if np.ndim(weights) else list("abc"))


@pytest.mark.parametrize("seed", range(20))
def test_the_median_of_copies(seed):
    """Whole weights are as many copies."""
    random = np.random.default_rng(seed)
    values = random.integers(5, size=7).astype(float)
    counts = random.integers(0, 4, size=7) + (np.arange(7) == seed % 7)
    expected = np.median(np.repeat(values, counts))
    assert weighted_median(values, counts.astype(float)) == expected
    assert weighted_median(values, None) == np.median(values)


def test_median_of_weights_that_round():
    """Three times 0.1 is a hair more than half of six times."""
    values = np.arange(1.0, 7)
    for weight in (0.1, 0.5, 1 / 3, 7e-5):
        assert weighted_median(values, np.full(6, weight)) == 3.5
