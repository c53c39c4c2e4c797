"""Seeds from `random_state`."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.estimators.seeds import draw_seeds


def drawn(random_state):
    seed, generator = draw_seeds(random_state)
    return seed, generator.integers(2**62)


@pytest.mark.parametrize("make", [lambda: 3, lambda: np.random.RandomState(3)])
def test_same_state_same_seeds(make):
    assert drawn(make()) == drawn(make())


def test_different_states_different_seeds():
    states = [0, 1, 2, np.random.RandomState(0), np.random.RandomState(1)]
    seeds, numbers = zip(*map(drawn, states), strict=True)
    assert len(set(seeds)) == len(set(numbers)) == len(states)


def test_an_instance_moves_on():
    state = np.random.RandomState(0)
    assert drawn(state) != drawn(state)


@pytest.mark.parametrize("random_state", [None, np.random])
def test_none_is_fresh_and_leaves_the_global_generator(random_state):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    assert drawn(random_state) != drawn(random_state)
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002


def test_seeds_suit_torch():
    assert all(0 <= drawn(state)[0] < 2**63 for state in range(20))
    assert type(draw_seeds(0)[0]) is int
