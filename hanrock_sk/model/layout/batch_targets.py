"""Which targets are read together: shuffled runs, or whole conversations in order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hanrock_sk.model.layout.batches import TokenTable


def shuffled_runs(
    table: TokenTable,
    targets: np.ndarray,
    batch_size: int,
    run_length: int,
    generator: np.random.Generator,
) -> Iterator[np.ndarray]:
    """Yield training batches of targets: shuffled runs of neighbours.

    Neighbours share most of their content context, so a batch of runs reads far fewer
    distinct talkturns than one of talkturns drawn alone. Where the runs of a
    conversation are cut is drawn anew each time; ``run_length=1`` shuffles fully.

    Parameters
    ----------
    table : TokenTable
        All talkturns.
    targets : ndarray of int64
        Positions of the talkturns to train on, sorted.
    batch_size, run_length : int
        Targets in a batch; targets in a run.
    generator : numpy.random.Generator
        Draws the cuts and the order.

    Yields
    ------
    batch : ndarray of int64
        Positions of the targets of one batch.
    """
    conversation = table.first[targets]
    new = np.flatnonzero(np.diff(conversation, prepend=-1))  # first of each one
    # A conversation's runs are cut at its targets number phase, phase + run_length ...
    phase = generator.integers(run_length, size=len(new))
    sizes = np.diff(np.append(new, len(targets)))
    within = np.arange(len(targets)) - np.repeat(new, sizes)
    cut = (within - np.repeat(phase, sizes)) % run_length == 0
    cut[new] = True
    runs = np.split(targets, np.flatnonzero(cut)[1:])
    shuffled = np.concatenate([runs[i] for i in generator.permutation(len(runs))])
    for begin in range(0, len(shuffled), batch_size):
        yield shuffled[begin : begin + batch_size]


def whole_conversations(
    table: TokenTable, targets: np.ndarray, content_size: int, max_words: int
) -> Iterator[np.ndarray]:
    """Yield targets in time order, in pieces of about `max_words` words.

    Each talkturn is read once, but for the content_size - 1 talkturns before a piece
    that begins inside a conversation; so memory does not grow with the table.

    Parameters
    ----------
    table : TokenTable
        All talkturns.
    targets : ndarray of int64
        Positions of the talkturns to predict, sorted.
    content_size : int
        Talkturns in a window.
    max_words : int
        Words in a piece; a piece holds at least one target.

    Yields
    ------
    piece : ndarray of int64
        Positions of the targets of one piece.
    """
    begin = np.maximum(table.first[targets], targets - content_size + 1)
    words_until = table.offsets[targets + 1]
    rows_until = np.cumsum(targets - begin + 1)
    start = 0
    while start < len(targets):
        words = table.offsets[begin[start]] + max_words
        # The windows' own rows are bounded by the same number.
        rows = (rows_until[start - 1] if start else 0) + max_words
        stop = min(
            np.searchsorted(words_until, words, side="right"),
            np.searchsorted(rows_until, rows, side="right"),
        )
        stop = max(int(stop), start + 1)
        yield targets[start:stop]
        start = stop
