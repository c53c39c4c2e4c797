"""Times as people and programs write them."""

from __future__ import annotations

import math

import pytest

from hanrock_sk.features.transcripts.clock import seconds_of


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1", 1.0),
        ("0,25", 0.25),
        (" 1.5 ", 1.5),
        ("1.3s", 1.3),
        ("1500ms", 1.5),
        ("1:30", 90.0),
        ("01:02:03.25", 3723.25),
        ("01:02:03,25", 3723.25),
        ("00:00:01:500", 1.5),
        ("-0:01", -1.0),
        ("PT1H2M3.5S", 3723.5),
        ("PT0S", 0.0),
        ("1e-3", 0.001),
    ],
)
def test_times(text, seconds):
    assert seconds_of(text) == pytest.approx(seconds, abs=1e-12)


def test_no_times():
    assert math.isnan(seconds_of(""))
    assert math.isnan(seconds_of("NaN"))
    for text in ("soon", "1:2:3:4:5", "PT", "1,000,000", "9" * 5000, "inf", "12:"):
        assert seconds_of(text) is None


def test_halves_of_the_day():
    times = ["12:04 AM", "9:03 p.m.", "12:00:05 PM", "9:03am"]
    assert [seconds_of(time) for time in times] == [240, 75780, 43205, 32580]
