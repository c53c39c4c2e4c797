"""What is left of a text when words are taken out of it."""

from __future__ import annotations

import pytest

from hanrock_sk.estimators.text_without_words import leave_out
from hanrock_sk.text import token_spans


@pytest.mark.parametrize(
    ("text", "kept", "expected"),
    [
        ("So sad.", [0], "So ."),
        ("So sad.", [1], "sad."),
        ("I can't go", [0, 1, 3], "I ca go"),
        ("a b c", [1], "b "),
        ("½ of it", [0, 2, 3], "½ of it"),  # one and two share a character
    ],
)
def test_leave_out(text, kept, expected):
    words, spans = token_spans(text)
    result, places = leave_out(text, spans, kept)
    assert result == expected
    for number, (begin, end) in zip(kept, places, strict=True):
        if "½" not in text:
            assert result[begin:end].lower() == words[number]
