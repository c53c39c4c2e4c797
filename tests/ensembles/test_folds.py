"""Folds of conversations, as a splitter."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.model_selection import LeaveOneGroupOut

from hanrock_sk.ensembles.folds import ConversationFolds
from hanrock_sk.ensembles.labelled_rows import LabelledRows


def rows(n_conversations, classes=("a", "b")):
    numbers = np.repeat(np.arange(n_conversations), 4)
    every = np.ones(len(numbers), dtype=bool)
    known = None if classes is None else np.array(classes)
    return LabelledRows(
        ["x"] * len(numbers), numbers, np.arange(len(numbers)), every, known
    )


@pytest.mark.parametrize("classes", [("a", "b"), None])
@pytest.mark.parametrize(
    ("cv", "n_folds"), [(None, 5), (3, 3), (LeaveOneGroupOut(), 8)]
)
def test_each_conversation_is_tested_on_once(cv, n_folds, classes):
    X = rows(8, classes)
    y = np.arange(32) % 2
    folds = ConversationFolds(cv)
    assert folds.get_n_splits(X, y) == n_folds
    tested = []
    for train, test in folds.split(X, y):
        assert not set(X.groups[train]) & set(X.groups[test])
        assert len(train) + len(test) == 32
        tested += sorted(set(X.groups[test].tolist()))
    assert sorted(tested) == list(range(8))


def test_no_more_folds_than_conversations():
    assert ConversationFolds(5).get_n_splits(rows(3)) == 3
