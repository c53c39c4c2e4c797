"""Products of large matrices, by torch's library."""

from __future__ import annotations

import torch
from torch import Tensor


def run(left: Tensor, right: Tensor, out: Tensor) -> Tensor:
    """Multiply two matrices; see `signatures.ProductKernels`."""
    return torch.mm(left, right, out=out)


def run_each(left: Tensor, right: Tensor, out: Tensor) -> Tensor:
    """Multiply the matrices of each group, in one call."""
    return torch.bmm(left, right, out=out)
