"""Static word vectors: one vector a word, whatever stands around it.

What `embeddings=` of an estimator names, seen as a source of vectors: a file, a
mapping, or nothing, from which every vector is drawn.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hanrock_sk.text.embeddings import NoVectors, load_embeddings
from hanrock_sk.text.vocabulary import RESERVED, Vocabulary

RANDOM_SPREAD = 0.1
"""Standard deviation of vectors that are drawn where none are given."""


class StaticVectors:
    """A source of word vectors.

    Every word is looked up in the source once: training reads a file of vectors once,
    prediction only where there are words that nobody asked for before.

    Parameters
    ----------
    source : None, str, path-like or mapping
        What `load_embeddings` reads; None has no vectors.

    Examples
    --------
    >>> from hanrock_sk.text.static_vectors import StaticVectors
    >>> vectors, known = StaticVectors({"yes": [1.0, 2.0]}).look_up(["no", "yes"])
    >>> vectors[known].tolist(), known.tolist()
    ([[1.0, 2.0]], [False, True])
    """

    def __init__(self, source: Any) -> None:
        self.source = source
        self._seen: dict[str, np.ndarray | None] = {}

    def look_up(self, words: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Take the vectors of some words.

        Parameters
        ----------
        words : sequence of str
            Each once.

        Returns
        -------
        vectors : ndarray of float32, shape (n_words, width)
            Zeros for words without one; of no width if the source has none of them.
        known : ndarray of bool, shape (n_words,)
            Which words have one.
        """
        new = self._unseen(words)
        if new and self.source is not None:
            try:
                matrix, known = load_embeddings(self.source, new)
            except NoVectors:
                known = np.zeros(len(new), dtype=bool)
            for row, word in enumerate(new):
                self._seen[word] = matrix[row] if known[row] else None
        return self._take(words)

    def _unseen(self, words: Sequence[str]) -> list[str]:
        return [word for word in words if word not in self._seen]

    def _take(self, words: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return the vectors of the words that have been looked up."""
        taken = [self._seen.get(word) for word in words]
        width = max((len(v) for v in taken if v is not None), default=0)
        vectors = np.zeros((len(words), width), dtype=np.float32)
        for row, vector in enumerate(taken):
            if vector is not None:
                vectors[row] = vector
        return vectors, np.array([vector is not None for vector in taken], dtype=bool)

    def look_up_new(self, words: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Take the vectors of words that training did not have; see `look_up`.

        Warns
        -----
        UserWarning
            If the file of vectors is not there any more: the words are then unknown.
        """
        is_file = isinstance(self.source, str | os.PathLike)
        if not is_file or os.path.exists(self.source):
            return self.look_up(words)
        if new := self._unseen(words):
            warnings.warn(
                f"{len(new)} words that training did not have are unknown to the "
                f"model, because its word vectors, {os.fspath(self.source)}, are not "
                "here.",
                UserWarning,
                stacklevel=2,
            )
        return self._take(words)

    def start(
        self, vocabulary: Vocabulary, width: int, generator: np.random.Generator
    ) -> np.ndarray:
        """Take the vectors that a network starts from, and draw the others.

        Parameters
        ----------
        vocabulary : Vocabulary
            The words.
        width : int
            Width of the vectors if the source has none.
        generator : numpy.random.Generator
            Draws normal vectors, with the spread of the given ones.

        Returns
        -------
        vectors : ndarray of float32, shape (n_words, width)
            Unknown words and empty talkturns, about which nothing is known, are zeros.

        Raises
        ------
        ValueError
            If the source has a vector for not one of the words.
        """
        if self.source is None:
            given = np.zeros((len(vocabulary), width), dtype=np.float32)
            known = np.zeros(len(vocabulary), dtype=bool)
            spread = RANDOM_SPREAD
        else:
            given, known = self.look_up(vocabulary.words)
            if not known.any():
                load_embeddings(self.source, vocabulary.words)  # raises, with its name
            spread = float(given[known].std())
        vectors = generator.normal(scale=spread, size=given.shape).astype(np.float32)
        vectors[known] = given[known]
        vectors[: len(RESERVED)] = 0
        return vectors

    def __getstate__(self) -> dict[str, Any]:
        """Keep the source alone."""
        return {"source": self.source}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the source; nothing has been looked up yet."""
        self.__init__(state["source"])  # type: ignore[misc]


def as_source(embeddings: Any) -> Any:
    """Return a source that saves without trouble: a path as a string."""
    if isinstance(embeddings, os.PathLike) and not isinstance(embeddings, Mapping):
        return os.fspath(embeddings)
    return embeddings
