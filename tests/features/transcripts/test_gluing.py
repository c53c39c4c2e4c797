"""Pieces of words."""

from __future__ import annotations

import math

from hanrock_sk.features.transcripts.gluing import glue
from hanrock_sk.features.transcripts.utterance import Utterance


def test_pieces():
    words = [
        Utterance("-", 0.0, 1.0, "A", "1"),
        Utterance("x", 1.0, 2.0, "A", "2"),
        Utterance("?", math.nan, math.nan, "A", "3"),
        Utterance("!", 2.0, 3.0, "B", "4"),
    ]
    found = glue(words, [True, True, True, True])
    assert [(word.text, word.start, word.end) for word in found] == [
        ("-x?", 0.0, 2.0),
        ("!", 2.0, 3.0),
    ]
