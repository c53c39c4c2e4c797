"""Which talkturns are held out."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.estimators.splitting import hold_out
from hanrock_sk.talkturns.conversations import Conversations

SIZES = [5, 3, 8, 1, 6, 4, 2, 7]


def conversations_of(sizes):
    n_rows = sum(sizes)
    first = np.repeat(np.cumsum([0, *sizes[:-1]]), sizes)
    return Conversations(order=np.arange(n_rows), first=first)


def labelled_of(sizes, seed=0, share=0.7):
    labelled = np.random.default_rng(seed).random(sum(sizes)) < share
    labelled[0] = labelled[-1] = True
    return labelled


@pytest.mark.parametrize("fraction", [0.01, 0.1, 0.3, 0.5, 0.99])
@pytest.mark.parametrize("seed", range(10))
def test_whole_conversations_that_hold_the_share(fraction, seed):
    conversations, labelled = conversations_of(SIZES), labelled_of(SIZES, seed)
    generator = np.random.default_rng(seed)
    held_out = hold_out(conversations, labelled, fraction, generator)
    parts = np.split(held_out, conversations.bounds[1:-1])
    counts = [
        int(found.sum()) for found in np.split(labelled, conversations.bounds[1:-1])
    ]
    assert all(part.all() or not part.any() for part in parts)
    out = [count for part, count in zip(parts, counts, strict=True) if part[0]]
    kept = [count for part, count in zip(parts, counts, strict=True) if not part[0]]
    assert sum(out) > 0
    assert sum(kept) > 0
    with_labels_left = sum(count > 0 for count in kept)
    assert sum(out) >= fraction * sum(counts) or with_labels_left == 1
    # No conversation more than needed: leaving out the largest drawn is not enough.
    assert sum(out) - max(out) < fraction * sum(counts)


def test_conversations_without_labels_are_not_drawn():
    labelled = np.zeros(sum(SIZES), dtype=bool)
    labelled[[0, 1, 6, 35]] = True  # conversations 0, 1 and 7
    for seed in range(10):
        generator = np.random.default_rng(seed)
        held_out = hold_out(conversations_of(SIZES), labelled, 0.1, generator)
        assert held_out[labelled].any()
        assert not held_out[8:29].any()


def test_the_draw_is_random_and_reproducible():
    def draw(seed):
        return hold_out(
            conversations_of(SIZES),
            np.ones(sum(SIZES), dtype=bool),
            0.2,
            np.random.default_rng(seed),
        ).tolist()

    assert draw(1) == draw(1)
    assert len({tuple(draw(seed)) for seed in range(20)}) > 3


@pytest.mark.parametrize(
    ("n_labels", "fraction", "expected"),
    [(20, 0.1, 2), (30, 0.1, 3), (4, 0.1, 1), (2, 0.1, 1), (2, 0.9, 1), (10, 0.99, 9)],
)
def test_a_single_conversation_gives_its_last_labels(n_labels, fraction, expected):
    labelled = np.zeros(n_labels * 2 + 1, dtype=bool)
    labelled[1::2] = True  # every second talkturn
    generator = np.random.default_rng(0)
    held_out = hold_out(
        conversations_of([len(labelled)]), labelled, fraction, generator
    )
    at_labels = held_out[labelled]
    assert at_labels.tolist() == [False] * (n_labels - expected) + [True] * expected


@pytest.mark.parametrize("where", [0, 1, 2])
def test_only_one_conversation_has_labels(where):
    """The others stay in training, where they are content context to nobody."""
    sizes = [4, 10, 5]
    conversations = conversations_of(sizes)
    begin, end = conversations.bounds[where : where + 2]
    labelled = np.zeros(sum(sizes), dtype=bool)
    labelled[begin:end] = True
    held_out = hold_out(conversations, labelled, 0.1, np.random.default_rng(0))
    assert np.flatnonzero(held_out).tolist() == [end - 1]


def test_nothing_to_hold_out():
    conversations, generator = conversations_of(SIZES), np.random.default_rng(0)
    everything = np.ones(sum(SIZES), dtype=bool)
    assert not hold_out(conversations, everything, 0, generator).any()
    one = np.zeros(sum(SIZES), dtype=bool)
    one[3] = True
    assert not hold_out(conversations, one, 0.5, generator).any()
    assert not hold_out(conversations, ~everything, 0.5, generator).any()
