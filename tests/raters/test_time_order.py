"""The order of talkturns: by start within conversations, else by appearance."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from hanrock_sk.raters.time_order import in_time_order
from hanrock_sk.talkturns.table import read_table


def ordered(numbers, raters, **columns):
    numbers = np.array(numbers)
    firsts = np.unique(numbers, return_index=True)[1]
    table = read_table(pl.DataFrame(columns))
    return in_time_order(table, numbers, firsts, raters, "conversation").tolist()


@pytest.mark.parametrize("seed", range(5))
def test_by_start_within_conversations(seed):
    random = np.random.default_rng(seed)
    conversation = random.integers(3, size=20)
    start = random.permutation(20).astype(float)
    order = ordered(range(20), ["ann"] * 20, conversation=conversation, start=start)
    first = {c: list(conversation).index(c) for c in set(conversation.tolist())}
    expected = sorted(range(20), key=lambda i: (first[int(conversation[i])], start[i]))
    assert order == expected


def test_by_appearance_where_a_start_is_missing():
    columns = {"conversation": [1, 1, 1], "start": [2.0, None, 1.0]}
    assert ordered([0, 1, 2], ["a", "a", "b"], **columns) == [0, 1, 2]


def test_without_conversations_any_order_will_do():
    assert ordered([0, 1], ["a", "a"], start=[2.0, 1.0]) == [0, 1]


def test_conversations_in_another_order_are_no_disagreement():
    found = ordered([0, 1, 1, 0], ["a", "a", "b", "b"], conversation=[1, 2, 2, 1])
    assert found == [0, 1]


def test_raters_who_disagree_about_it():
    with pytest.raises(ValueError, match=r"Row 3 .* that of row 2 .* those of 'b'"):
        ordered([0, 1, 2, 1], ["a", "a", "b", "b"], text=list("xyzy"))
