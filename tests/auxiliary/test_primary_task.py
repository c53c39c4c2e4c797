"""Labels of the primary task: some must be present; classes or real values."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.utils.multiclass import type_of_target

from hanrock_sk.auxiliary.primary_task import is_real_valued, read_primary_labels


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["happy", "sad"], False),
        ([True, False], False),
        ([1, 2, 5], False),
        ([1.0, 2.0, 5.0], False),
        ([-1.0, 0.0, 1.0], False),
        ([1.0, 2.0, 2.5], True),
        ([-0.5, -0.5], True),
        ([0.25], True),
    ],
)
def test_real_values_are_what_scikit_learn_calls_continuous(labels, expected):
    labels = np.array(labels)
    assert is_real_valued(labels) is expected
    assert (type_of_target(labels) == "continuous") is expected


def test_missing_labels_are_marked_and_kinds_kept():
    values, present = read_primary_labels(["a", None, float("nan"), "b"], 4)
    assert present.tolist() == [True, False, False, True]
    assert values[present].tolist() == ["a", "b"]


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_at_least_one_label_is_needed(missing):
    with pytest.raises(ValueError, match="All 3 labels of y are missing"):
        read_primary_labels([missing] * 3, 3)


def test_the_number_of_labels_must_be_that_of_talkturns():
    with pytest.raises(ValueError, match="2 labels for 3 talkturns"):
        read_primary_labels(["a", "b"], 3)
