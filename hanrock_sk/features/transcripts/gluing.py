"""Words that come in pieces, and punctuation that comes as words of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hanrock_sk.features.transcripts.utterance import Utterance


def glue(words: Sequence[Utterance], joined: Sequence[bool]) -> list[Utterance]:
    """Put pieces to the words before them.

    Parameters
    ----------
    words : sequence of Utterance
        Words and pieces.
    joined : sequence of bool
        Which of them belong to the one before, without a blank between.

    Examples
    --------
    >>> from hanrock_sk.features.transcripts.gluing import glue
    >>> pieces = ("don", "'t", "go", ".")
    >>> words = [Utterance(text, 0.0, 1.0, None, "") for text in pieces]
    >>> [word.text for word in glue(words, [False, True, False, True])]
    ["don't", 'go.']
    """
    glued: list[Utterance] = []
    for word, to_before in zip(words, joined, strict=True):
        if to_before and glued and glued[-1].speaker == word.speaker:
            before = glued[-1]
            end = before.end if math.isnan(word.end) else word.end
            glued[-1] = before._replace(text=before.text + word.text, end=end)
        else:
            glued.append(word)
    return glued
