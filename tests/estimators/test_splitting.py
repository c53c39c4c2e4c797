"""Which talkturns are held out."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.estimators.splitting import hold_out, without_held_out
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


class TestWithoutHeldOut:
    """Conversations of four and two talkturns; of the first the end is held out."""

    first = np.array([0, 0, 0, 0, 4, 4])
    primary = np.array([0, -1, 2, 1, 1, 0])
    held_out = np.array([False, False, True, True, False, False])

    def targets(self, names, known):
        kept = without_held_out(
            np.array(known), names, self.first, self.primary, self.primary >= 0,
            self.held_out,
        )  # fmt: skip
        return kept.tolist()

    def test_a_neighbour_that_is_held_out_gives_way_to_one_that_is_not(self):
        # With all labels, future 1 of the first two is that of the third, a 2.
        found = self.targets(["future__1", "history__1"], [[2, 2, 1, 1, 0, 0]] * 2)
        assert found == [[0, 0, 1, 1, 0, 0]] * 2

    def test_targets_that_were_not_there_stay_away(self):
        assert self.targets(["future__1"], [[-1, 2, -1, 1, 0, 0]]) == [
            [-1, 0, -1, 1, 0, 0]
        ]

    def test_what_is_not_numbered_is_left_out(self):
        assert self.targets(["history__mean"], [[2, 1, 2, 1, 0, 1]]) == [
            [-1, -1, 2, 1, 0, 1]
        ]

    def test_values_and_other_families(self):
        values = np.array([[0.5, 0.5, 0.7, 0.7, 1, 1], [3.0, 4, 5, 6, 7, np.nan]])
        primary = np.array([0.25, np.nan, 0.5, 0.7, 1, 1])
        found = without_held_out(
            values, ["future__2", "action__au05"], self.first, primary,
            ~np.isnan(primary), self.held_out,
        )  # fmt: skip
        assert found[0].tolist() == [0.25, 0.25, 0.7, 0.7, 1, 1]
        np.testing.assert_array_equal(found[1], values[1])
        assert values[0, 0] == 0.5, "what was given is not changed"

    def test_whole_conversations_have_told_nothing(self):
        held_out = np.array([True] * 4 + [False] * 2)
        targets = np.array([[2, 2, 1, 1, 0, 0]])
        found = without_held_out(
            targets,
            ["future__1"],
            self.first,
            self.primary,
            self.primary >= 0,
            held_out,
        )
        assert found is targets

    @pytest.mark.parametrize("seed", range(5))
    def test_as_if_the_others_had_no_labels(self, seed):
        """What `AuxiliaryTargets` makes of the labels that are kept."""
        import polars as pl

        from hanrock_sk import AuxiliaryTargets

        generator = np.random.default_rng(seed)
        conversation = np.repeat([0, 1, 2], [7, 12, 4])
        held_out = np.zeros(23, dtype=bool)
        held_out[generator.integers(8, 18) : 19] = True
        y = generator.random(23)
        y[generator.random(23) < 0.3] = np.nan
        y[7] = 0.5  # one is kept
        X = pl.DataFrame({"conversation": conversation})

        def made(y):
            wide = AuxiliaryTargets([], [], history=2, future=3).fit_transform(X, y)
            names = [name for name in wide.columns if name.startswith("aux__")]
            return [n.removeprefix("aux__") for n in names], wide[names].to_numpy().T

        names, targets = made(y)
        expected = np.where(held_out, targets, made(np.where(held_out, np.nan, y))[1])
        first = np.repeat([0, 7, 19], [7, 12, 4])
        found = without_held_out(targets, names, first, y, ~np.isnan(y), held_out)
        np.testing.assert_array_equal(found, expected)
        assert not np.array_equal(found, targets, equal_nan=True)
