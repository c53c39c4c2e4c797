"""An encoder of three numbers a word, which are easily told by hand."""

from __future__ import annotations

import numpy as np


class FakeEncoder:
    """Gives a word numbers of its letters, its place, and the whole text."""

    width = 3

    def __init__(self, name="fake"):
        self.name = name
        self.read = []

    def encode_words(self, texts, spans):
        self.read += texts
        return [
            np.array([vector_of(text, span) for span in places or [(0, len(text))]])
            for text, places in zip(texts, spans, strict=True)
        ]

    def fingerprint(self):
        return self.name


def vector_of(text, span):
    """The vector of the word at a place of a text."""
    begin, end = span
    letters = sum(map(ord, text[begin:end].lower()))
    return np.float16([letters % 17 / 8, 1 + begin / 16, sum(map(ord, text)) % 13 / 8])
