"""The reliability of raters, against EM written out."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from hanrock_sk.raters.ratings import read_ratings
from hanrock_sk.raters.reliability import PRIOR_RATINGS, reliability_of_raters


def by_loops(ratings):
    """Estimate both in turn, talkturn by talkturn."""
    n_labels, n_raters = len(ratings.labels), len(ratings.columns)
    rows = [
        [(rater, int(code)) for rater, code in enumerate(row) if code >= 0]
        for row in ratings.codes
    ]
    beliefs = []
    for said in rows:
        votes = [sum(code == label for _, code in said) for label in range(n_labels)]
        beliefs.append([vote / max(len(said), 1) for vote in votes])
    for _ in range(100):
        reliability = []
        for rater in range(n_raters):
            seen = [
                belief[code]
                for said, belief in zip(rows, beliefs, strict=True)
                for who, code in said
                if who == rater
            ]
            halfway = (1 + 1 / n_labels) / 2
            share = (sum(seen) + PRIOR_RATINGS * halfway) / (len(seen) + PRIOR_RATINGS)
            reliability.append(min(max(share, 1 / n_labels), 0.999))
        beliefs = []
        for said in rows:
            likely = np.ones(n_labels)
            for rater, code in said:
                wrong = (1 - reliability[rater]) / (n_labels - 1)
                for label in range(n_labels):
                    likely[label] *= reliability[rater] if code == label else wrong
            beliefs.append(likely / likely.sum() if said else np.zeros(n_labels))
    return reliability, beliefs


def test_against_loops(rated_by_five):
    _, codes = rated_by_five
    codes = codes[:60].copy()
    codes[3] = None
    table = pl.DataFrame(codes.tolist(), schema=list("abcde"), orient="row")
    ratings = read_ratings(table, list("abcde"))
    reliability, probabilities = reliability_of_raters(ratings)
    expected, beliefs = by_loops(ratings)
    np.testing.assert_allclose(reliability, expected, atol=1e-4)
    np.testing.assert_allclose(probabilities, beliefs, atol=1e-3)
    assert probabilities[3].tolist() == [0, 0, 0]


def test_one_rater_is_taken_at_their_word():
    ratings = read_ratings(pl.DataFrame({"a": ["x", None, "y"]}), ["a"])
    reliability, probabilities = reliability_of_raters(ratings)
    assert reliability.tolist() == [1]
    assert probabilities.tolist() == [[1, 0], [0, 0], [0, 1]]


def test_one_label():
    ratings = read_ratings(pl.DataFrame({"a": ["x"], "b": ["x"]}), ["a", "b"])
    assert reliability_of_raters(ratings)[1].tolist() == [[1]]


def test_whom_nobody_agrees_with_counts_for_nothing():
    """The third says the opposite; the first two are always right."""
    said = ["x", "y"] * 30
    table = pl.DataFrame({"a": said, "b": said, "c": said[::-1]})
    ratings = read_ratings(table, ["a", "b", "c"])
    reliability, probabilities = reliability_of_raters(ratings)
    assert reliability[2] == pytest.approx(0.5)
    assert probabilities[0, 0] > 0.99
