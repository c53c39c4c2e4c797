"""Products of matrices on any kernels, against sums written out."""

from __future__ import annotations

import pytest
import torch

from hanrock_sk.model.ops.product import multiply, multiply_each


@pytest.fixture
def matrices(dtype):
    """Three groups of matrices; within a group neither is contiguous."""
    generator = torch.Generator().manual_seed(0)
    left = torch.randn(4, 3, 10, generator=generator, dtype=dtype).transpose(0, 1)
    right = torch.randn(3, 9, 10, generator=generator, dtype=dtype).transpose(1, 2)
    return left, right


def by_sums(left, right):
    """Sum up each number of the product."""
    left, right = left.double(), right.double()
    rows = [[(row * column).sum() for column in right.t()] for row in left]
    return torch.tensor(rows)


DTYPES = pytest.mark.parametrize(
    ("dtype", "tolerance"),
    [(torch.float64, 1e-14), (torch.float32, 1e-5), (torch.bfloat16, 0.1)],
    ids=str,
)


@DTYPES
def test_one_product(matrices, dtype, tolerance):
    left, right = (each[0] for each in matrices)
    out = torch.full((4, 9), torch.nan, dtype=dtype)
    assert multiply(left, right, out) is out
    expected = by_sums(left, right)
    torch.testing.assert_close(out.double(), expected, rtol=0, atol=tolerance)


@DTYPES
def test_a_product_for_each_group(matrices, dtype, tolerance):
    left, right = matrices
    out = torch.full((3, 4, 9), torch.nan, dtype=dtype)
    assert multiply_each(left, right, out) is out
    expected = torch.stack([by_sums(*pair) for pair in zip(left, right, strict=True)])
    torch.testing.assert_close(out.double(), expected, rtol=0, atol=tolerance)


def test_numbers_of_two_kinds_are_an_error():
    """And not read as those of the first."""
    left, right = torch.ones(8, 8), torch.ones(8, 8, dtype=torch.float64)
    for given in ((left, right, left.clone()), (left, left, right.clone())):
        with pytest.raises(RuntimeError, match="dtype"):
            multiply(*given)
        with pytest.raises(RuntimeError, match="dtype"):
            multiply_each(*(each[None] for each in given))
