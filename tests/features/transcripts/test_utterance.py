"""Words without times."""

from __future__ import annotations

import math

import pytest

from hanrock_sk.features.transcripts.utterance import Utterance, complete_times

NAN = math.nan


def words(*times, speaker="Anna"):
    return [
        Utterance(f"w{place}", start, end, speaker, f"line {place + 1}")
        for place, (start, end) in enumerate(times)
    ]


def times(found):
    return [(word.start, word.end) for word in found]


@pytest.mark.parametrize(
    ("known", "bounds", "expected"),
    [
        # One word between two others takes the gap.
        ([(0, 1), (NAN, NAN), (3, 4)], (), [(0, 1), (1, 3), (3, 4)]),
        # Two share it.
        (
            [(0, 1), (NAN, NAN), (NAN, NAN), (3, 4)],
            (),
            [(0, 1), (1, 2), (2, 3), (3, 4)],
        ),
        # The whole's own times bound the first and the last.
        ([(NAN, NAN), (2, 3), (NAN, NAN)], (1, 5), [(1, 2), (2, 3), (3, 5)]),
        ([(NAN, NAN), (NAN, NAN)], (1, 5), [(1, 3), (3, 5)]),
        # Without those there is no room at the edges.
        ([(NAN, NAN), (2, 3), (NAN, NAN)], (), [(2, 2), (2, 3), (3, 3)]),
        # A whole that ends before its words do is not to be believed.
        ([(NAN, NAN), (2, 3), (NAN, NAN)], (2.5, 2.9), [(2, 2), (2, 3), (3, 3)]),
        # A word may lack one of its times only.
        ([(0, NAN), (2, 3)], (), [(0, 2), (2, 3)]),
        ([(0, 1), (NAN, 3)], (), [(0, 1), (1, 3)]),
        # Silence between words that have times stays silence.
        ([(0, 1), (2, 3), (NAN, NAN), (6, 7)], (), [(0, 1), (2, 3), (3, 6), (6, 7)]),
    ],
)
def test_times_are_estimated_from_the_neighbours(known, bounds, expected):
    assert times(complete_times(words(*known), *bounds)) == expected


def test_no_times_at_all_stay_unknown():
    found = complete_times(words((NAN, NAN)))
    assert math.isnan(found[0].start)
