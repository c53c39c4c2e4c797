"""Words that come in pieces, and punctuation that comes as words of its own."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

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
    return list(glued(zip(words, joined, strict=True)))


def glued(pieces: Iterable[tuple[Utterance, bool]]) -> Iterator[Utterance]:
    """Yield words, pieces put to them, of pairs as `glue` takes them."""
    before: Utterance | None = None
    for word, to_before in pieces:
        if to_before and before is not None and before.speaker == word.speaker:
            end = before.end if math.isnan(word.end) else word.end
            before = before._replace(text=before.text + word.text, end=end)
            continue
        if before is not None:
            yield before
        before = word
    if before is not None:
        yield before
