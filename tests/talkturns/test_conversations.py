"""Which talkturns belong together, and in which order."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hanrock_sk.talkturns.conversations import read_conversations
from hanrock_sk.talkturns.table import (
    read_table,
)


def test_interleaved_conversations(frame):
    table = read_table(frame({"conversation": ["x", "y", "x", "z", "y", "x"]}))
    result = read_conversations(table)
    assert result.order.tolist() == [0, 2, 5, 1, 4, 3]
    assert result.first.tolist() == [0, 0, 0, 3, 3, 5]
    assert result.position[result.order].tolist() == list(range(6))
    assert result.starts.tolist() == [0, 3, 5]
    assert result.bounds.tolist() == [0, 3, 5, 6]


def test_conversations_against_a_naive_twin(frame):
    generator = np.random.default_rng(0)
    names = generator.integers(5, size=40).tolist()
    result = read_conversations(read_table(frame({"conversation": names})))
    expected = [
        row
        for name in dict.fromkeys(names)
        for row, other in enumerate(names)
        if other == name
    ]
    assert result.order.tolist() == expected
    for position, row in enumerate(result.order):
        assert names[result.order[result.first[position]]] == names[row]


def test_each_row_alone_without_the_column(frame):
    result = read_conversations(read_table(frame({"text": ["a", "b"]})))
    assert result.order.tolist() == result.first.tolist() == [0, 1]


def test_a_talkturn_of_no_conversation(frame):
    table = read_table(frame({"conversation": ["a", None, "a"]}))
    with pytest.raises(ValueError, match="'conversation', row 1"):
        read_conversations(table)
    with pytest.raises(ValueError, match=r"row 0.*not hashable"):
        read_conversations(read_table(pd.DataFrame({"conversation": [[1], [2]]})))
