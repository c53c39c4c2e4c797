"""Rows: as many as came in, in their order, each read in its own conversation alone."""

from __future__ import annotations

import numpy as np
import pytest
from every_estimator import assert_same, said_of, taken

TOLERANCE = 1e-5
"""Between the same talkturn in tables of different sizes: float32 products of other
shapes round otherwise."""


def test_one_answer_for_every_row(case, frame, fitted):
    columns, _ = case.data()
    for values in said_of(fitted, frame(columns)).values():
        assert len(values) == len(columns["text"])


@pytest.mark.parametrize("kept", [[0], [1, 4], [5, 3, 0]])
def test_conversations_alone_are_read_as_among_others(case, frame, fitted, kept):
    columns, _ = case.data()
    expected = said_of(fitted, frame(columns))
    conversation = np.array(columns["conversation"])
    rows = np.concatenate([np.flatnonzero(conversation == who) for who in kept])
    found = said_of(fitted, frame(taken(columns, rows)))
    assert_same(found, taken(expected, rows), TOLERANCE)


def test_conversations_may_interleave(case, frame, fitted):
    columns, _ = case.data()
    expected = said_of(fitted, frame(columns))
    conversation = np.array(columns["conversation"])
    # Whose turn it is, is drawn; each conversation's own order stays.
    turns = np.random.default_rng(1).permutation(conversation)
    rows = np.empty(len(turns), dtype=int)
    for who in np.unique(conversation):
        rows[turns == who] = np.flatnonzero(conversation == who)
    assert (np.diff(rows) < 0).any()
    found = said_of(fitted, frame(taken(columns, rows)))
    assert_same(found, taken(expected, rows), TOLERANCE)


def test_the_names_of_conversations_say_nothing(case, frame, fitted):
    columns, _ = case.data()
    names = [("meeting", 99 - who) for who in columns["conversation"]]
    if frame.__module__.startswith("polars"):  # has no column of tuples
        names = [str(name) for name in names]
    found = said_of(fitted, frame(columns | {"conversation": names}))
    found["conversation"] = expected = columns["conversation"]
    expected = said_of(fitted, frame(columns)) | {"conversation": expected}
    assert_same(found, expected)
