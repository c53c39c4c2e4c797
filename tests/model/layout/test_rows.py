"""Rows that a GEMM reads."""

from __future__ import annotations

import pytest
import torch

from hanrock_sk.model.layout.rows import aligned, with_ones


@pytest.mark.parametrize(("width", "expected"), [(1, 8), (7, 8), (8, 16), (300, 304)])
def test_rows_are_a_multiple_of_eight_wide(width, expected):
    assert aligned(width) == expected
    assert with_ones(torch.randn(3, 2, width)).shape == (3, 2, expected)
