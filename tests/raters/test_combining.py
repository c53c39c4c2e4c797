"""Several raters' labels to one, against examples worked by hand."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import polars as pl
import pytest

from hanrock_sk.raters import Raters
from hanrock_sk.raters.combining import METHODS
from hanrock_sk.raters.weighted_mean import rater_weights

ABC = ["ann", "ben", "cem"]
RATED = {
    "text": ["t"] * 5,
    "ann": ["x", "x", "y", None, "x"],
    "ben": ["x", "y", "z", None, "y"],
    "cem": ["x", "y", "x", None, None],
}


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_soft(frame):
    """Three ways the third is tied, and the last two ways: x is given more often."""
    X, y = Raters(ABC, weights="equal").combine(frame(RATED))
    assert type(X) is frame
    assert list(X.columns) == ["text", *ABC, "soft__x", "soft__y", "soft__z"]
    assert y.tolist() == ["x", "y", "x", None, "x"]
    found = np.array(X[["soft__x", "soft__y", "soft__z"]], dtype=float)
    third = 1 / 3
    np.testing.assert_allclose(
        found,
        [[1, 0, 0], [third, 2 * third, 0], [third] * 3, [np.nan] * 3, [0.5, 0.5, 0]],
    )


def test_majority_has_no_label_where_there_is_none():
    table = pl.DataFrame(RATED)
    X, y = Raters(ABC, method="majority").combine(table)
    assert X is table
    assert y.tolist() == ["x", "y", None, None, None]
    _, y = Raters(ABC, method="majority", ties="frequent").combine(table)
    assert y.tolist() == ["x", "y", "x", None, "x"]


@pytest.mark.parametrize("seed", range(5))
def test_majority_against_counting(seed):
    random = np.random.default_rng(seed)
    ratings = random.choice(["a", "b", "c", None], size=(40, 4))
    names = list("wxyz")
    _, y = Raters(names, "majority").combine(pd.DataFrame(ratings, columns=names))
    for row, label in zip(ratings, y, strict=True):
        most = Counter(each for each in row if each is not None).most_common()
        tied = len(most) > 1 and most[0][1] == most[1][1]
        assert label == (None if tied or not most else most[0][0])


def test_labels_keep_their_kind():
    X, y = Raters(["a", "b"]).combine(pd.DataFrame({"a": [2, 1], "b": [2, np.nan]}))
    assert y.dtype.kind == "i"
    assert list(X.columns)[2:] == ["soft__1", "soft__2"]
    _, y = Raters(["a"]).combine(pl.DataFrame({"a": [True, False]}))
    assert y.tolist() == [True, False]


class TestMean:
    def test_by_hand(self):
        """Rater 3 has no weight, and stands alone in the fourth row."""
        nan = np.nan
        values = np.array(
            [
                [1.0, 1.5, 9.0],
                [2, 2.5, 8.9],
                [3, 3.5, 8.8],
                [nan, nan, 6.5],
                [nan, nan, nan],
                [4, nan, nan],
            ]
        )
        table = pd.DataFrame(values, columns=ABC)
        X, y = Raters(ABC).combine(table)
        assert X is table
        weights = rater_weights(values)
        assert weights[2] == 0
        expected = [
            (weights[0] * a + weights[1] * b) / weights[:2].sum()
            for a, b in [(1, 1.5), (2, 2.5), (3, 3.5)]
        ]
        np.testing.assert_allclose(y, [*expected, 6.5, np.nan, 4])

    def test_whole_numbers_if_asked(self):
        table = pd.DataFrame({"a": [1, 2, 5], "b": [2, 3, 5]})
        _, y = Raters(["a", "b"], "mean").combine(table)
        assert y.tolist() == [1.5, 2.5, 5]
        table["c"] = [2, 1, 3]
        _, y = Raters(["a", "b", "c"], "mean", weights="equal").combine(table)
        np.testing.assert_allclose(y, table.mean(axis=1))
        _, y = Raters(["a", "b"]).combine(table)
        assert y.dtype.kind == "i"


class TestReliability:
    def test_soft_counts_the_reliable_more(self, rated_by_five):
        truth, ratings = rated_by_five
        names = list("abcde")
        table = pd.DataFrame(ratings, columns=names)
        X, y = Raters(names).combine(table)
        soft = X[[f"soft__{label}" for label in range(3)]].to_numpy()
        rated = np.array([label is not None for label in y])
        assert (y[rated] == soft[rated].argmax(axis=1)).all()
        _, equal = Raters(names, weights="equal").combine(table)
        right = [(labels[rated] == truth[rated]).mean() for labels in (y, equal)]
        assert right[0] > right[1] + 0.1

    def test_of_labels(self, rated_by_five):
        _, ratings = rated_by_five
        table = pd.DataFrame(ratings, columns=list("abcde"))
        found = Raters(list("abcde")).reliability(table)
        np.testing.assert_allclose(
            list(found.values()), (0.95, 0.9, 0.4, 0.35, 0.35), atol=0.08
        )

    def test_of_numbers(self):
        table = pd.DataFrame({"a": [0.0, 1.5, 2], "b": [0.5, 1, 2], "c": [3.0, 3, 3]})
        found = Raters(["a", "b", "c"]).reliability(table)
        assert found["a"] > 0.8
        assert found["c"] == 0


class TestAgreement:
    def test_of_labels_by_pairs(self):
        """All pairs; one of three; none of three; nobody; none of one."""
        found = Raters(ABC).agreement(pl.DataFrame(RATED))
        np.testing.assert_allclose(found, [1, 1 / 3, 0, 0, 0])

    def test_one_rater_alone(self):
        table = pd.DataFrame({"a": ["x", "y"], "b": [None, "y"]})
        assert Raters(["a", "b"]).agreement(table).tolist() == [1, 1]

    def test_of_numbers_by_variance(self):
        table = pd.DataFrame({"a": [0.0, 2.5, 1], "b": [1.0, 2.5, np.nan]})
        between = np.var([0.5, 2.5, 1])
        found = Raters(["a", "b"], "mean").agreement(table)
        np.testing.assert_allclose(found, [between / (between + 0.25), 1, 1])


@pytest.mark.parametrize(
    ("params", "table", "message"),
    [
        ({"method": "mean"}, {"a": ["x"]}, "needs ratings that are numbers, got 'x'"),
        (
            {"method": "majority"},
            {"a": [0.5]},
            "needs ratings that are labels, got num",
        ),
        ({"method": "dawid_skene"}, {"a": [0.5]}, "use method='mean'"),
        (
            {},
            {"a": ["x"], "soft__x": [1.0]},
            r"already has the column\(s\) \['soft__x'",
        ),
    ],
)
def test_refused(params, table, message):
    with pytest.raises(ValueError, match=message):
        Raters(["a"], **params).combine(pl.DataFrame(table))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"method": "median"}, f"one of .*{METHODS[0]}"),
        ({"ties": "random"}, "'missing'"),
        ({"weights": "skill"}, "'reliability' or 'equal', got 'skill'"),
    ],
)
def test_parameters(params, message):
    with pytest.raises(ValueError, match=message):
        Raters(["a"], **params)


def test_how_it_is_written():
    assert repr(Raters(("a", "b"))) == "Raters(['a', 'b'], 'soft')"
    expected = "Raters(['a'], 'majority', ties='frequent')"
    assert repr(Raters(["a"], "majority", ties="frequent")) == expected
    expected = "Raters(['a'], 'soft', weights='equal')"
    assert repr(Raters(["a"], weights="equal")) == expected
