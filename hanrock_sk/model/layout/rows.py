"""Rows that a GEMM reads: aligned, with a one behind each vector for the biases."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

ALIGNED = 8
"""Numbers of which rows hold a multiple: otherwise most rows begin within one of the
processor's vectors, which makes the GEMM a third slower."""


def aligned(width: int) -> int:
    """Width of a row that has a vector of `width` and a one."""
    return -(width + 1) % ALIGNED + width + 1


def with_ones(vectors: Tensor) -> Tensor:
    """Append a column of ones, and columns of zeros up to a multiple of `ALIGNED`.

    Parameters
    ----------
    vectors : Tensor of shape (..., width)
        What a product reads.

    Returns
    -------
    rows : Tensor of shape (..., aligned(width))
        Fresh memory.

    Examples
    --------
    >>> import torch
    >>> from hanrock_sk.model.layout.rows import with_ones
    >>> with_ones(torch.tensor([[3.0, 4.0]])).tolist()
    [[3.0, 4.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]]
    """
    width = vectors.shape[-1]
    rows = F.pad(vectors, (0, aligned(width) - width))
    rows[..., width] = 1
    return rows
