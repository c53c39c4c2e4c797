"""The vectors of a batch's words, as the input product reads them.

x_it = W_e w_it of section 3.2, times the input dropout of its talkturn. A column of
ones stands behind each vector: by it the product adds the biases, which would
otherwise be one more pass over the largest table of a training step.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from hanrock_sk.model.ops.kernel_table import words_kernels
from hanrock_sk.model.ops.signatures import Given


class _WordVectors(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        embedding: Tensor,
        words: Tensor,
        mask: Tensor | None,
        talkturn: Tensor,
        given: Given | None,
    ) -> Tensor:
        embedding = embedding.contiguous()
        mask = None if mask is None else mask.contiguous()
        of_encoder = () if given is None else given[:3]
        ctx.kernels = words_kernels(embedding, mask, *of_encoder)
        ctx.save_for_backward(words, mask, talkturn)
        ctx.shape = embedding.shape
        return ctx.kernels.run(embedding, words, mask, talkturn, given)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        words, mask, talkturn = ctx.saved_tensors
        n_rows, width = ctx.shape
        if mask is not None:
            mask = mask[:, :width].contiguous()
        grad_embedding = ctx.kernels.run_back(
            grad[..., :width], words, mask, talkturn, n_rows
        )
        return grad_embedding, None, None, None, None


def word_vectors(
    embedding: Tensor,
    words: Tensor,
    mask: Tensor | None,
    talkturn: Tensor,
    given: Given | None = None,
) -> Tensor:
    """Look words up, drop inputs, and append a column of ones.

    Parameters
    ----------
    embedding : Tensor of shape (vocabulary, embedding_dim)
        Word vectors W_e.
    words : Tensor of int64, shape (2, n_words)
        Word ids, read from the left and from the right.
    mask : Tensor of shape (talkturns, width) or None
        Input dropout; the width is that of both vectors of a word.
    talkturn : Tensor of int64, shape (n_words,)
        The talkturn of each word.
    given : Given or None, default=None
        What an encoder gave the words, to stand behind their own vectors. It gets no
        gradient.

    Returns
    -------
    rows : Tensor of shape (2, n_words, aligned(width))
        `hanrock_sk.model.layout.rows.with_ones` of the vectors.

    Raises
    ------
    IndexError
        If a word has no vector.
    """
    return _WordVectors.apply(embedding, words, mask, talkturn, given)
