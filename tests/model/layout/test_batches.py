"""What a batch reads, and which targets it is made of, against plain enumerations."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from hanrock_sk.model.layout.bags import BagRows
from hanrock_sk.model.layout.batches import (
    ContextualRows,
    TokenTable,
    make_batch,
    mean_contextual,
    one_window,
    shuffled_runs,
    whole_conversations,
)


def table_of(n_talkturns, seed=0):
    """Conversations of so many talkturns, each of 1 to 6 random words."""
    generator = np.random.default_rng(seed)
    starts = np.concatenate([[0], np.cumsum(n_talkturns)])
    lengths = generator.integers(1, 7, size=starts[-1])
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    ids = generator.integers(300, size=offsets[-1]).astype(np.uint16)
    return TokenTable(ids, offsets, np.repeat(starts[:-1], n_talkturns))


def window_of(table, target, content_size):
    """Positions of a target's content context and itself, one by one."""
    window = [target]
    while len(window) < content_size and window[0] > table.first[target]:
        window.insert(0, window[0] - 1)
    return window


def words_of(table, position):
    return table.ids[table.offsets[position] : table.offsets[position + 1]].tolist()


def positions_read(batch):
    """Positions at every step of the windows, read from the left and the right."""
    index = batch.context.index.numpy()
    assert (index % 2 == np.tile([0, 1], len(index) // 2)).all()
    return batch.talkturn_positions[index // 2].reshape(-1, 2).T


TABLE = table_of([1, 5, 2, 9])
TARGETS = {
    "all": np.arange(17),
    "some, unsorted": np.array([11, 3, 0, 16, 4]),
    "one alone": np.array([0]),
    "one late": np.array([16]),
}


@pytest.mark.parametrize("content_size", [1, 2, 4, 30])
@pytest.mark.parametrize("targets", TARGETS.values(), ids=TARGETS)
class TestMakeBatch:
    def test_windows_in_both_reading_directions(self, targets, content_size):
        batch = make_batch(TABLE, targets, content_size)
        assert sorted(batch.targets) == sorted(targets)
        assert len(batch) == len(targets)
        forward, backward = positions_read(batch)
        sequence, step = batch.windows.sequence.numpy(), batch.windows.step.numpy()
        for row, target in enumerate(batch.targets):
            window = window_of(TABLE, target, content_size)
            mine = np.flatnonzero(sequence == row)
            assert step[mine].tolist() == list(range(len(window)))
            assert forward[mine].tolist() == window
            assert backward[mine].tolist() == window[::-1]
        assert len(sequence) == sum(
            len(window_of(TABLE, target, content_size)) for target in targets
        )

    def test_each_talkturn_is_read_once(self, targets, content_size):
        batch = make_batch(TABLE, targets, content_size)
        needed = {p for t in targets for p in window_of(TABLE, t, content_size)}
        assert sorted(batch.talkturn_positions) == sorted(needed)
        assert batch.n_talkturns == len(needed)

    def test_words_in_both_reading_directions(self, targets, content_size):
        batch = make_batch(TABLE, targets, content_size)
        assert batch.words.dtype == torch.int64
        for row, position in enumerate(batch.talkturn_positions):
            mine = batch.talkturns.sequence == row
            words = words_of(TABLE, position)
            assert batch.words[0, mine].tolist() == words
            assert batch.words[1, mine].tolist() == words[::-1]
        assert batch.words.shape[1] == sum(
            len(words_of(TABLE, p)) for p in batch.talkturn_positions
        )

    def test_each_target_knows_which_talkturn_it_is(self, targets, content_size):
        batch = make_batch(TABLE, targets, content_size)
        own = batch.talkturn_positions[batch.own.numpy()]
        assert own.tolist() == batch.targets.tolist()

    def test_speakers_of_every_entry(self, targets, content_size):
        speakers = np.random.default_rng(1).integers(3, size=17)
        batch = make_batch(replace(TABLE, speakers=speakers), targets, content_size)
        flags = batch.speakers.view(-1, 2).T.tolist()
        sequence = batch.windows.sequence.numpy()
        for direction, read in enumerate(positions_read(batch)):
            for entry, position in enumerate(read):
                target = batch.targets[sequence[entry]]
                same = int(speakers[position] == speakers[target])
                expected = 2 if position == target else same
                assert flags[direction][entry] == expected

    def test_no_window_leaves_its_conversation(self, targets, content_size):
        batch = make_batch(TABLE, targets, content_size)
        read, _ = positions_read(batch)
        target = batch.targets[batch.windows.sequence.numpy()]
        assert (TABLE.first[read] == TABLE.first[target]).all()


@pytest.mark.parametrize("size", [1, 2, 5])
def test_one_window_is_that_of_a_last_talkturn(size):
    found = one_window(size)
    assert found.targets.tolist() == [size - 1]
    assert found.talkturn_positions.tolist() == list(range(size))
    forward, backward = positions_read(found)
    assert forward.tolist() == list(range(size))
    assert backward.tolist() == list(range(size))[::-1]
    assert found.windows.counts == [1] * size


def told_and_said():
    """Words of which some are told: theirs are rows of zeros, no part of a mean."""
    lengths = np.diff(TABLE.offsets)
    told = np.random.default_rng(2).integers(lengths)
    vectors = np.random.default_rng(3).normal(size=(TABLE.offsets[-1], 4))
    vectors = vectors.astype(np.float16)
    for begin, n_told in zip(TABLE.offsets[:-1], told, strict=True):
        vectors[begin : begin + n_told] = 0
    assert told.any()
    assert (told == 0).any()
    return ContextualRows(vectors, TABLE.offsets[:-1], told)


@pytest.mark.parametrize("targets", TARGETS.values(), ids=TARGETS)
def test_sentences_are_means_of_the_words_said(targets):
    rows = told_and_said()
    table = replace(TABLE, contextual=rows)
    expected = {
        target: rows.vectors[TABLE.offsets[target] : TABLE.offsets[target + 1]][
            rows.told[target] :
        ]
        .astype(np.float64)
        .mean(axis=0)
        for target in targets
    }
    np.testing.assert_allclose(
        mean_contextual(table, targets),
        [expected[target] for target in targets],
        rtol=1e-5,
        atol=1e-6,
    )
    batch = make_batch(table, targets, 3)
    np.testing.assert_allclose(
        batch.sentences,
        [expected[target] for target in batch.targets],
        rtol=1e-5,
        atol=1e-6,
    )


def test_without_an_encoder_there_are_no_sentences():
    assert mean_contextual(TABLE, np.arange(3)) is None
    batch = make_batch(TABLE, np.arange(3), 2)
    assert (batch.sentences, batch.speakers, batch.bags) == (None, None, None)


def test_moves_every_tensor_and_keeps_the_positions():
    bags = BagRows(np.zeros(17, np.int64), np.arange(18), np.ones(17, np.float32), 1)
    table = replace(
        TABLE, speakers=np.arange(17), bags=bags, contextual=told_and_said()
    )
    batch = make_batch(table, np.arange(17), 3)
    moved = batch.to("meta")
    tensors = [
        moved.words,
        moved.talkturns.mirror,
        moved.windows.sequence,
        moved.context.index,
        moved.context.order,
        moved.own,
        moved.speakers,
        moved.sentences,
        moved.contextual,
        moved.bags.ids,
        moved.bags.offsets,
        moved.bags.weights,
    ]
    assert {tensor.device.type for tensor in tensors} == {"meta"}
    assert moved.targets is batch.targets
    assert moved.talkturn_positions is batch.talkturn_positions


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
