"""A talkturn that is not remembered leaves no trace; rows are seen to be apart."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pytest

from hanrock_sk.talkturns.live_half import (
    CarryingHalf,
    RowByRow,
    Unchanged,
    _are_alike,
    live_half,
)


def talkturn(frame, text, **more):
    columns = {"text": [text], **{name: [value] for name, value in more.items()}}
    return nw.from_native(frame(columns))


class Step:
    """Transforms by the function it is given."""

    keeps_rows_apart = True

    def __init__(self, function):
        self.function = function

    def transform(self, X):
        return self.function(nw.from_native(X)).to_native()


def capitals(table):
    return table.with_columns(nw.col("text").str.to_uppercase().alias("loud"))


def test_unchanged(frame):
    table = talkturn(frame, "yes")
    wide, remember = Unchanged().hear(table)
    assert wide is table
    assert remember() is None


def test_what_is_carried_counts_what_was_remembered(frame):
    def columns(table, heard):
        heard.append(table["text"].to_list()[0])
        return {"heard": [" ".join(heard)]}, heard

    half = CarryingHalf("text", ["text"], [], columns)
    told = []
    for text, is_taken in [("a", True), ("b", False), ("c", True), ("d", True)]:
        wide, remember = half.hear(talkturn(frame, text))
        told.append(wide["heard"].to_list())
        if is_taken:
            remember()
    assert told == [["a"], ["a b"], ["a c"], ["a c d"]]
    with pytest.raises(ValueError, match=r"lacks the column\(s\) \['text'\]"):
        half.hear(nw.from_native(frame({"words": ["a"]})))


def test_rows_that_are_kept_apart(frame):
    half = live_half(Step(capitals), "loud")
    for text, more in [("a", {"x": 1}), ("b", {"z": None}), ("c", {"x": 2})]:
        wide, remember = half.hear(talkturn(frame, text, **more))
        assert wide["loud"].to_list() == [text.upper()]
        remember()


def test_missing_values_are_the_same(frame):
    half = RowByRow(Step(lambda table: table), "The step")
    for _ in range(2):
        half.hear(talkturn(frame, "a", delay=float("nan"), smile=None))[1]()


def test_rows_that_are_not(frame):
    count = Step(lambda table: table.with_columns(nw.lit(len(table)).alias("n")))
    half = live_half(count, "count")
    half.hear(talkturn(frame, "a"))[1]()
    message = "'count', a Step, says .* column 'n' .* 1 for the talkturn alone, 2 with"
    for _ in range(2):  # a talkturn that is refused has checked nothing
        with pytest.raises(ValueError, match=message):
            half.hear(talkturn(frame, "b"))


def test_rows_that_are_lost(frame):
    half = live_half(Step(lambda table: nw.concat([table, table])), "twice")
    with pytest.raises(ValueError, match="'twice', a Step, made 2 rows of 1"):
        half.hear(talkturn(frame, "a"))


def test_rows_of_a_gemm_are_apart(frame):
    """Two rows are summed in another order than one."""
    noise = Step(lambda t: t.with_columns(nw.lit(0.3 + 1e-9 * len(t)).alias("mood")))
    half = live_half(noise, "mood")
    for text in "ab":
        half.hear(talkturn(frame, text))[1]()
    count = Step(lambda t: t.with_columns(nw.lit(0.3 + 0.01 * len(t)).alias("mood")))
    half = live_half(count, "mood")
    half.hear(talkturn(frame, "a"))[1]()
    with pytest.raises(ValueError, match="depends on other rows"):
        half.hear(talkturn(frame, "b"))


def test_whole_numbers_and_floats(frame):
    """JSON sends 0, and then 1.75."""
    half = live_half(Step(capitals), "loud")
    for number, start in enumerate([0, 1.75, 3]):
        wide, remember = half.hear(talkturn(frame, "a", start=start, n=number))
        assert wide["start"].to_list() == [start]
        remember()


@pytest.mark.parametrize("make", [list, tuple, np.array, np.float32])
def test_rows_of_vectors_are_compared_number_by_number(make):
    assert _are_alike(make([0.3, 0.5]), make([0.3 + 1e-9, 0.5]))
    assert not _are_alike(make([0.3, 0.5]), make([0.3, 0.6]))
    assert _are_alike([], [])
    assert not _are_alike([0.3], [0.3, 0.5])
    assert not _are_alike([0.3], None)
