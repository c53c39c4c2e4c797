"""The vectors of a batch's words, as the input product reads them.

x_it = W_e w_it of section 3.2, times the input dropout of its talkturn. A column of
ones stands behind each vector: by it the product adds the biases, which would
otherwise be one more pass over the largest table of a training step.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from hanrock_sk.model.native.loading import function, pointer, serves

ALIGNED = 8
"""Numbers of which rows hold a multiple: otherwise most rows begin within one of the
processor's vectors, which makes the product a third slower."""


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
    >>> from hanrock_sk.model.words import with_ones
    >>> with_ones(torch.tensor([[3.0, 4.0]])).tolist()
    [[3.0, 4.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]]
    """
    width = vectors.shape[-1]
    rows = F.pad(vectors, (0, aligned(width) - width))
    rows[..., width] = 1
    return rows


class _WordVectors(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        embedding: Tensor,
        words: Tensor,
        mask: Tensor | None,
        talkturn: Tensor,
    ) -> Tensor:
        ctx.save_for_backward(words, mask, talkturn)
        ctx.shape = embedding.shape
        given = [embedding] if mask is None else [embedding, mask]
        if not serves(*given):
            vectors = F.embedding(words, embedding)
            if mask is not None:
                vectors *= mask.index_select(0, talkturn)
            return with_ones(vectors)
        least, greatest = map(int, torch.aminmax(words))
        if least < 0 or greatest >= len(embedding):
            raise IndexError(
                f"word {least if least < 0 else greatest} has no vector: there are "
                f"{len(embedding)}."
            )
        width = embedding.shape[1]
        rows = embedding.new_empty(*words.shape, aligned(width))
        function("word_rows", embedding.dtype)(
            *map(pointer, (embedding, words.contiguous(), mask, talkturn, rows)),
            words.numel(), len(talkturn), width, aligned(width),
        )  # fmt: skip
        return rows

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        words, mask, talkturn = ctx.saved_tensors
        n_words, width = ctx.shape
        grad = grad[..., :width]
        if mask is not None:
            grad = grad * mask.index_select(0, talkturn)
        # padding_idx of -1 is none.
        of_embedding = torch.ops.aten.embedding_dense_backward(
            grad, words, n_words, -1, False
        )
        return of_embedding, None, None, None


def word_vectors(
    embedding: Tensor, words: Tensor, mask: Tensor | None, talkturn: Tensor
) -> Tensor:
    """Look words up, drop inputs, and append a column of ones.

    Parameters
    ----------
    embedding : Tensor of shape (vocabulary, embedding_dim)
        Word vectors W_e.
    words : Tensor of int64, shape (2, n_words)
        Word ids, read from the left and from the right.
    mask : Tensor of shape (talkturns, embedding_dim) or None
        Input dropout.
    talkturn : Tensor of int64, shape (n_words,)
        The talkturn of each word.

    Returns
    -------
    rows : Tensor of shape (2, n_words, aligned(embedding_dim))
        `with_ones` of the vectors.

    Raises
    ------
    IndexError
        If a word has no vector.
    """
    return _WordVectors.apply(embedding, words, mask, talkturn)
