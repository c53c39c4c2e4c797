"""From ratings to talkturns: every talkturn once, every rating in its place."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from hanrock_sk.raters import Raters, ratings_from_long
from hanrock_sk.talkturns.values import is_missing


def long_table(frame=pd.DataFrame, *, by_rater=False, **columns):
    """Two conversations of two talkturns; ben did not rate the last, nobody the third.

    By talkturn or, as some tools have it, one rater after the other.
    """
    rows = [
        ("m", 0.0, "A", "hi", "ann", "calm"),
        ("m", 0.0, "A", "hi", "ben", "calm"),
        ("m", 2.0, "B", "yes", "ann", "glad"),
        ("m", 2.0, "B", "yes", "ben", "calm"),
        ("n", 0.0, "A", "yes", None, None),
        ("n", 1.0, "A", "yes", "ann", "glad"),
    ]
    if by_rater:
        rows.sort(key=lambda row: (row[4] or "", row[0], row[1]), reverse=by_rater == 2)
    names = ["conversation", "start", "speaker", "text", "rater", "label"]
    table = {n: [row[i] for row in rows] for i, n in enumerate(names)} | columns
    return frame(table)


def plain(values):
    return [None if is_missing(value) else value for value in values]


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
@pytest.mark.parametrize("by_rater", [False, True, 2])
def test_a_row_per_talkturn(frame, by_rater):
    table, columns = ratings_from_long(long_table(frame, by_rater=by_rater))
    assert type(table) is frame
    assert sorted(columns) == ["rater__ann", "rater__ben"]
    assert list(table.columns) == ["conversation", "start", "speaker", "text", *columns]
    rows = {
        (c, s): (text, *plain(ratings))
        for c, s, text, *ratings in zip(
            *(table[n] for n in ["conversation", "start", "text", *sorted(columns)]),
            strict=True,
        )
    }
    assert rows == {
        ("m", 0.0): ("hi", "calm", "calm"),
        ("m", 2.0): ("yes", "glad", "calm"),
        ("n", 0.0): ("yes", None, None),
        ("n", 1.0): ("yes", "glad", None),
    }
    starts = list(zip(table["conversation"], table["start"], strict=True))
    for name in "mn":  # in time order, wherever the raters' rows stood
        own = [start for c, start in starts if c == name]
        assert own == sorted(own)
    _, y = Raters(sorted(columns), "majority").combine(table)
    assert sorted(map(str, y)) == ["None", "None", "calm", "glad"]


def test_the_index_begins_anew():
    table, _ = ratings_from_long(long_table())
    assert table.index.tolist() == [0, 1, 2, 3]


def test_columns_of_the_rating_are_left_out():
    when = [10, 20, 11, 21, np.nan, 12]
    table = long_table(rated_at=when)
    with pytest.raises(ValueError, match=r"'rated_at' differs between rows 0 and 1"):
        ratings_from_long(table)
    talkturns, _ = ratings_from_long(table, per_rating=["rated_at"])
    assert "rated_at" not in talkturns.columns


def test_other_names_and_numbers():
    table = long_table().rename(columns={"rater": "who", "label": "emotion"})
    table["turn"] = [1, 1, 2, 2, 3, 4]
    table["emotion"] = [3, 3, 5, 3, None, 5]
    talkturns, columns = ratings_from_long(
        table, rater="who", label="emotion", talkturn="turn"
    )
    assert plain(talkturns["rater__ann"]) == [3, 5, None, 5]
    X, y = Raters(columns, weights="equal").combine(talkturns)
    assert plain(y) == [3, 3, None, 5]
    assert plain(X["soft__5"]) == [0, 0.5, None, 1]


@pytest.mark.parametrize("per_rating", [[], ["end"]])
def test_conversations_by_another_name(per_rating):
    """Equal texts of two conversations; one rater's ends are not the other's."""
    table = pd.DataFrame(
        {
            "dialogue": [1, 1, 2, 2],
            "start": [0.0] * 4,
            "end": [1.0, 1.5, 1.0, 1.5] if per_rating else [1.0] * 4,
            "text": ["hi"] * 4,
            "rater": ["ann", "ben"] * 2,
            "label": list("xyxy"),
        }
    )
    found, columns = ratings_from_long(
        table, conversation="dialogue", per_rating=per_rating
    )
    assert found["dialogue"].tolist() == [1, 2]
    assert found[columns].to_numpy().tolist() == [["x", "y"]] * 2


def test_raters_that_are_numbers():
    """Floats beside a talkturn that nobody rated; 1 and "1" are one rater."""
    table = long_table(rater=[1.0, 2.0, 1.0, 2.0, None, 1.0])
    assert ratings_from_long(table)[1] == ["rater__1", "rater__2"]
    table = long_table(rater=[1, "1", 1, 2, None, 1])
    with pytest.raises(ValueError, match=r"Rows 0 and 1 are two ratings of one"):
        ratings_from_long(table)


class TestRefused:
    def test_a_talkturn_rated_twice_by_one(self):
        table = pl.concat([long_table(pl.DataFrame), long_table(pl.DataFrame)[:1]])
        with pytest.raises(
            ValueError, match=r"Rows 0 and 6 are two ratings of one.*ann"
        ):
            ratings_from_long(table)

    def test_two_talkturns_that_look_alike(self):
        """Without a start, saying yes twice is one talkturn, rated twice."""
        table = long_table().drop(columns="start")
        table["label"] = ["calm"] * 4 + ["glad"] * 2
        table["rater"] = ["ann", "ben"] * 2 + ["ann", "ann"]
        with pytest.raises(
            ValueError, match=r"Rows 4 and 5 .* in talkturn=, which now"
        ):
            ratings_from_long(table)

    def test_the_same_talkturn_in_its_own_context(self):
        table = long_table(turn=range(6))
        with pytest.raises(
            ValueError, match=r"Rows 0 and 1 are the same talkturn, with"
        ):
            ratings_from_long(table, talkturn="turn")

    def test_a_label_of_nobody(self):
        table = long_table(rater=["ann", "ben", None, "ben", None, "ann"])
        with pytest.raises(ValueError, match=r"Row 2 has a label, but column 'rater'"):
            ratings_from_long(table)

    def test_no_rater_at_all(self):
        table = long_table(rater=[None] * 6, label=[None] * 6)
        with pytest.raises(ValueError, match="names no rater"):
            ratings_from_long(table)

    def test_nothing_that_tells_apart(self):
        with pytest.raises(ValueError, match="No column tells talkturns apart"):
            ratings_from_long(pl.DataFrame({"rater": ["a"], "label": ["x"]}))

    def test_the_label_tells_nothing_apart(self):
        with pytest.raises(
            ValueError, match=r"\['label'\] differ from rating to rating"
        ):
            ratings_from_long(long_table(), talkturn=["text", "label"])

    def test_an_order_that_nobody_knows(self):
        table = pl.DataFrame(
            {
                "text": ["a", "c", "b", "c"],
                "rater": ["ann", "ann", "ben", "ben"],
                "label": ["x"] * 4,
            }
        )
        with pytest.raises(
            ValueError, match=r"Row 3 is a talkturn that appears before"
        ):
            ratings_from_long(table)
        sorted_by_talkturn = table[[0, 2, 1, 3]]
        talkturns, _ = ratings_from_long(sorted_by_talkturn)
        assert talkturns["text"].to_list() == ["a", "b", "c"]
