"""What a batch reads, and which targets it is made of, against plain enumerations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from token_tables import table_of, window_of

from hanrock_sk.model.layout.bags import BagRows
from hanrock_sk.model.layout.batches import (
    ContextualRows,
    make_batch,
    mean_contextual,
    one_window,
)


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
    bags = BagRows(
        np.zeros(17, np.int64), np.arange(18), np.ones(17, np.float32), 1, 0.5
    )
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
