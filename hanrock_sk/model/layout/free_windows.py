"""Windows written out talkturn by talkturn, over talkturns that are encoded already.

A table's own windows are ranges of neighbours. To see what a talkturn does in a window,
the window is read without it, or with another in its place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from hanrock_sk.model.layout.bags import BagRows, Bags, ranges
from hanrock_sk.model.layout.batches import Batch
from hanrock_sk.model.layout.gather import Gather, both_directions, stable_order
from hanrock_sk.model.layout.packing import Packing


@dataclass(frozen=True)
class FreeWindows:
    """Windows, one after the other.

    Attributes
    ----------
    talkturns : ndarray of int64, shape (n_entries,)
        Which encoded talkturn stands at each entry, oldest first; the last one of a
        window is its target.
    offsets : ndarray of int64, shape (n_windows + 1,)
        Where each window begins; none is empty.
    speakers : ndarray of int64, shape (n_entries,), or None
        As in `Batch`: 0 another speaker than in the target, 1 the same, 2 the target.
    before : ndarray of int64, shape (n_windows, BAG_CONTEXT)
        The talkturns just before the target whose bags of words are read too; -1 where
        there is none.
    """

    talkturns: np.ndarray
    offsets: np.ndarray
    speakers: np.ndarray | None
    before: np.ndarray

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def some(self, start: int, stop: int) -> FreeWindows:
        """Return the windows `start` to `stop`."""
        begin, end = self.offsets[start], self.offsets[stop]
        speakers = None if self.speakers is None else self.speakers[begin:end]
        return FreeWindows(
            self.talkturns[begin:end],
            self.offsets[start : stop + 1] - begin,
            speakers,
            self.before[start:stop],
        )


def window_batch(
    windows: FreeWindows,
    n_encoded: int,
    sentences: np.ndarray | None = None,
    bags: BagRows | None = None,
) -> Batch:
    """Make the batch that reads some windows.

    Parameters
    ----------
    windows : FreeWindows
        The windows.
    n_encoded : int
        How many talkturns are encoded.
    sentences : ndarray of float32, shape (n_encoded, width), or None
        The mean of an encoder's vectors of each encoded talkturn.
    bags : BagRows or None
        The bag of words of each encoded talkturn.

    Returns
    -------
    batch : Batch
        It has no words. Its `targets` are the numbers of the windows, in the order in
        which the network answers.
    """
    sizes = np.diff(windows.offsets)
    order = stable_order(sizes.max() - sizes)
    packing = Packing.of(sizes[order])
    sequence, step = packing.sequence.numpy(), packing.step.numpy()
    begin, end = windows.offsets[:-1][order], windows.offsets[1:][order] - 1
    forward, backward = begin[sequence] + step, end[sequence] - step
    context = both_directions(windows.talkturns[forward], windows.talkturns[backward])
    speakers = None
    if windows.speakers is not None:
        both = np.stack([windows.speakers[forward], windows.speakers[backward]], axis=1)
        speakers = torch.from_numpy(both.ravel())
    own = windows.talkturns[end]
    return Batch(
        words=torch.empty(2, 0, dtype=torch.int64),
        talkturns=Packing.of(np.ones(1, dtype=np.int64)),
        context=Gather.of(context, 2 * n_encoded),
        windows=packing,
        targets=order,
        talkturn_positions=np.empty(0, dtype=np.int64),
        own=torch.from_numpy(own),
        speakers=speakers,
        sentences=None if sentences is None else torch.from_numpy(sentences[own]),
        bags=None if bags is None else _bags(bags, own, windows.before[order]),
    )


def _bags(rows: BagRows, own: np.ndarray, before: np.ndarray) -> Bags:
    """Join each target's features with those of the talkturns before it."""
    read = np.concatenate([own[:, None], before], axis=1)
    is_there = read >= 0
    which = read[is_there]
    is_before = np.broadcast_to(np.arange(read.shape[1]) > 0, read.shape)[is_there]
    lengths = rows.offsets[which + 1] - rows.offsets[which]
    entries = ranges(rows.offsets[which], lengths)
    behind = np.repeat(is_before, lengths)
    n_entries = np.zeros(len(own), dtype=np.int64)
    np.add.at(n_entries, np.nonzero(is_there)[0], lengths)
    weights = rows.weights[entries] * np.where(behind, rows.before, 1)
    return Bags(
        torch.from_numpy(rows.ids[entries].astype(np.int64) + rows.size * behind),
        torch.from_numpy(np.cumsum(n_entries) - n_entries),
        torch.from_numpy(weights.astype(np.float32)),
    )
