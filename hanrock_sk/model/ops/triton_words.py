"""Rows of word vectors, as a Triton kernel: vector, mask and one in one pass."""

from __future__ import annotations

import triton
import triton.language as tl
from torch import Tensor

from hanrock_sk.model.layout.rows import aligned
from hanrock_sk.model.ops import eager_words
from hanrock_sk.model.ops.eager_words import run_back
from hanrock_sk.model.ops.signatures import Given
from hanrock_sk.model.ops.triton_launch import launch, power_of_two

__all__ = ["run", "run_back"]

NUMBERS = 4096
"""Numbers that a program writes."""


@triton.jit(do_not_specialize=["count", "words_read", "vocabulary"])
def write_word_rows(
    embedding, words, mask, talkturn, out, count, words_read, vocabulary,
    WIDTH: tl.constexpr, ALIGNED: tl.constexpr, HAS_MASK: tl.constexpr,
    ROWS: tl.constexpr, NUMBERS: tl.constexpr,
):  # fmt: skip
    """Write rows: a word's vector, times the mask of its talkturn, then 1, then 0."""
    row = tl.program_id(0) * ROWS + tl.arange(0, ROWS)
    word = tl.load(words + row, row < count, 0)
    tl.device_assert((word >= 0) & (word < vocabulary), "a word has no vector")
    of_talkturn = tl.load(talkturn + row % words_read, row < count, 0)
    j = tl.arange(0, NUMBERS)
    inside = (row < count)[:, None] & (j < WIDTH)[None, :]
    vector = tl.load(embedding + word[:, None] * WIDTH + j[None, :], inside, 0.0)
    if HAS_MASK:
        vector *= tl.load(mask + of_talkturn[:, None] * WIDTH + j[None, :], inside, 0.0)
    vector = tl.where(j[None, :] == WIDTH, 1.0, vector)
    at = out + row.to(tl.int64)[:, None] * ALIGNED + j[None, :]
    tl.store(at, vector, (row < count)[:, None] & (j < ALIGNED)[None, :])


def run(
    embedding: Tensor,
    words: Tensor,
    mask: Tensor | None,
    talkturn: Tensor,
    given: Given | None = None,
) -> Tensor:
    """Write the rows; see `signatures.WordsKernels`."""
    if given is not None:
        return eager_words.run(embedding, words, mask, talkturn, given)
    vocabulary, width = embedding.shape
    rows = embedding.new_empty(*words.shape, aligned(width))
    numbers = power_of_two(aligned(width))
    per_program = max(1, NUMBERS // numbers)
    launch(
        write_word_rows,
        (-(-words.numel() // per_program),),
        embedding, words.contiguous(), mask, talkturn, rows,
        words.numel(), len(talkturn), vocabulary,
        WIDTH=width, ALIGNED=aligned(width), HAS_MASK=mask is not None,
        ROWS=per_program, NUMBERS=numbers,
    )  # fmt: skip
    return rows
