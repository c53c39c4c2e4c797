"""What a rater scores against the others, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score

from hanrock_sk.raters import rater_ceiling

RATED = pd.DataFrame(
    {
        "a": ["x", "x", "y", "y", None],
        "b": ["x", "y", "y", "x", "x"],
        "c": ["x", "x", "x", "y", "x"],
    }
)


def test_against_the_majority_of_the_others():
    """Of a: the others agree in rows 0 and, on neither, nowhere else it rated."""
    ceiling = rater_ceiling(RATED, ["a", "b", "c"])
    # b, c: x x | y x | y x | x y; a rated the first four.
    assert ceiling.n_talkturns == {"a": 1, "b": 4, "c": 3}
    assert ceiling.scores["a"] == 1
    # Against a and c of rows 0, 1, 3, and c alone of row 4: x, x, y, x.
    expected = balanced_accuracy_score(["x", "x", "y", "x"], ["x", "y", "x", "x"])
    assert ceiling.scores["b"] == pytest.approx(expected)
    # Against a and b of rows 0 and 2, and b alone of row 4: x, y, x.
    assert ceiling.scores["c"] == pytest.approx(0.5)
    assert ceiling.mean == pytest.approx((1 + expected + 0.5) / 3)


def test_a_metric_of_ones_own():
    ceiling = rater_ceiling(
        RATED, ["a", "b"], lambda t, p: f1_score(t, p, average="macro")
    )
    expected = f1_score(list("xyyx"), list("xxyy"), average="macro")
    assert ceiling.scores["a"] == pytest.approx(expected)


@pytest.mark.parametrize("kind", [float, int])
def test_values_against_the_mean_of_the_others(kind):
    table = pd.DataFrame({"a": [1, 2, 4], "b": [1, 4, 2], "c": [3, 4, np.nan]})
    if kind is float:
        table += 0.5
    ceiling = rater_ceiling(table, list("abc"), values=None if kind is float else True)
    assert ceiling.scores["a"] == pytest.approx((1 + 2 + 2) / 3)
    assert ceiling.scores["c"] == pytest.approx((2 + 1) / 2)


def test_nobody_to_compare_with():
    table = pd.DataFrame({"a": ["x", None], "b": [None, "x"], "c": [None, "x"]})
    ceiling = rater_ceiling(table, list("abc"))
    assert np.isnan(ceiling.scores["a"])
    assert ceiling.mean == 1


@pytest.mark.parametrize(
    ("columns", "params", "message"),
    [(["a"], {}, "names one alone"), (["a", "b"], {"values": True}, "'x' is a rating")],
)
def test_refused(columns, params, message):
    with pytest.raises(ValueError, match=message):
        rater_ceiling(RATED, columns, **params)
