"""Which targets are read together, against plain enumerations."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from token_tables import table_of, window_of

from hanrock_sk.model.layout.batch_targets import shuffled_runs, whole_conversations
from hanrock_sk.model.layout.batches import (
    TokenTable,
    make_batch,
)


def is_run(table, positions, targets):
    """Whether targets follow one another, in one conversation, none left out."""
    ranks = np.searchsorted(targets, positions)
    return (np.diff(ranks) == 1).all() and len(set(table.first[positions])) == 1


class TestShuffledRuns:
    table = table_of([1, 30, 7, 50, 3])
    targets = np.flatnonzero(np.random.default_rng(3).random(91) < 0.8)

    def draw(self, batch_size=8, run_length=4, seed=0):
        generator = np.random.default_rng(seed)
        return list(
            shuffled_runs(self.table, self.targets, batch_size, run_length, generator)
        )

    def runs_of(self, batches):
        """The longest runs of neighbours, in the order of the epoch."""
        shuffled = np.concatenate(batches)
        ranks = np.searchsorted(self.targets, shuffled)
        new = (np.diff(ranks) != 1) | (np.diff(self.table.first[shuffled]) != 0)
        return np.split(shuffled, np.flatnonzero(new) + 1)

    @pytest.mark.parametrize("run_length", [1, 3, 4, 16, 1000])
    @pytest.mark.parametrize("batch_size", [1, 8, 1000])
    def test_every_target_once_in_batches_of_a_size(self, batch_size, run_length):
        batches = self.draw(batch_size, run_length)
        assert sorted(np.concatenate(batches)) == self.targets.tolist()
        assert {len(batch) for batch in batches[:-1]} <= {batch_size}
        assert 1 <= len(batches[-1]) <= batch_size

    def test_runs_are_neighbours(self):
        runs = self.runs_of(self.draw(run_length=4))
        assert all(is_run(self.table, run, self.targets) for run in runs)
        # Cutting sixty-odd targets of five conversations into fours; two runs that
        # belong together rarely come out side by side.
        lengths = Counter(len(run) for run in runs)
        assert lengths[4] > 8
        n_conversations = len(set(self.table.first[self.targets]))
        shorter = sum(count for length, count in lengths.items() if length < 4)
        assert shorter <= 2 * n_conversations

    def test_no_run_crosses_conversations(self):
        """The end of one and the beginning of the next rarely come side by side."""
        first = self.table.first[self.targets]
        ends = np.flatnonzero(np.diff(first))
        assert len(ends) == 4
        together = 0
        for seed in range(50):
            ranks = np.searchsorted(self.targets, np.concatenate(self.draw(seed=seed)))
            together += np.isin(ranks[:-1][np.diff(ranks) == 1], ends).sum()
        # Among some 25 runs, by chance: 50 epochs x 4 ends / 25.
        assert together < 25

    def test_cuts_and_order_differ_between_epochs(self):
        generator = np.random.default_rng(0)
        epochs = [
            np.concatenate(
                list(shuffled_runs(self.table, self.targets, 8, 4, generator))
            )
            for _ in range(6)
        ]
        assert len({tuple(epoch) for epoch in epochs}) == 6
        firsts = [
            {int(run[0]) for run in self.runs_of([epoch]) if len(run) == 4}
            for epoch in epochs
        ]
        assert len({frozenset(first) for first in firsts}) > 1
        assert len(set.union(*firsts)) > 2 * max(len(first) for first in firsts)

    def test_runs_of_one_are_a_full_shuffle(self):
        shuffled = np.concatenate(self.draw(run_length=1))
        neighbours = (np.diff(np.searchsorted(self.targets, shuffled)) == 1).sum()
        assert neighbours < 8  # about one is expected by chance

    def test_same_generator_same_batches(self):
        first, second, other = self.draw(seed=1), self.draw(seed=1), self.draw(seed=2)
        assert all((a == b).all() for a, b in zip(first, second, strict=True))
        assert np.concatenate(first).tolist() != np.concatenate(other).tolist()

    def test_a_single_target(self):
        generator = np.random.default_rng(0)
        found = list(shuffled_runs(self.table, np.array([40]), 8, 4, generator))
        assert [batch.tolist() for batch in found] == [[40]]


@pytest.mark.parametrize("content_size", [1, 3, 12])
@pytest.mark.parametrize("max_words", [1, 20, 100, 10**6])
class TestWholeConversations:
    table = table_of([4, 40, 1, 20], seed=1)
    everything = np.arange(65)
    some = np.flatnonzero(np.random.default_rng(5).random(65) < 0.5)

    def pieces(self, content_size, max_words, targets):
        return list(whole_conversations(self.table, targets, content_size, max_words))

    def test_every_target_once_in_order(self, content_size, max_words):
        for targets in (self.everything, self.some):
            pieces = self.pieces(content_size, max_words, targets)
            assert np.concatenate(pieces).tolist() == targets.tolist()
            assert all(len(piece) for piece in pieces)

    def test_pieces_are_bounded(self, content_size, max_words):
        for piece in self.pieces(content_size, max_words, self.everything):
            begin = window_of(self.table, piece[0], content_size)[0]
            read = self.table.offsets[piece[-1] + 1] - self.table.offsets[begin]
            assert read <= max_words or len(piece) == 1
            windows = sum(len(window_of(self.table, t, content_size)) for t in piece)
            assert windows <= max_words or len(piece) == 1

    def test_pieces_are_no_smaller_than_needed(self, content_size, max_words):
        pieces = self.pieces(content_size, max_words, self.everything)
        for piece, following in pairwise(pieces):
            begin = window_of(self.table, piece[0], content_size)[0]
            longer = self.table.offsets[following[0] + 1] - self.table.offsets[begin]
            assert longer > max_words or (len(piece) + 1) * content_size > max_words

    def test_only_the_context_of_a_piece_is_read_again(self, content_size, max_words):
        pieces = self.pieces(content_size, max_words, self.everything)
        read = Counter(
            int(p)
            for piece in pieces
            for p in make_batch(self.table, piece, content_size).talkturn_positions
        )
        assert set(read) == set(self.everything.tolist())
        again = sum(read.values()) - len(read)
        assert again <= (len(pieces) - 1) * (content_size - 1)


def test_pieces_are_bounded_by_the_rows_that_windows_really_have():
    """Short conversations fill a piece, however long a window might have been."""
    first = np.arange(1000) // 2 * 2  # conversations of two one-word talkturns
    table = TokenTable(np.zeros(1000, dtype=np.uint8), np.arange(1001), first)
    parts = list(whole_conversations(table, np.arange(1000), 500, 150))
    assert np.concatenate(parts).tolist() == list(range(1000))
    # 1 + 2 rows for each conversation: 50 of them have 150 rows.
    assert [len(part) for part in parts] == [100] * 10
