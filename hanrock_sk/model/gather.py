"""Taking rows of a table by index, with a backward pass that is a gather again.

Autograd's own backward of an index lookup is a generic scatter-add. Here the index is
known before the step, so the rows that go back to one source are sorted together once
and summed by an embedding bag, which is bound by memory bandwidth alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class Gather:
    """An index into the rows of a table, ready to be read both ways.

    Attributes
    ----------
    index : Tensor of int64, shape (rows,)
        The source of each row.
    order : Tensor of int64, shape (rows,)
        The rows sorted by their source.
    offsets : Tensor of int64, shape (sources,)
        Where the rows of each source begin in `order`.
    """

    index: Tensor
    order: Tensor
    offsets: Tensor

    @classmethod
    def of(cls, index: np.ndarray, n_sources: int) -> Gather:
        """Prepare an index into a table of `n_sources` rows."""
        offsets = np.zeros(n_sources, dtype=np.int64)
        np.cumsum(np.bincount(index, minlength=n_sources)[:-1], out=offsets[1:])
        return cls(
            index=torch.from_numpy(np.ascontiguousarray(index, dtype=np.int64)),
            order=torch.from_numpy(np.argsort(index, kind="stable")),
            offsets=torch.from_numpy(offsets),
        )

    def to(self, device: torch.device | str) -> Gather:
        """Move the index tensors to a device."""
        return Gather(
            self.index.to(device, non_blocking=True),
            self.order.to(device, non_blocking=True),
            self.offsets.to(device, non_blocking=True),
        )


class _TakePair(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, table: Tensor, forward: Gather, backward: Gather) -> Tensor:
        ctx.gathers = (forward, backward)
        rows = table.new_empty(len(forward.index), *table.shape[1:])
        for d, gather in enumerate(ctx.gathers):
            rows[:, d] = table[:, d].index_select(0, gather.index)
        return rows

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        halves = [
            F.embedding_bag(
                gather.order, grad[:, d].flatten(1), gather.offsets, mode="sum"
            ).view(-1, *grad.shape[2:])
            for d, gather in enumerate(ctx.gathers)
        ]
        return torch.stack(halves, dim=1), None, None


def take_pair(table: Tensor, forward: Gather, backward: Gather) -> Tensor:
    """Take rows of a table, the two reading directions by an index each.

    Parameters
    ----------
    table : Tensor of shape (sources, 2, ...)
        Direction comes second.
    forward, backward : Gather
        Which source stands at each row, in either direction.

    Returns
    -------
    rows : Tensor of shape (rows, 2, ...)
        ``table[forward.index, 0]`` beside ``table[backward.index, 1]``.
    """
    return _TakePair.apply(table, forward, backward)
