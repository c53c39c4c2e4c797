"""Holding out whole conversations to validate on."""

from __future__ import annotations

import numpy as np

from hanrock_sk.talkturns.conversations import Conversations


def hold_out(
    conversations: Conversations,
    labelled: np.ndarray,
    fraction: float,
    generator: np.random.Generator,
) -> np.ndarray:
    """Choose the talkturns to validate on.

    Conversations are drawn until they hold `fraction` of the labelled talkturns; at
    least one is held out and one kept. A conversation that is the only one with
    labels gives its last labelled talkturns.

    Parameters
    ----------
    conversations : Conversations
        All talkturns.
    labelled : ndarray of bool, by position
        Which talkturns have a label.
    fraction : float
        Share of the labelled talkturns to hold out.
    generator : numpy.random.Generator
        Draws the conversations.

    Returns
    -------
    held_out : ndarray of bool, by position
        Talkturns that are not trained on. All False with fewer than two labels.
    """
    held_out = np.zeros(len(labelled), dtype=bool)
    if fraction == 0 or labelled.sum() < 2:
        return held_out
    bounds = conversations.bounds
    n_labels = np.add.reduceat(labelled.astype(np.int64), bounds[:-1])
    candidates = np.flatnonzero(n_labels)
    if len(candidates) == 1:
        targets = np.flatnonzero(labelled)
        n_held_out = min(max(1, round(fraction * len(targets))), len(targets) - 1)
        held_out[targets[-n_held_out] : bounds[candidates[0] + 1]] = True
        return held_out
    drawn = generator.permutation(candidates)
    reached = np.cumsum(n_labels[drawn]) >= fraction * labelled.sum()
    n_held_out = min(int(np.argmax(reached)) + 1, len(drawn) - 1)
    for c in drawn[:n_held_out]:
        held_out[bounds[c] : bounds[c + 1]] = True
    return held_out
