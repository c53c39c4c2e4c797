"""Seeds drawn from `random_state`, without touching any global generator."""

from __future__ import annotations

from typing import Any

import numpy as np


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
