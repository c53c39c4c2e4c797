"""Permutations of a target that keep its course within conversations."""

from __future__ import annotations

import numpy as np


def permuted_rows(
    groups: np.ndarray, known: np.ndarray, count: int, generator: np.random.Generator
) -> np.ndarray:
    """Draw permutations of the rows of a target.

    Conversations are put in a random order, and the sequence of all their talkturns is
    moved on by a random number of places, as a circle. So a talkturn gets the target of
    one in another conversation, wherever there are several, and neighbours stay
    neighbours: a permuted target changes as slowly from talkturn to talkturn as the
    target does.

    Parameters
    ----------
    groups : ndarray of int, shape (n_rows,)
        Conversation of each row; rows of a conversation are in order of time.
    known : ndarray of bool, shape (n_rows,)
        Where there is a target. It is permuted among these rows.
    count : int
        How many permutations.
    generator : numpy.random.Generator
        Draws them.

    Returns
    -------
    source : ndarray of int, shape (count + 1, n_rows)
        The row whose target each row gets; the first is the target as it is.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.auxiliary.permutation import permuted_rows
    >>> groups, known = np.array([0, 0, 0, 1, 1, 1]), np.arange(6) != 1
    >>> permuted_rows(groups, known, 1, np.random.default_rng(3)).tolist()
    [[0, 1, 2, 3, 4, 5], [2, 1, 3, 4, 5, 0]]
    """
    rows = np.flatnonzero(known)
    rows = rows[np.argsort(groups[rows], kind="stable")]
    source = np.tile(np.arange(len(groups)), (count + 1, 1))
    code, lengths = np.unique(groups[rows], return_inverse=True, return_counts=True)[1:]
    least = int(lengths.max()) if 2 * lengths.max() < len(rows) else 1
    for each in source[1:]:
        place = generator.permutation(len(lengths))[code]
        moved = rows[np.argsort(place, kind="stable")]
        if len(rows) > 1:
            moved = np.roll(moved, generator.integers(least, len(rows) - least + 1))
        each[rows] = moved
    return source
