"""Rows of word vectors, by compiled code: vector, mask and one in one pass."""

from __future__ import annotations

import torch
from torch import Tensor

from hanrock_sk.model.layout.rows import aligned
from hanrock_sk.model.native.loading import call
from hanrock_sk.model.ops.eager_words import run_back
from hanrock_sk.model.ops.signatures import Given

__all__ = ["run", "run_back"]


def run(
    embedding: Tensor,
    words: Tensor,
    mask: Tensor | None,
    talkturn: Tensor,
    given: Given | None = None,
) -> Tensor:
    """Write the rows; see `signatures.WordsKernels`.

    Raises
    ------
    IndexError
        If a word has no vector.
    """
    n_given = 0
    of_encoder: list[Tensor | None] = [None] * 4
    if given is not None:
        n_given = given.vectors.shape[1]
        of_encoder = [each.contiguous() for each in given]
    least, greatest = map(int, torch.aminmax(words))
    if least < 0 or greatest >= len(embedding):
        raise IndexError(
            f"word {least if least < 0 else greatest} has no vector: there are "
            f"{len(embedding)}."
        )
    width = embedding.shape[1]
    rows = embedding.new_empty(*words.shape, aligned(width + n_given))
    call(
        "write_word_rows", embedding.dtype,
        embedding, words.contiguous(), mask, talkturn.contiguous(), *of_encoder, rows,
        words.numel(), len(talkturn), width, n_given, rows.shape[2],
    )  # fmt: skip
    return rows
