"""Talkturns as rows of vectors: what the network reads of a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np

from hanrock_sk.estimators.feature_columns import FeatureColumns
from hanrock_sk.estimators.reading import Talkturns
from hanrock_sk.model.layout.bags import BagRows
from hanrock_sk.model.layout.batches import ContextualRows, TokenTable
from hanrock_sk.text import ContextualVectors, Vocabulary
from hanrock_sk.text.bag_of_words import BagOfWords
from hanrock_sk.text.static_vectors import StaticVectors, as_source
from hanrock_sk.text.tokenizer import first_tokens, token_spans


def is_encoder(embeddings: Any) -> bool:
    """Whether word vectors depend on the talkturn that the word stands in."""
    return hasattr(embeddings, "encode_words")


def split_embeddings(embeddings: Any) -> tuple[Any, Any]:
    """Split what a user passes into static vectors and an encoder.

    Raises
    ------
    ValueError
        If a list has more than one of a kind.
    """
    if not isinstance(embeddings, list | tuple):
        embeddings = [embeddings]
    encoders = [each for each in embeddings if is_encoder(each)]
    static = [each for each in embeddings if not is_encoder(each)]
    if len(encoders) > 1 or len(static) > 1:
        raise ValueError(
            "embeddings takes one encoder and one source of static vectors at most, "
            f"got {len(encoders)} and {len(static)}."
        )
    return (static or [None])[0], (encoders or [None])[0]


class WordReader:
    """Turns texts into words, and words into rows of vectors.

    Its attribute `features` says which columns of numbers and codes it reads, too.

    Parameters
    ----------
    vocabulary : Vocabulary
        The words of the training.
    vectors : StaticVectors
        Where the vectors of other words are.
    max_words : int or None
        Words read of a talkturn.
    encoder : object or None, default=None
        Gives each word a vector as it stands in its talkturn; see
        `hanrock_sk.text.ContextualVectors`.
    bag : BagOfWords or None, default=None
        The features of the direct way.
    fingerprint : str or None, default=None
        The fingerprint that the encoder had in training.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        vectors: StaticVectors,
        max_words: int | None,
        encoder: Any = None,
        bag: BagOfWords | None = None,
        fingerprint: str | None = None,
    ) -> None:
        self.vocabulary, self.vectors = vocabulary, vectors
        self.max_words, self.encoder, self.bag = max_words, encoder, bag
        self.fingerprint = fingerprint
        self.features: FeatureColumns | None = None
        self._is_checked = fingerprint is None

    @classmethod
    def learn(
        cls,
        texts: Sequence[str],
        embeddings: Any,
        min_count: int,
        max_words: int | None,
        labelled: Sequence[str] | None = None,
    ) -> WordReader:
        """Learn the vocabulary of the training.

        Parameters
        ----------
        texts : sequence of str
            The talkturns trained on.
        embeddings : object
            Where given vectors are; see `split_embeddings`.
        min_count : int
            Rarer words are unknown words, unless they have a given vector.
        max_words : int or None
            Words read of a talkturn.
        labelled : sequence of str or None, default=None
            Those of them whose words the direct way may know. A word that no label
            teaches would only make the others of its talkturn count less. None does
            without a direct way.
        """
        static, encoder = split_embeddings(embeddings)
        if isinstance(encoder, ContextualVectors):
            encoder = copy(encoder)  # whose attributes a user may set later
        vectors = StaticVectors(as_source(static))
        vocabulary = Vocabulary.build(
            texts, min_count, has_vector=lambda words: vectors.look_up(words)[1]
        )
        bag = None
        if labelled is not None:
            bag = BagOfWords.learn(
                first_tokens(text, max_words)[0] for text in labelled
            )
        fingerprint = None if encoder is None else encoder.fingerprint()
        return cls(vocabulary, vectors, max_words, encoder, bag, fingerprint)

    def token_table(
        self,
        talkturns: Talkturns,
        encode: bool = True,
        features: np.ndarray | None = None,
    ) -> TokenTable:
        """Tokenise talkturns.

        Parameters
        ----------
        talkturns : Talkturns
            By row.
        encode : bool, default=True
            Whether to give the words the encoder's vectors, if there is one; see
            `with_contextual`.
        features : ndarray of float32, shape (n_talkturns, width), or None, default=None
            Numbers and codes by row; read from the table by default.

        Returns
        -------
        table : TokenTable
            By position. A word that training did not have is unknown, unless it has a
            given vector.
        """
        order = talkturns.conversations.order
        texts = [talkturns.texts[row] for row in order]
        tokens = self.vocabulary.encode(texts, self.max_words, self._look_up_new)
        bags = None
        if self.bag is not None:
            words = (first_tokens(text, self.max_words)[0] for text in texts)
            bags = bag_rows(self.bag, words)
        if self.features is not None and features is None:
            features = self.features.encode(talkturns.table)
        speakers = talkturns.speakers
        table = TokenTable(
            tokens.ids,
            tokens.offsets,
            talkturns.conversations.first,
            beyond=tokens.beyond,
            speakers=None if speakers is None else speakers[order],
            bags=bags,
            features=None if features is None else features[order],
        )
        if encode:
            table = self.with_contextual(table, talkturns, np.arange(len(order)))
        return table

    def with_contextual(
        self, table: TokenTable, talkturns: Talkturns, positions: np.ndarray
    ) -> TokenTable:
        """Give some talkturns the vectors of the encoder, if there is one.

        Each distinct text is encoded once. Where a narrative is read, the words said
        get the vectors of the raw text; what the narrator adds has none.

        Parameters
        ----------
        table : TokenTable
            All talkturns.
        talkturns : Talkturns
            The same.
        positions : ndarray of int64
            Which of them will be read.

        Returns
        -------
        table : TokenTable
            The others have rows that are not theirs.
        """
        if self.encoder is None:
            return table
        self._check_encoder()
        rows = talkturns.conversations.order[positions]
        said = talkturns.said or talkturns.texts
        pairs = [(talkturns.texts[row], said[row]) for row in rows]
        number = {pair: i for i, pair in enumerate(dict.fromkeys(pairs))}
        raw, spans, told = [], [], []
        for text, verbatim in number:
            n_told, source, places = self.place(text, verbatim)
            told.append(n_told)
            raw.append(source)
            spans.append(places)
        encoded = self.encoder.encode_words(raw, spans)
        width = self.encoder.width
        pieces, begins, total = [], [], 0
        for n_told, vectors in zip(told, encoded, strict=True):
            begins.append(total)
            pieces += [np.zeros((n_told, width), dtype=np.float16), vectors]
            total += n_told + len(vectors)
        which = np.array([number[pair] for pair in pairs])
        starts = np.zeros(len(table), dtype=np.int64)
        skipped = np.zeros(len(table), dtype=np.int64)
        starts[positions] = np.array(begins, dtype=np.int64)[which]
        skipped[positions] = np.array(told, dtype=np.int64)[which]
        vectors = np.concatenate(pieces).astype(np.float16, copy=False)
        return replace(table, contextual=ContextualRows(vectors, starts, skipped))

    def _check_encoder(self) -> None:
        """Refuse an encoder that is not the one of the training."""
        if self._is_checked:
            return
        here = self.encoder.fingerprint()
        if here != self.fingerprint:
            raise ValueError(
                f"This model was trained on the vectors of {self.encoder!r} with the "
                f"fingerprint {self.fingerprint}; the encoder of that name here has "
                f"{here}. Its vectors would mean something else. Install the one of "
                "the training, or train again."
            )
        self._is_checked = True

    def place(self, text: str, verbatim: str) -> tuple[int, str, list[tuple[int, int]]]:
        """Say how many words are told before those said, and where those stand.

        Returns
        -------
        n_told : int
            Words that the encoder does not read.
        raw : str
            What it reads.
        spans : list of (int, int)
            Where the words stand in it; none in an empty talkturn, whose one word then
            has the vector of the whole.
        """
        words, spans = token_spans(verbatim) if text != verbatim else ([], [])
        if words:
            everything = first_tokens(text, None)[0]
            n_told = len(everything) - len(words)
            n_read = len(everything[: self.max_words])
            if 0 <= n_told < n_read and everything[n_told:] == words:
                return n_told, verbatim, spans[: n_read - n_told]
        return 0, text, token_spans(text, self.max_words)[1]

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


def bag_rows(bag: BagOfWords, talkturns: Iterable[Sequence[str]]) -> BagRows:
    """Weigh the features of talkturns, for the direct way to read."""
    return BagRows(*bag.encode(talkturns), size=len(bag), before=bag.before)
