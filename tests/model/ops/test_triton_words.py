"""Triton's rows of word vectors, by its interpreter, against torch's."""

from __future__ import annotations

import pytest
import torch

from hanrock_sk.model.ops import eager_words

triton_words = pytest.importorskip(
    "hanrock_sk.model.ops.triton_words", reason="Triton is not installed"
)
pytestmark = pytest.mark.usefixtures("triton_kernels")


@pytest.mark.parametrize("width", [1, 7, 8, 300])
@pytest.mark.parametrize("masked", [False, True])
def test_rows(width, masked):
    generator = torch.Generator().manual_seed(width)
    embedding = torch.randn(9, width, generator=generator)
    words = torch.randint(9, (2, 21), generator=generator)
    talkturn = torch.randint(4, (21,), generator=generator)
    mask = torch.rand(4, width, generator=generator) if masked else None
    rows, expected = (
        kernels.run(embedding, words, mask, talkturn)
        for kernels in (triton_words, eager_words)
    )
    assert torch.equal(rows, expected)
