"""Kappa and alpha against published figures and a twin that goes pair by pair."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score

from hanrock_sk.raters import cohen_kappa, krippendorff_alpha

KRIPPENDORFF = pd.DataFrame(
    {
        "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        "C": [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    }
)
"""Section E of Computing Krippendorff's alpha-reliability (2011)."""


@pytest.mark.parametrize(
    ("level", "published"),
    [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)],
)
def test_the_published_example(level, published):
    found = krippendorff_alpha(KRIPPENDORFF, list("ABCD"), level=level)
    assert found == pytest.approx(published, abs=5e-4)


def naive_alpha(values):
    """Interval: squares of differences within talkturns, and among all pairable."""
    units = [row[~np.isnan(row)] for row in values]
    units = [unit for unit in units if len(unit) > 1]
    everything = np.concatenate(units)
    observed = sum(
        sum((a - b) ** 2 for a, b in permutations(unit, 2)) / (len(unit) - 1)
        for unit in units
    )
    expected = sum((a - b) ** 2 for a, b in permutations(everything, 2))
    return 1 - observed / (expected / (len(everything) - 1))


@pytest.mark.parametrize("seed", range(5))
def test_alpha_pair_by_pair(seed):
    random = np.random.default_rng(seed)
    values = random.normal(size=(12, 1)) + random.normal(size=(12, 3))
    values[random.random(values.shape) < 0.2] = np.nan
    table = pd.DataFrame(values, columns=list("abc"))
    found = krippendorff_alpha(table, list("abc"), level="interval")
    assert found == pytest.approx(naive_alpha(values))


def test_strings_are_names_or_ranks():
    table = pd.DataFrame({"a": ["x", "y", "z"], "b": ["x", "y", "y"]})
    numbers = table.replace({"x": 1, "y": 2, "z": 3}).astype(int)
    for level in ("nominal", "ordinal"):
        assert krippendorff_alpha(table, ["a", "b"], level=level) == (
            krippendorff_alpha(numbers, ["a", "b"], level=level)
        )


def test_alpha_where_there_is_nothing_to_tell():
    same = pd.DataFrame({"a": ["x", "x"], "b": ["x", "x"]})
    assert krippendorff_alpha(same, ["a", "b"]) == 1
    alone = pd.DataFrame({"a": ["x", None], "b": [None, "x"]})
    assert np.isnan(krippendorff_alpha(alone, ["a", "b"]))


@pytest.mark.parametrize(
    ("level", "message"),
    [("rank", "level must be one of"), ("ratio", "needs ratings that are numbers")],
)
def test_alpha_refuses(level, message):
    with pytest.raises(ValueError, match=message):
        krippendorff_alpha(pd.DataFrame({"a": ["x"]}), ["a"], level=level)


@pytest.mark.parametrize("weights", [None, "linear", "quadratic"])
def test_kappa_of_what_both_rated(weights):
    random = np.random.default_rng(0)
    ratings = random.integers(4, size=(50, 3)).astype(float)
    ratings[:, 1] = np.where(random.random(50) < 0.6, ratings[:, 0], ratings[:, 1])
    ratings[:9, 0] = np.nan
    ratings[30:, 2] = np.nan
    table = pd.DataFrame(ratings, columns=list("abc"))
    found = cohen_kappa(table, list("abc"), weights=weights)
    assert list(found) == [("a", "b"), ("a", "c"), ("b", "c")]
    for (one, other), kappa in found.items():
        both = table[[one, other]].dropna()
        expected = cohen_kappa_score(both[one], both[other], weights=weights)
        assert kappa == pytest.approx(expected)


def test_kappa_where_there_is_nothing_to_tell():
    table = pd.DataFrame({"a": ["x", None], "b": [None, "x"], "c": ["x", "x"]})
    found = cohen_kappa(table, list("abc"))
    assert np.isnan(found["a", "b"])
    assert found["a", "c"] == 1


def test_kappa_counts_labels_that_a_pair_never_gave():
    """Ann and Ben give no 3, yet from 2 to 4 it is two."""
    table = pd.DataFrame(
        {
            "ann": [1, 1, 5, 5, 4, 5, 2],
            "ben": [1, 2, 5, 5, 5, 4, 1],
            "cem": [1, 2, 3, 4, 5, 5, 3],
        }
    )
    found = cohen_kappa(table, ["ann", "ben", "cem"], weights="linear")
    ann, ben = table["ann"].to_numpy(), table["ben"].to_numpy()
    distance = np.abs(ann - ben).mean()
    by_chance = np.abs(np.subtract.outer(ann, ben)).mean()
    assert found["ann", "ben"] == pytest.approx(1 - distance / by_chance)
