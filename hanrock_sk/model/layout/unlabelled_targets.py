"""Which talkturns without a label a training batch reads: those that cost little.

They are trained on for their auxiliary targets. Drawn alone, they would double what a
batch reads. So those near a label are read with it, as its windows hold most of theirs;
others are drawn in runs, as labelled ones are. (Longer runs cost less, and take away
what the auxiliary branch gains: a batch would be of one or two conversations.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from hanrock_sk.model.layout.bags import ranges
from hanrock_sk.model.layout.batches import TokenTable

NEAR = 2
"""How many talkturns from a label one may be that is read with it."""

NOBODY = np.empty(0, dtype=np.int64)


def near_targets(
    table: TokenTable, targets: np.ndarray, unlabelled: np.ndarray
) -> np.ndarray:
    """Find the talkturns that are near a target, in its conversation.

    Parameters
    ----------
    table : TokenTable
        All talkturns.
    targets, unlabelled : ndarray of int64
        Positions; those of `unlabelled` are sorted.

    Returns
    -------
    near : ndarray of int64
        Which of `unlabelled` are at most `NEAR` talkturns from one of `targets`,
        sorted.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.model.layout.batches import TokenTable
    >>> from hanrock_sk.model.layout.unlabelled_targets import near_targets
    >>> first = np.repeat([0, 6], [6, 4])  # two conversations
    >>> table = TokenTable(np.zeros(10, np.uint8), np.arange(11), first)
    >>> near_targets(table, np.array([5]), np.array([0, 2, 3, 4, 6, 7])).tolist()
    [3, 4]
    """
    begin = np.searchsorted(unlabelled, targets - NEAR)
    end = np.searchsorted(unlabelled, targets + NEAR, side="right")
    found = unlabelled[ranges(begin, end - begin)]
    conversation = np.repeat(table.first[targets], end - begin)
    return np.unique(found[table.first[found] == conversation])


def with_unlabelled(
    table: TokenTable,
    targets: np.ndarray,
    unlabelled: np.ndarray,
    shuffled: Callable[[np.ndarray], Iterator[np.ndarray]],
    generator: np.random.Generator,
) -> Iterator[np.ndarray]:
    """Add to each batch of labelled talkturns as many unlabelled ones, at most.

    Parameters
    ----------
    table : TokenTable
        All talkturns.
    targets, unlabelled : ndarray of int64
        Positions, sorted: of labelled talkturns, and of others to train on.
    shuffled : callable
        Yields the positions that it is given in batches of shuffled runs.
    generator : numpy.random.Generator
        Draws which of those near a label there is room for.

    Yields
    ------
    batch : ndarray of int64
        The labelled ones first. Those near a label and the others have room in
        proportion to their numbers.
    """
    near = near_targets(table, targets, unlabelled)
    far = np.setdiff1d(unlabelled, near, assume_unique=True)
    far_runs = _forever(shuffled, far)
    for batch in shuffled(targets):
        room = len(batch) - round(len(batch) * len(near) / max(len(unlabelled), 1))
        others = next(far_runs, NOBODY)[:room]
        beside = near_targets(table, batch, near)
        room = len(batch) - len(others)
        if len(beside) > room:
            beside = generator.choice(beside, room, replace=False)
        yield np.concatenate([batch, beside, others])


def _forever(
    shuffled: Callable[[np.ndarray], Iterator[np.ndarray]], targets: np.ndarray
) -> Iterator[np.ndarray]:
    while len(targets):
        yield from shuffled(targets)
