"""What a scheme reads of the talkturns: their order, groups and texts."""

from __future__ import annotations

from dataclasses import replace

import pytest

TABLE = {
    "talk": ["b", "a", "b", "c", "a"],
    "said": ["one", "two", "three", "four", "five"],
    "told": ["1", "2", "3", "4", "5"],
}


@pytest.fixture
def data(frame, tasks):
    """The talkturns of three conversations, some between others."""
    return replace(
        tasks(a=True), X=frame(TABLE), conversation="talk", text="said", narrative="-"
    )


def test_conversations_in_order(data):
    assert data.conversations.order.tolist() == [0, 2, 1, 4, 3]
    assert data.conversations is data.conversations  # read once


def test_groups_of_rows(data):
    """The place of a conversation's first talkturn among all, in order."""
    assert data.groups.tolist() == [0, 2, 0, 4, 2]


def test_without_the_column_each_row_is_a_group(data):
    assert replace(data, conversation="call").groups.tolist() == [0, 1, 2, 3, 4]


def test_the_narrative_is_read_where_there_is_one(data):
    assert data.texts == TABLE["said"]
    assert replace(data, narrative="told").texts == TABLE["told"]
