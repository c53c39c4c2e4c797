"""Holding out whole conversations to validate on, and what their labels have told."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hanrock_sk.auxiliary.neighbours import neighbour_rows
from hanrock_sk.model.losses import MISSING
from hanrock_sk.talkturns.auxiliary_names import is_of_labels
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


def without_held_out(
    targets: np.ndarray,
    names: Sequence[str],
    first: np.ndarray,
    primary: np.ndarray,
    labelled: np.ndarray,
    held_out: np.ndarray,
) -> np.ndarray:
    """Take held-out labels out of the history and future targets of other talkturns.

    That can only be where a conversation is held out in part. Its talkturns then get
    the targets that they would have if the others had no labels.

    Parameters
    ----------
    targets : ndarray of shape (tasks, n_talkturns)
        Targets of auxiliary tasks, by position: class indices, or values.
    names : sequence of str
        Names of the tasks.
    first : ndarray of int64, shape (n_talkturns,)
        See `hanrock_sk.talkturns.conversations.Conversations`.
    primary : ndarray of shape (n_talkturns,)
        The labels, as `targets` has them.
    labelled, held_out : ndarray of bool, by position
        Which talkturns have a label, and which are not trained on.

    Returns
    -------
    targets : ndarray of shape (tasks, n_talkturns)
        Talkturns that are held out, or have no target, stay as they are. A task that
        is not numbered by steps may have been made of any label, and is left out:
        talkturns of such a conversation have no target there.
    """
    conversations = Conversations(np.arange(len(first)), first)
    bounds = conversations.bounds
    n_out = np.add.reduceat(held_out.astype(np.int64), bounds[:-1])
    in_part = (n_out > 0) & (n_out < np.diff(bounds))
    affected = np.repeat(in_part, np.diff(bounds)) & ~held_out
    if not affected.any():
        return targets
    is_real = targets.dtype.kind == "f"
    missing = np.nan if is_real else MISSING
    targets = targets.copy()
    for row, name in enumerate(names):
        family, _, steps = name.partition("__")
        if not is_of_labels(name):
            continue
        is_missing = np.isnan(targets[row]) if is_real else targets[row] == MISSING
        known = affected & ~is_missing
        if not steps.isdecimal():
            targets[row, known] = missing
            continue
        step = -int(steps) if family == "history" else int(steps)
        source = neighbour_rows(conversations, labelled & ~held_out, step)
        targets[row, known] = np.where(source >= 0, primary[source], missing)[known]
    return targets
