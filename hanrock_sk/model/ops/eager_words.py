"""Rows of word vectors, of torch's operations."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from hanrock_sk.model.layout.rows import with_ones
from hanrock_sk.model.ops.signatures import Given


def run(
    embedding: Tensor,
    words: Tensor,
    mask: Tensor | None,
    talkturn: Tensor,
    given: Given | None = None,
) -> Tensor:
    """Write the rows; see `signatures.WordsKernels`."""
    vectors = F.embedding(words, embedding)
    if given is not None:
        said = given.standardised()
        said = torch.stack([said, said.index_select(0, given.mirror)])
        vectors = torch.cat([vectors, said], dim=-1)
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
