"""The words that changed predictions most, over a whole corpus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hanrock_sk._base.rounding import round_value
from hanrock_sk.explain.changes import Occlusion
from hanrock_sk.model.layout.bags import ranges
from hanrock_sk.text.vocabulary import RESERVED

LEAST_COUNT = 3
"""A word said less often is not listed: what it changed may be what stood around it."""

EXAMPLES = 3


@dataclass(frozen=True)
class CorpusWord:
    """A word, and what it changed over a corpus.

    Attributes
    ----------
    word : str
        The word as the model reads it.
    output : object
        The class whose probability it changed; None of a regressor.
    effect : float
        The mean change.
    count : int
        How often it was said, and left out.
    rows : list of int
        The talkturns in which it changed most, in the direction of its mean.

    Examples
    --------
    >>> from hanrock_sk.explain import CorpusWord
    >>> CorpusWord("hopeless", "sad", 0.21, 12, [40, 7]).rows[0]
    40
    """

    word: str
    output: Any
    effect: float
    count: int
    rows: list[int]


def word_list(
    occlusion: Occlusion, n_words: int = 10, least: int = LEAST_COUNT
) -> list[CorpusWord]:
    """Return the words that changed each class most, over a whole corpus.

    Every time a word is said counts, whatever class was predicted: a word that raises
    a class raises it where another one wins, too.

    Parameters
    ----------
    occlusion : Occlusion
        Of a corpus; of the words, those of the predicted talkturns count.
    n_words : int, default=10
        How many of each class; of values, how many that raised and that lowered them.
    least : int, default=3
        How often a word must have been said.

    Returns
    -------
    words : list of CorpusWord
        Class by class, the largest mean change first: words that raised the class.
        Of values: those that raised it, then those that lowered it.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk import explain
    >>> changes = np.array([[0.3, -0.3], [0.1, -0.1]])
    >>> made = explain.Occlusion(
    ...     np.array([0, 1]), ("sad", "glad"), np.full((2, 2), 0.5), np.arange(3),
    ...     np.arange(2), changes, np.arange(3), ["alone", "alone"], changes, "pandas",
    ... )
    >>> [(w.word, w.output, w.effect) for w in explain.word_list(made, least=2)]
    [('alone', 'sad', 0.2)]
    """
    entries = occlusion.own_entries
    begins, ends = (occlusion.word_offsets[entries + k] for k in (0, 1))
    own = ranges(begins, ends - begins)
    rows = np.repeat(occlusion.rows, ends - begins)
    own_words = [occlusion.words[index] for index in own.tolist()]
    tried = np.isfinite(occlusion.word_changes[own, 0])
    tried &= ~np.isin(own_words, RESERVED)
    names, which = np.unique(np.array(own_words, dtype=str)[tried], return_inverse=True)
    changes, rows = occlusion.word_changes[own][tried].astype(np.float64), rows[tried]
    counts = np.bincount(which, minlength=len(names))
    said_enough = np.flatnonzero(counts >= least)
    listed = []
    for number in range(changes.shape[1]):
        sums = np.bincount(which, changes[:, number], minlength=len(names))
        means = sums / np.maximum(counts, 1)
        output = None if occlusion.classes is None else occlusion.classes[number]
        for sign in (1,) if occlusion.classes is not None else (1, -1):
            ranked = said_enough[np.argsort(-sign * means[said_enough], kind="stable")]
            for word in ranked[:n_words]:
                if sign * means[word] <= 0:
                    break
                here = np.flatnonzero(which == word)
                first = here[np.argsort(-sign * changes[here, number], kind="stable")]
                shown = list(dict.fromkeys(rows[first].tolist()))[:EXAMPLES]
                mean, count = round_value(means[word]), int(counts[word])
                listed.append(CorpusWord(str(names[word]), output, mean, count, shown))
    return listed
