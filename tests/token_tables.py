"""Token tables of random words, and the windows in them one by one."""

from __future__ import annotations

import numpy as np

from hanrock_sk.model.layout.batches import TokenTable


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
