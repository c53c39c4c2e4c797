"""Seeds from `random_state`."""

from __future__ import annotations

import threading
from contextlib import contextmanager

import numpy as np
import pytest
import torch

from hanrock_sk._base.seeding import SEEDING
from hanrock_sk.estimators.seeds import draw_seeds, seeded


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


def test_the_cpus_generator_is_seeded_and_given_back():
    before = torch.get_rng_state()
    with seeded(7, "cpu"):
        drawn = torch.rand(3)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(drawn, torch.rand(3, generator=torch.Generator().manual_seed(7)))


def test_it_is_given_back_after_an_error():
    before = torch.get_rng_state()
    with pytest.raises(KeyError), seeded(7, "cpu"):
        raise KeyError
    assert torch.equal(torch.get_rng_state(), before)


def test_no_seed_waits_for_devices_that_have_not_been_used():
    """As `torch.manual_seed` would leave one for CUDA to start with."""
    waiting = len(torch.cuda._queued_calls)
    with seeded(7, "cpu"):
        pass
    assert len(torch.cuda._queued_calls) == waiting


class Module:
    """The generators of two cards, or of the one that "mps" is."""

    def __init__(self):
        self.states, self.current = {None: 5, 0: 10, 1: 11}, 0

    def get_rng_state(self, *device):
        return self.states[device[0].index if device else None]

    def set_rng_state(self, state, *device):
        self.states[device[0].index if device else None] = state

    @contextmanager
    def device(self, device):
        before, self.current = self.current, device.index
        yield
        self.current = before

    def manual_seed(self, seed):
        self.states[self.current] = seed


@pytest.mark.parametrize(("device", "own"), [("cuda:1", 1), ("mps", None)])
def test_only_the_generator_of_the_device(monkeypatch, device, own):
    module = Module()
    module.current = None if own is None else 0
    monkeypatch.setattr(torch, "get_device_module", lambda _: module)
    before = dict(module.states)
    with seeded(7, device):
        assert module.states == before | {own: 7}
    assert module.states == before


def test_overlapping_fits_of_threads_give_back_what_was():
    """Whichever ends first, and with no seed left to the one that goes on."""
    before = torch.get_rng_state()
    first, second = seeded(1, "cpu"), seeded(2, "cpu")
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    drawn = torch.rand(3)
    second.__exit__(None, None, None)
    assert torch.equal(drawn, torch.rand(3, generator=torch.Generator().manual_seed(2)))
    assert torch.equal(torch.get_rng_state(), before)


def test_nobody_draws_weights_while_a_state_is_taken_or_set(monkeypatch):
    free = []

    def ask():
        free.append(SEEDING.acquire(blocking=False))

    def asked(function):
        def run(*args):
            other = threading.Thread(target=ask)
            other.start()
            other.join()
            return function(*args)

        return run

    for name in ("get_rng_state", "set_rng_state"):
        monkeypatch.setattr(torch, name, asked(getattr(torch, name)))
    with seeded(1, "cpu"):
        pass
    assert free == [False, False]
