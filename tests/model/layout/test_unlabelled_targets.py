"""Batches read talkturns without a label where that costs little, against loops."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.model.layout.batch_targets import shuffled_runs
from hanrock_sk.model.layout.batches import TokenTable
from hanrock_sk.model.layout.unlabelled_targets import (
    NEAR,
    near_targets,
    with_unlabelled,
)

LENGTHS = (40, 1, 9, 150, 3)


def conversations():
    first = np.repeat(np.cumsum([0, *LENGTHS[:-1]]), LENGTHS)
    return TokenTable(np.zeros(len(first), np.uint8), np.arange(len(first) + 1), first)


def is_near(table, talkturn, targets):
    return any(
        abs(talkturn - target) <= NEAR and table.first[talkturn] == table.first[target]
        for target in targets
    )


def draw(seed, n_labels, n_unlabelled):
    generator = np.random.default_rng(seed)
    drawn = generator.permutation(sum(LENGTHS))[: n_labels + n_unlabelled]
    return np.sort(drawn[:n_labels]), np.sort(drawn[n_labels:])


def epoch(table, targets, unlabelled, batch_size=8, run_length=2, seed=0):
    """The labelled and the unlabelled talkturns of each batch."""
    generator = np.random.default_rng(seed)
    batches = list(shuffled_runs(table, targets, batch_size, 2, generator))

    def shuffled(positions):
        if positions is targets:
            return iter(batches)
        return shuffled_runs(table, positions, batch_size, run_length, generator)

    both = with_unlabelled(table, targets, unlabelled, shuffled, generator)
    for labelled, batch in zip(batches, both, strict=True):
        assert batch[: len(labelled)].tolist() == labelled.tolist()
        yield labelled, batch[len(labelled) :]


@pytest.mark.parametrize("seed", range(5))
def test_near_is_what_a_loop_finds(seed):
    table = conversations()
    targets, unlabelled = draw(seed, 15, 120)
    naive = [t for t in unlabelled if is_near(table, t, targets)]
    assert 0 < len(naive) < 120
    assert near_targets(table, targets, unlabelled).tolist() == naive


@pytest.mark.parametrize("n_unlabelled", [0, 1, 2, 30, 150])
def test_as_many_as_there_are_labels_at_most(n_unlabelled):
    table = conversations()
    targets, unlabelled = draw(0, 30, n_unlabelled)
    seen = []
    for seed in range(40):
        for labelled, others in epoch(table, targets, unlabelled, seed=seed):
            assert len(others) <= len(labelled)
            assert len(set(others)) == len(others)
            seen += others.tolist()
    assert set(seen) == set(unlabelled.tolist())


def test_those_near_a_label_come_with_it():
    table = conversations()
    targets, unlabelled = draw(1, 40, 60)
    near = near_targets(table, targets, unlabelled)
    room = round(8 * len(near) / len(unlabelled))
    for labelled, others in epoch(table, targets, unlabelled):
        beside = [t for t in others if t in near]
        assert all(is_near(table, t, labelled) for t in beside)
        there = sum(is_near(table, t, labelled) for t in near)
        assert len(beside) == min(there, room)


@pytest.mark.parametrize("run_length", [1, 4, 16])
def test_those_far_from_any_come_in_runs(run_length):
    """All labels are in the first conversation, all others in one of 150."""
    table = conversations()
    targets, unlabelled = np.arange(40), np.arange(50, 200)
    ((_, others),) = epoch(table, targets, unlabelled, 40, run_length)
    assert len(others) == 40
    runs = 1 + np.count_nonzero(np.diff(others) != 1)
    # Neighbours may be drawn one after the other; the first and the last run are cut.
    assert 0.7 * 40 / run_length < runs <= 2 + 40 / run_length
