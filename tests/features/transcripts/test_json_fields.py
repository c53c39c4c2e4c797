"""Fields of JSON objects."""

from __future__ import annotations

import math

import pytest

from hanrock_sk.features.transcripts.json_fields import (
    at,
    is_list_of,
    name_of,
    objects,
    seconds,
    text_of,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1, 1.0), (0.25, 0.25), ("0.300s", 0.3), ("12s", 12.0), ("0.3", 0.3)],
)
def test_times(value, expected):
    assert seconds({"start": value}, "start", "a.json", "words[0]") == expected


def test_no_time():
    assert math.isnan(seconds({}, "start", "a.json", "words[0]"))
    assert math.isnan(seconds({"start": None}, "start", "a.json", "words[0]"))


@pytest.mark.parametrize("value", ["soon", True, [1], float("inf")])
def test_what_is_no_time(value):
    with pytest.raises(ValueError, match=r"a\.json, words\[0\]: start"):
        seconds({"start": value}, "start", "a.json", "words[0]")


def test_texts():
    assert text_of({"word": " hi "}, "word", "a.json", "words[0]") == "hi"
    for item in ({"word": 3}, "word", None):
        with pytest.raises(ValueError, match=r"a\.json, words\[0\]: word must be"):
            text_of(item, "word", "a.json", "words[0]")
    with pytest.raises(
        ValueError, match=r"words\[0\] has no field 'word'; it has \[\]"
    ):
        text_of({}, "word", "a.json", "words[0]")


def test_names():
    names = [name_of(v) for v in (1, 0, "A b ", 2.0, "", None, True, {"id": 3}, [])]
    assert names == ["1", "0", "A b", "2", None, None, None, "3", None]


def test_ways_into_json():
    content = {"results": [{"words": [1]}]}
    assert at(content, "results", 0, "words", 0) == 1
    assert at(content, "results", 1, "words") is None
    assert at(content, "results", "words") is None
    assert is_list_of(content["results"], "words")
    assert not is_list_of(content, "words")
    assert list(objects([{"a": 1}], "a.json", "x")) == [("x[0]", {"a": 1})]
    with pytest.raises(ValueError, match=r"a\.json, x: expected a list, got 1"):
        list(objects(1, "a.json", "x"))
