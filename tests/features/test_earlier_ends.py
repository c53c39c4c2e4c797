"""When earlier talkturns were over, against a look at all of them."""

from __future__ import annotations

from math import isnan, nan

import numpy as np
import pytest

from hanrock_sk.features.earlier_ends import Before, latest_end_before
from hanrock_sk.talkturns.table import read_table


def naive_ends(names, end, endless, earlier):
    """Look at all talkturns above, one talkturn at a time."""
    over, unknown = [], []
    for row, name in enumerate(names):
        above = [other for other in range(row) if names[other] == name]
        known = [end[other] for other in above if not isnan(end[other])]
        over.append(max(known, default=nan) if above else earlier.over)
        unknown.append(endless[above[-1]] if above else earlier.unknown)
    return over, unknown


@pytest.mark.parametrize("earlier", [Before(), Before(7.5, True)])
def test_interleaved_conversations(frame, earlier):
    random = np.random.default_rng(0)
    names = random.integers(4, size=60).tolist()
    end = np.where(random.random(60) < 0.3, np.nan, random.uniform(0, 9, size=60))
    endless = random.random(60) < 0.3
    table = read_table(frame({"talk": names}))
    over, unknown = latest_end_before(table, "talk", end, endless, earlier)
    expected, unknown_expected = naive_ends(names, end, endless, earlier)
    np.testing.assert_array_equal(over, expected)
    assert unknown.tolist() == unknown_expected


def test_the_longest_counts_and_not_the_last(frame):
    end, endless = np.array([4.0, 9.0, 5.0, 6.0]), np.array([False, False, True, False])
    table = read_table(frame({"talk": ["a"] * 4}))
    over, unknown = latest_end_before(table, "talk", end, endless, Before())
    np.testing.assert_array_equal(over, [nan, 4, 9, 9])
    assert unknown.tolist() == [False, False, False, True]
