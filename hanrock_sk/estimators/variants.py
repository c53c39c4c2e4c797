"""Talkturns with words left out, encoded by the word encoders of a network."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from hanrock_sk.estimators.fitted import ENCODED_PIECES, FittedNetwork, batched
from hanrock_sk.estimators.reading import Talkturns
from hanrock_sk.estimators.talkturn_data import piece_words
from hanrock_sk.estimators.text_without_words import leave_out
from hanrock_sk.estimators.word_reader import WordReader, bag_rows
from hanrock_sk.model.inputs import WordProducts
from hanrock_sk.model.layout.bags import BagRows, ranges
from hanrock_sk.model.layout.batch_targets import whole_conversations
from hanrock_sk.model.layout.batches import ContextualRows, TokenTable, make_batch
from hanrock_sk.model.records import Masks
from hanrock_sk.text.tokenizer import token_spans
from hanrock_sk.text.vocabulary import EMPTY, EMPTY_WORD


@dataclass(frozen=True)
class Variants:
    """Talkturns, each with some of its words.

    Attributes
    ----------
    positions : ndarray of int64, shape (n_variants,)
        Which talkturn each is a variant of.
    kept : ndarray of int64, shape (n_kept,)
        The words that are left in, as numbers within their talkturn, rising; variant
        after variant.
    offsets : ndarray of int64, shape (n_variants + 1,)
        Where each variant's words begin in `kept`.
    unknown : ndarray of int64, shape (n_variants,), or None
        The column of features that is missing in each; None if all are there.
    """

    positions: np.ndarray
    kept: np.ndarray
    offsets: np.ndarray
    unknown: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.positions)

    @classmethod
    def whole(cls, positions: np.ndarray, lengths: np.ndarray) -> Variants:
        """Leave nothing out; `lengths` are the words of each talkturn."""
        kept = ranges(np.zeros_like(lengths), lengths)
        return cls(positions, kept, np.concatenate([[0], np.cumsum(lengths)]))

    @classmethod
    def without_each_word(cls, positions: np.ndarray, lengths: np.ndarray) -> Variants:
        """Leave each word of each talkturn out, one at a time, in order."""
        of_variants = np.repeat(lengths, lengths)
        left_out = ranges(np.zeros_like(lengths), lengths)
        words = ranges(np.zeros_like(of_variants), of_variants)
        stay = words != np.repeat(left_out, of_variants)
        offsets = np.concatenate([[0], np.cumsum(of_variants - 1)])
        return cls(np.repeat(positions, lengths), words[stay], offsets)

    @classmethod
    def without_each_feature(
        cls, positions: np.ndarray, lengths: np.ndarray, n_columns: int
    ) -> Variants:
        """Take each column of features for missing, one at a time, in order."""
        positions, lengths = (np.repeat(v, n_columns) for v in (positions, lengths))
        unknown = np.arange(len(positions)) % n_columns
        return replace(cls.whole(positions, lengths), unknown=unknown)

    @classmethod
    def silent(cls, positions: np.ndarray) -> Variants:
        """Leave all words out: nothing was said."""
        nothing = np.zeros(0, dtype=np.int64)
        return cls(positions, nothing, np.zeros(len(positions) + 1, dtype=np.int64))


@dataclass(frozen=True)
class Encoded:
    """Talkturns as the word encoders made them.

    Attributes
    ----------
    s : Tensor of shape (n, branches, units)
        Talkturn vectors.
    sentences : ndarray of float32, shape (n, width), or None
        The mean of the encoder's vectors of the words said.
    bags : BagRows or None
        Bags of words.
    """

    s: Tensor
    sentences: np.ndarray | None
    bags: BagRows | None

    def __len__(self) -> int:
        return len(self.s)

    def followed_by(self, other: Encoded) -> Encoded:
        """Put others behind these."""
        sentences, bags = None, None
        if self.sentences is not None and other.sentences is not None:
            sentences = np.concatenate([self.sentences, other.sentences])
        if self.bags is not None and other.bags is not None:
            bags = BagRows.joined([self.bags, other.bags])
        return Encoded(torch.cat([self.s, other.s]), sentences, bags)

    def taken(self, which: np.ndarray) -> Encoded:
        """Return some of them."""
        sentences, bags = None, None
        if self.sentences is not None:
            sentences = self.sentences[which]
        if self.bags is not None:
            rows = self.bags
            lengths = rows.offsets[which + 1] - rows.offsets[which]
            entries = ranges(rows.offsets[which], lengths)
            bags = BagRows(
                rows.ids[entries],
                np.concatenate([[0], np.cumsum(lengths)]),
                rows.weights[entries],
                rows.size,
                rows.before,
            )
        index = torch.from_numpy(which).to(self.s.device)
        return Encoded(self.s.index_select(0, index), sentences, bags)


class VariantEncoder:
    """Encodes talkturns of a table with any of their words left out.

    What is left are the words that the model read, less those left out: of a talkturn
    longer than `max_words` no further word moves up. An encoder reads the raw text
    without the pieces of these words, and reads it anew. A talkturn without a word is
    one in which nothing was said.

    Parameters
    ----------
    network : FittedNetwork
        What encodes.
    talkturns : Talkturns
        The table's talkturns.

    Attributes
    ----------
    table : TokenTable
        Their words, by position.
    words : list of list of str
        Their words, by position.
    lengths : ndarray of int64, shape (n_talkturns,)
        How many each has.
    features : tuple of str
        The columns of features that the network reads.
    """

    def __init__(self, network: FittedNetwork, talkturns: Talkturns) -> None:
        self.network = network
        self._reader = _without_cache(network.reader)
        self._module = network.net.module_.eval()
        self.table = self._reader.token_table(talkturns, encode=False)
        order = talkturns.conversations.order.tolist()
        said = talkturns.said or talkturns.texts
        columns = self._reader.features
        self.features = () if columns is None else columns.names
        self._texts = [talkturns.texts[row] for row in order]
        self._said = [said[row] for row in order]
        self.words = [self._reader.words_of(text) for text in self._texts]
        self.lengths = np.diff(self.table.offsets)
        self._beyond = None
        if self.table.beyond is not None:
            self._beyond = torch.from_numpy(self.table.beyond).to(network.device)
        self._places: dict[int, tuple[int, str, list[tuple[int, int]]]] = {}

    def encode(self, variants: Variants) -> Encoded:
        """Encode variants.

        Parameters
        ----------
        variants : Variants
            At least one.

        Returns
        -------
        encoded : Encoded
            In their order.
        """
        table, device = self._tokens(variants), self.network.device
        everything = np.arange(len(variants))
        pieces = whole_conversations(table, everything, 1, piece_words(device))
        s, sentences = None, None
        contextual = self._reader.encoder is not None
        for some in batched(pieces, ENCODED_PIECES if contextual else 1):
            if contextual:
                read = np.concatenate(some)
                table = replace(table, contextual=self._contextual(variants, read))
            for part in some:
                batch = make_batch(table, part, 1).to(device)
                with torch.inference_mode():
                    products = None if contextual else self._products
                    vectors, _ = self._module.encode(batch, Masks(), products)
                if s is None:
                    s = vectors.new_empty(len(variants), *vectors.shape[1:])
                s[torch.from_numpy(batch.talkturn_positions).to(device)] = vectors
                if batch.sentences is not None:
                    means = batch.sentences.cpu().numpy()
                    if sentences is None:
                        sentences = np.empty((len(variants), means.shape[1]), "f4")
                    sentences[batch.targets] = means
        assert s is not None
        return Encoded(s, sentences, self._bags(variants))

    @cached_property
    def _products(self) -> WordProducts:
        """The input products of all words, each of which is read many times."""
        said = np.append(np.unique(self.table.ids), EMPTY).astype(np.int64)
        with torch.inference_mode():
            words = torch.from_numpy(np.unique(said)).to(self.network.device)
            return self._module.know_words(words, self._beyond)

    def _tokens(self, variants: Variants) -> TokenTable:
        lengths = np.diff(variants.offsets)
        begins = self.table.offsets[variants.positions]
        ids = self.table.ids[np.repeat(begins, lengths) + variants.kept]
        silent = np.flatnonzero(lengths == 0)
        ids = np.insert(ids, variants.offsets[silent], EMPTY)
        offsets = np.concatenate([[0], np.cumsum(np.maximum(lengths, 1))])
        first = np.arange(len(variants))
        features = self.table.features
        if features is not None:
            features = features[variants.positions]
            columns = self._reader.features
            if variants.unknown is not None and columns is not None:
                features = columns.without(features, variants.unknown)
        return TokenTable(
            ids, offsets, first, beyond=self.table.beyond, features=features
        )

    def _bags(self, variants: Variants) -> BagRows | None:
        if self._reader.bag is None:
            return None
        bounds, kept = variants.offsets.tolist(), variants.kept.tolist()
        said = (
            _chosen(self.words[position], kept[bounds[number] : bounds[number + 1]])
            for number, position in enumerate(variants.positions.tolist())
        )
        return bag_rows(self._reader.bag, said)

    def _contextual(self, variants: Variants, read: np.ndarray) -> ContextualRows:
        """Let the encoder read the variants `read`."""
        told, raw, spans = [], [], []
        for variant in read.tolist():
            start, stop = variants.offsets[variant : variant + 2]
            n_told, source, places = self._place(
                int(variants.positions[variant]), variants.kept[start:stop]
            )
            told.append(n_told)
            raw.append(source)
            spans.append(places)
        encoded = self._reader.encoder.encode_words(raw, spans)
        width = self._reader.encoder.width
        pieces, begins, total = [], [], 0
        for n_told, vectors in zip(told, encoded, strict=True):
            begins.append(total)
            pieces += [np.zeros((n_told, width), dtype=np.float16), vectors]
            total += n_told + len(vectors)
        starts = np.zeros(len(variants), dtype=np.int64)
        skipped = np.zeros(len(variants), dtype=np.int64)
        starts[read], skipped[read] = begins, told
        rows = np.concatenate(pieces).astype(np.float16, copy=False)
        return ContextualRows(rows, starts, skipped)

    def _place(
        self, position: int, kept: np.ndarray
    ) -> tuple[int, str, list[tuple[int, int]]]:
        """Say what the encoder reads of a variant; see `WordReader.place`."""
        if position not in self._places:
            self._places[position] = self._reader.place(
                self._texts[position], self._said[position]
            )
        n_told, raw, spans = self._places[position]
        if len(kept) == self.lengths[position]:
            return n_told, raw, spans
        if not len(kept):
            return 0, "", []
        n_kept_told = int(np.searchsorted(kept, n_told))
        if n_kept_told == len(kept) and n_told:
            # Nothing said is left: of such a talkturn the narrative is read.
            text = self._texts[position]
            _, spans = token_spans(text, self._reader.max_words)
            return 0, *leave_out(text, spans, kept.tolist())
        said = (kept[n_kept_told:] - n_told).tolist()
        return n_kept_told, *leave_out(raw, spans, said)


def _chosen(words: list[str], kept: list[int]) -> list[str]:
    """Return the words that were said of those kept: none of an empty talkturn."""
    return [] if words == [EMPTY_WORD] else [words[number] for number in kept]


def _without_cache(reader: WordReader) -> WordReader:
    """Return a reader whose encoder doesn't keep variants on disk."""
    if getattr(reader.encoder, "cache", None) is None:
        return reader
    reader = copy(reader)
    reader.encoder = copy(reader.encoder)
    reader.encoder.cache = None
    return reader
