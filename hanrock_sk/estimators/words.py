"""Talkturns as rows of word vectors: what the network reads of a text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from hanrock_sk.model.layout.batches import TokenTable
from hanrock_sk.text import Vocabulary
from hanrock_sk.text.static_vectors import StaticVectors, as_source


class WordReader:
    """Turns texts into words, and words into rows of vectors.

    Parameters
    ----------
    vocabulary : Vocabulary
        The words of the training.
    vectors : StaticVectors
        Where the vectors of other words are.
    max_words : int or None
        Words read of a talkturn.
    """

    def __init__(
        self, vocabulary: Vocabulary, vectors: StaticVectors, max_words: int | None
    ) -> None:
        self.vocabulary, self.vectors = vocabulary, vectors
        self.max_words = max_words

    @classmethod
    def learn(
        cls,
        texts: Iterable[str],
        embeddings: Any,
        min_count: int,
        max_words: int | None,
    ) -> WordReader:
        """Learn the vocabulary of the training.

        Parameters
        ----------
        texts : iterable of str
            The talkturns trained on.
        embeddings : None, str, path-like or mapping
            Where given vectors are.
        min_count : int
            Rarer words are unknown words, unless they have a given vector.
        max_words : int or None
            Words read of a talkturn.
        """
        vectors = StaticVectors(as_source(embeddings))
        vocabulary = Vocabulary.build(
            texts, min_count, has_vector=lambda words: vectors.look_up(words)[1]
        )
        return cls(vocabulary, vectors, max_words)

    def token_table(self, texts: Iterable[str], first: np.ndarray) -> TokenTable:
        """Tokenise talkturns.

        Parameters
        ----------
        texts : iterable of str
            Conversation by conversation, in time order.
        first : ndarray of int64, shape (n_talkturns,)
            For each talkturn, the first one of its conversation.

        Returns
        -------
        table : TokenTable
            A word that training did not have is unknown, unless it has a given vector.
        """
        tokens = self.vocabulary.encode(texts, self.max_words, self._look_up_new)
        return TokenTable(tokens.ids, tokens.offsets, first, beyond=tokens.beyond)

    def _look_up_new(self, words: list[str]) -> tuple[np.ndarray, np.ndarray]:
        if self.vectors.source is None:
            return np.empty((len(words), 0), np.float32), np.zeros(len(words), bool)
        return self.vectors.look_up_new(words)

    def words_of(self, text: str) -> list[str]:
        """Return the words that are read of a talkturn, to show to people."""
        return self.vocabulary.tokens_of(text, self.max_words)

    def count_unread(self, text: str) -> int:
        """Count the words of a talkturn that are not read, because it is too long."""
        if self.max_words is None:
            return 0
        return max(0, len(self.vocabulary.tokens_of(text)) - self.max_words)
