"""Rows of word vectors, of torch's operations."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from hanrock_sk.model.layout.rows import with_ones


def run(
    embedding: Tensor, words: Tensor, mask: Tensor | None, talkturn: Tensor
) -> Tensor:
    """Write the rows; see `signatures.WordsKernels`."""
    vectors = F.embedding(words, embedding)
    if mask is not None:
        vectors *= mask.index_select(0, talkturn)
    return with_ones(vectors)


def run_back(
    grad: Tensor,
    words: Tensor,
    mask: Tensor | None,
    talkturn: Tensor,
    n_rows: int,
) -> Tensor:
    """Sum the gradient up for each word; see `signatures.WordsKernels`."""
    if mask is not None:
        grad = grad * mask.index_select(0, talkturn)
    no_padding = -1
    return torch.ops.aten.embedding_dense_backward(
        grad, words, n_rows, no_padding, False
    )
