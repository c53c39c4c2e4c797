"""From vectors of an encoder's word pieces to vectors of our words.

An encoder splits a text into pieces of its own: several in a rare word, one where we
see two words, none for what its tokenizer drops. Pieces and words are matched by the
characters of the raw text that they stand for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Spans = Sequence[tuple[int, int]]
"""Words of a text, each ``text[start:end]``."""


@dataclass(frozen=True)
class Pieces:
    """The word pieces of a text.

    Attributes
    ----------
    ids : ndarray of int64, shape (n_pieces,)
        What the encoder reads.
    offsets : ndarray of int64, shape (n_pieces, 2)
        Each stands for ``text[start:end]``.
    special : ndarray of bool, shape (n_pieces,)
        Which ones the encoder adds to every text, at its beginning and end.
    cut : bool
        Whether the text goes on, because it is longer than the encoder reads.
    """

    ids: np.ndarray
    offsets: np.ndarray
    special: np.ndarray
    cut: bool


def merge_pieces(
    hidden: np.ndarray, pieces: Sequence[Pieces], words: Sequence[Spans], how: str
) -> list[np.ndarray]:
    """Merge the vectors of pieces into vectors of words.

    Parameters
    ----------
    hidden : ndarray of float32, shape (n_texts, n_pieces, width)
        The encoder's vectors, of texts with equally many pieces.
    pieces : sequence of Pieces, length n_texts
        What they stand for.
    words : sequence of spans, length n_texts
        The words of each text.
    how : {"mean", "first"}
        Which of the pieces of a word count.

    Returns
    -------
    vectors : list of ndarray of float32, shape (n_words or 1, width)
        A word without a piece has the mean of all pieces of its text but the special
        ones. A text without words has one vector, the mean of all its pieces. Each
        vector is computed from its own text in the same order, whatever stands beside.
    """
    width = hidden.shape[2]
    counts = [len(spans) for spans in words]
    text = np.repeat(np.arange(len(words)), counts)
    spans = np.array([s for of_text in words for s in of_text], np.int64).reshape(-1, 2)
    offsets = np.stack([of_text.offsets for of_text in pieces])
    special = np.stack([of_text.special for of_text in pieces])
    stands = ~special & (offsets[:, :, 0] < offsets[:, :, 1])  # for characters at all
    overlap = (
        (offsets[text, :, 0] < spans[:, 1:])
        & (offsets[text, :, 1] > spans[:, :1])
        & stands[text]
    )
    n_pieces = overlap.sum(axis=1)
    has_piece = n_pieces > 0
    merged = np.empty((len(spans), width), dtype=np.float32)
    if how == "first":
        merged[has_piece] = hidden[text, overlap.argmax(axis=1)][has_piece]
    elif has_piece.any():
        word, piece = np.nonzero(overlap)
        begins = np.flatnonzero(np.diff(word, prepend=-1))
        sums = np.add.reduceat(hidden[text[word], piece], begins, axis=0)
        merged[has_piece] = sums / n_pieces[has_piece, None].astype(np.float32)
    for row in np.flatnonzero(~has_piece):
        read = hidden[text[row]]
        inner = ~special[text[row]]
        merged[row] = _mean(read[inner] if inner.any() else read)
    ends = np.cumsum(counts)
    return [
        merged[end - count : end] if count else _mean(hidden[number])[None]
        for number, (count, end) in enumerate(zip(counts, ends, strict=True))
    ]


def _mean(vectors: np.ndarray) -> np.ndarray:
    """Return the mean over pieces; zeros where the encoder reads nothing at all."""
    if not len(vectors):
        return np.zeros(vectors.shape[1], dtype=np.float32)
    return vectors.mean(axis=0, dtype=np.float32)
