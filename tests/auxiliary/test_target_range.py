"""The range of action and prosody targets: the labels', or the one named."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.auxiliary.target_range import read_target_range


@pytest.mark.parametrize(
    ("named", "labels", "expected"),
    [
        ("auto", ["a", "b"], (0.0, 1.0)),
        ("auto", [5, 1, 2], (0.0, 1.0)),
        ("auto", [5.0, 1.0, 2.0], (0.0, 1.0)),
        ("auto", [5.0, 1.5, 2.0], (1.5, 5.0)),
        ((1, 5), [0.5, 9.5], (1.0, 5.0)),
        ([-1, 1], ["a", "b"], (-1.0, 1.0)),
    ],
)
def test_a_range(named, labels, expected):
    result = read_target_range(named, np.array(labels), needed=True)
    assert result == expected
    assert [type(end) for end in result] == [float, float]


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ((5, 1), "the lower first, got"),
        ((1, 1), "the lower first, got"),
        ((1, 2, 3), "two finite numbers"),
        ((0, float("inf")), "two finite numbers"),
        ((float("nan"), 1), "two finite numbers"),
        (("low", "high"), "two finite numbers"),
    ],
)
def test_no_range(named, message):
    with pytest.raises(ValueError, match=message):
        read_target_range(named, np.array([0.5, 1.0]), needed=False)


def test_equal_labels_are_none_where_one_is_needed():
    same = np.array([2.5, 2.5])
    assert read_target_range("auto", same, needed=False) == (2.5, 2.5)
    with pytest.raises(ValueError, match=r"All labels of y are 2\.5, .* Name one"):
        read_target_range("auto", same, needed=True)
