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

    def sum_by_source(self, rows: Tensor) -> Tensor:
        """Sum rows (groups, rows, width) that share a source: the way back."""
        groups, n_rows, width = rows.shape
        if width >= 64:  # wide enough to be read row by row where it stands
            sums = [
                F.embedding_bag(self.order, group, self.offsets, mode="sum")
                for group in rows
            ]
            return torch.stack(sums)
        flat = rows.transpose(0, 1).reshape(n_rows, groups * width)
        summed = F.embedding_bag(self.order, flat, self.offsets, mode="sum")
        return summed.view(-1, groups, width).transpose(0, 1)


class _Take(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, table: Tensor, gather: Gather) -> Tensor:
        ctx.gather = gather
        return table.index_select(1, gather.index)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        return ctx.gather.sum_by_source(grad), None


def take(table: Tensor, gather: Gather) -> Tensor:
    """Take rows of a table (groups, sources, width) by index.

    Returns
    -------
    rows : Tensor of shape (groups, rows, width)
        ``table[:, gather.index]``.
    """
    return _Take.apply(table, gather)
