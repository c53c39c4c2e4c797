"""Compiled attention in single precision, at sizes where threads and vectors matter.

In double precision `tests/model/test_attention.py` compares it with the equations.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from hanrock_sk.model.attention import attend
from hanrock_sk.model.layout.packing import Packing

pytestmark = pytest.mark.usefixtures("each_library")


@pytest.mark.parametrize(
    ("groups", "hidden"), [(16, 1), (3, 4), (2, 5), (1, 40)], ids=str
)
def test_single_precision(groups, hidden):
    generator = torch.Generator().manual_seed(0)
    lengths = np.sort(np.random.default_rng(0).integers(1, 31, size=90))[::-1]
    packing, units = Packing.of(lengths), 37

    def draw(*shape):
        return torch.randn(*shape, generator=generator)

    given = [
        draw(int(lengths.sum()), 2, groups, hidden),
        draw(2, groups, hidden, units) / hidden**0.5,
        draw(groups, units),
        draw(groups, units) / units**0.5,
    ]
    factor = draw(90, groups, units)

    def pooled_and_gradients(dtype):
        own = [tensor.to(dtype).requires_grad_() for tensor in given]
        pooled, alpha = attend(*own, packing)
        grads = torch.autograd.grad((pooled * factor.to(dtype)).sum(), own)
        return pooled, alpha, *grads

    for found, expected in zip(
        pooled_and_gradients(torch.float32),
        pooled_and_gradients(torch.float64),
        strict=True,
    ):
        scale = expected.abs().max().item()
        torch.testing.assert_close(found.double(), expected, rtol=0, atol=5e-6 * scale)
