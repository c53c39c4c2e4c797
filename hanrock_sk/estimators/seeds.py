"""Seeds drawn from `random_state`, without touching any global generator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import dropwhile
from typing import Any

import numpy as np
import torch
from torch import Tensor

from hanrock_sk._base.seeding import SEEDING

_LOANS: list[dict[str, Tensor]] = []
"""By name, the states of the generators that are seeded now, before they were."""


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

    Fits on several threads may end in any order: what one that ends would give back is
    given back by another that has begun later and still goes on.

    Parameters
    ----------
    seed : int
        For both.
    device : str
        The device of a training.
    """
    generators = _generators_of(device)
    loan: dict[str, Tensor] = {}
    try:
        with SEEDING:
            _LOANS.append(loan)
            for name, (state, _) in generators.items():
                loan[name] = state()
            _seed(seed, device)
        yield
    finally:
        with SEEDING:
            later = list(dropwhile(lambda each: each is not loan, _LOANS))
            _LOANS[:] = [each for each in _LOANS if each is not loan]
            for name, before in loan.items():
                heir = next((each for each in later[1:] if name in each), None)
                if heir is None:
                    generators[name][1](before)
                else:
                    heir[name] = before


def _generators_of(
    device: str,
) -> dict[str, tuple[Callable[[], Tensor], Callable[[Tensor], None]]]:
    """Return how the states of the generators are taken, and set."""
    found: dict[str, Any] = {"cpu": (torch.get_rng_state, torch.set_rng_state)}
    if torch.device(device).type != "cpu":
        there, which = torch.get_device_module(device), _which(device)
        found[device] = (
            lambda: there.get_rng_state(*which),
            lambda state: there.set_rng_state(state, *which),
        )
    return found


def _which(device: str) -> tuple[torch.device, ...]:
    """Return what names one device of its kind; of "mps" there is only one."""
    kind = torch.device(device).type
    return () if kind == "mps" else (torch.device(device),)


def _seed(seed: int, device: str) -> None:
    torch.default_generator.manual_seed(seed)
    if torch.device(device).type != "cpu":
        there, which = torch.get_device_module(device), _which(device)
        with there.device(*which) if which else nullcontext():
            there.manual_seed(seed)
