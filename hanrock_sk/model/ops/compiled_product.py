"""Products of large matrices, by our own packed panels.

MKL, torch's library on x86-64, leaves the wide vectors of AMD's processors idle: there
the packed panels of `native/packed_matrix.h` multiply twice as fast with AVX-512, and a
tenth to a fifth faster with AVX2 (`docs/engine.md`). The table of kernels chooses them
there alone: on Intel's processors MKL is as fast.
"""

from __future__ import annotations

from torch import Tensor

from hanrock_sk.model.native.loading import call
from hanrock_sk.model.ops import eager_product

FEW = 8
"""Rows, columns and terms below which ours is slower: it packs matrices first."""


def run(left: Tensor, right: Tensor, out: Tensor) -> Tensor:
    """Multiply two matrices; thin ones, and errors, are left to torch."""
    (rows, inner), columns = left.shape, right.shape[1]
    if (
        out.shape != (rows, columns)
        or right.shape[0] != inner
        or min(rows, inner, columns) < FEW
        or out.stride(1) != 1
    ):
        return eager_product.run(left, right, out)
    call(
        "multiply", out.dtype, left, right, out,
        *left.stride(), *right.stride(), out.stride(0), rows, inner, columns,
    )  # fmt: skip
    return out


def run_each(left: Tensor, right: Tensor, out: Tensor) -> Tensor:
    """Multiply the matrices of each group, one after the other."""
    for matrices in zip(left, right, out, strict=True):
        run(*matrices)
    return out
