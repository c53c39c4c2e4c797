"""Fields of JSON objects."""

from __future__ import annotations

import math

import pytest

from hanrock_sk.features.transcripts.json_fields import seconds, text_of


@pytest.mark.parametrize(
    ("value", "expected"), [(1, 1.0), (0.25, 0.25), ("0.300s", 0.3), ("12s", 12.0)]
)
def test_times(value, expected):
    assert seconds({"start": value}, "start", "a.json", "words[0]") == expected


def test_no_time():
    assert math.isnan(seconds({}, "start", "a.json", "words[0]"))
    assert math.isnan(seconds({"start": None}, "start", "a.json", "words[0]"))


@pytest.mark.parametrize("value", ["0.3", "soon", True, [1], float("inf")])
def test_what_is_no_time(value):
    with pytest.raises(ValueError, match=r"a\.json, words\[0\]: start"):
        seconds({"start": value}, "start", "a.json", "words[0]")


def test_texts():
    assert text_of({"word": " hi "}, "word", "a.json", "words[0]") == "hi"
    for item in ({}, {"word": 3}, "word", None):
        with pytest.raises(ValueError, match=r"a\.json, words\[0\]: word must be"):
            text_of(item, "word", "a.json", "words[0]")
