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

from hanrock_sk.model.layout.transfer import move_record


def stable_order(numbers: np.ndarray) -> np.ndarray:
    """Sort whole numbers from 0, and say where each one was; equal ones keep order.

    NumPy sorts numbers of 16 bits by their digits, several times faster than others.
    """
    if len(numbers) and numbers.max() < 2**16:
        numbers = numbers.astype(np.uint16)
    return np.argsort(numbers, kind="stable")


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
            order=torch.from_numpy(stable_order(index)),
            offsets=torch.from_numpy(offsets),
        )

    def to(self, device: torch.device | str) -> Gather:
        """Move the index tensors to a device."""
        return move_record(self, device)


def both_directions(forward: Any, backward: Any) -> Any:
    """Interleave what is read from the left and from the right.

    Tables of two directions are (sources, 2, width). Seen as (2 * sources, width),
    source s read from the left is row 2 s, read from the right row 2 s + 1.

    Parameters
    ----------
    forward, backward : ndarray or Tensor of int64, shape (rows,)
        The source at each row, in either direction.

    Returns
    -------
    index : ndarray or Tensor of int64, shape (2 * rows,)
        Both, as an index into such a view; direction alternates.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.model.layout.gather import both_directions
    >>> both_directions(np.array([0, 1]), np.array([1, 0])).tolist()
    [0, 3, 2, 1]
    """
    stack = torch.stack if isinstance(forward, Tensor) else np.stack
    return stack([2 * forward, 2 * backward + 1], 1).reshape(-1)


class _Take(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, table: Tensor, gather: Gather) -> Tensor:
        ctx.gather = gather
        return table.index_select(0, gather.index)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        gather = ctx.gather
        if grad.device.type == "mps":  # which has no kernel for bags
            table = grad.new_zeros(len(gather.offsets), grad.shape[1])
            return table.index_add_(0, gather.index, grad), None
        return F.embedding_bag(gather.order, grad, gather.offsets, mode="sum"), None


def take(table: Tensor, gather: Gather) -> Tensor:
    """Take rows of a table (sources, width) by index.

    Returns
    -------
    rows : Tensor of shape (rows, width)
        ``table[gather.index]``.
    """
    return _Take.apply(table, gather)
