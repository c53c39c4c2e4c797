"""Bags of words of talkturns, and what a batch's targets read of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from hanrock_sk.model.layout.gather import stable_order

BAG_CONTEXT = 2
"""Talkturns before the target whose words the direct way reads too."""


@dataclass(frozen=True)
class BagRows:
    """Weighted features of talkturns, one talkturn after the other.

    Attributes
    ----------
    ids : ndarray of int64, shape (n_entries,)
        Features.
    offsets : ndarray of int64, shape (n_talkturns + 1,)
        Where each talkturn's features begin.
    weights : ndarray of float32, shape (n_entries,)
        Their weights.
    size : int
        How many features there are.
    before : float
        What those of a talkturn before the target count, beside its own.
    """

    ids: np.ndarray
    offsets: np.ndarray
    weights: np.ndarray
    size: int
    before: float

    @classmethod
    def joined(cls, rows: Sequence[BagRows]) -> BagRows:
        """Put the talkturns of several ones in a row."""
        lengths = np.concatenate([np.diff(some.offsets) for some in rows])
        return cls(
            np.concatenate([some.ids for some in rows]),
            np.concatenate([[0], np.cumsum(lengths)]),
            np.concatenate([some.weights for some in rows]),
            rows[0].size,
            rows[0].before,
        )

    def known_by(self, talkturns: np.ndarray) -> BagRows:
        """Leave out the features that none of some talkturns has.

        Parameters
        ----------
        talkturns : ndarray of int64
            Those that are trained on.

        Returns
        -------
        rows : BagRows
            As many features, and every talkturn that has any left of length 1.
        """
        lengths = np.diff(self.offsets)
        known = np.zeros(self.size, dtype=bool)
        known[self.ids[ranges(self.offsets[talkturns], lengths[talkturns])]] = True
        kept = known[self.ids]
        owner = np.repeat(np.arange(len(lengths)), lengths)[kept]
        weights = self.weights[kept]
        squares = np.bincount(owner, weights.astype(np.float64) ** 2, len(lengths))
        counts = np.bincount(owner, minlength=len(lengths))
        return BagRows(
            self.ids[kept],
            np.concatenate([[0], np.cumsum(counts)]),
            (weights / np.sqrt(squares)[owner]).astype(np.float32),
            self.size,
            self.before,
        )


@dataclass(frozen=True)
class Bags:
    """The features of a batch's targets, as an embedding bag reads them.

    Attributes
    ----------
    ids : Tensor of int64, shape (n_entries,)
        Features of the target itself, and those of the talkturns before it: their
        numbers begin behind those of the former.
    offsets : Tensor of int64, shape (n_targets,)
        Where each target's features begin.
    weights : Tensor of float32, shape (n_entries,)
        Their weights.
    """

    ids: Tensor
    offsets: Tensor
    weights: Tensor

    def to(self, device: torch.device | str) -> Bags:
        """Move the tensors to a device."""
        tensors = (self.ids, self.offsets, self.weights)
        return Bags(*(tensor.to(device, non_blocking=True) for tensor in tensors))


def bags_of(rows: BagRows, first: np.ndarray, targets: np.ndarray) -> Bags:
    """Join each target's features with those of the talkturns before it."""
    ids, weights, owners = [], [], []
    for back in range(1 + BAG_CONTEXT):
        there = np.flatnonzero(targets - back >= first[targets])
        positions = targets[there] - back
        lengths = rows.offsets[positions + 1] - rows.offsets[positions]
        entries = ranges(rows.offsets[positions], lengths)
        ids.append(rows.ids[entries] + (rows.size if back else 0))
        weights.append(rows.weights[entries] * (rows.before if back else 1))
        owners.append(np.repeat(there, lengths))
    owner = np.concatenate(owners)
    order = stable_order(owner)
    counts = np.bincount(owner, minlength=len(targets))
    return Bags(
        torch.from_numpy(np.concatenate(ids).astype(np.int64)[order]),
        torch.from_numpy(np.cumsum(counts) - counts),
        torch.from_numpy(np.concatenate(weights).astype(np.float32)[order]),
    )


def ranges(starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Join the ranges from `starts`, of these lengths."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(starts - (ends - lengths), lengths) + np.arange(total)
