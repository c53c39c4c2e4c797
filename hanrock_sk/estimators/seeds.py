"""Seeds drawn from `random_state`, without touching any global generator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import Lock
from typing import Any

import numpy as np
import torch

SEEDING = Lock()
"""Held while weights are drawn from torch's global generator, which other threads that
train use, too."""


def draw_seeds(random_state: Any) -> tuple[int, np.random.Generator]:
    """Draw a seed for torch, and a generator for everything that is drawn by NumPy.

    Parameters
    ----------
    random_state : int, RandomState or None
        As in scikit-learn; but None draws fresh entropy rather than from NumPy's
        global generator.

    Returns
    -------
    seed : int
        For torch.
    generator : numpy.random.Generator
        For the rest.
    """
    if random_state is np.random:
        random_state = None
    if isinstance(random_state, np.random.RandomState):
        random_state = int(random_state.randint(2**31 - 1))
    seeds = np.random.SeedSequence(random_state).generate_state(2)
    return int(seeds[0]), np.random.default_rng(int(seeds[1]))


@contextmanager
def seeded(seed: int, device: str) -> Iterator[None]:
    """Seed torch's generators of the CPU and of one device, then give them back.

    `torch.manual_seed` would seed those of all devices, and leave the seed waiting for
    those that have not been used yet.

    Parameters
    ----------
    seed : int
        For both.
    device : str
        The device of a training.
    """
    kind = torch.device(device).type
    if kind == "cpu":
        before = torch.get_rng_state()
        torch.default_generator.manual_seed(seed)
        try:
            yield
        finally:
            torch.set_rng_state(before)
        return
    there = torch.get_device_module(device)
    which = () if kind == "mps" else (torch.device(device),)  # there is only one
    before, before_there = torch.get_rng_state(), there.get_rng_state(*which)
    torch.default_generator.manual_seed(seed)
    try:
        with there.device(*which) if which else nullcontext():
            there.manual_seed(seed)
        yield
    finally:
        torch.set_rng_state(before)
        there.set_rng_state(before_there, *which)
