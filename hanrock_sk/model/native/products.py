"""Products of large matrices: the library's, or our own where that is faster.

MKL, torch's library on x86-64, leaves the wide vectors of AMD's processors idle: there
the panels of `product.h` multiply twice as fast with AVX-512, and a tenth to a fifth
faster with AVX2 (`docs/engine.md`). On Intel's they are as fast as MKL, which then does
it.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

from hanrock_sk.model.native.loading import compiled, function, knows, pointer

FEW = 8
"""Rows, columns and terms below which ours is slower: it brings matrices into order."""


@cache
def library_is_slower() -> bool:
    """Whether our own product is faster on this machine."""
    library = compiled()
    return (
        library is not None
        and torch.backends.cpu.get_cpu_capability() != "DEFAULT"
        and torch.backends.mkl.is_available()
        and bool(library.processor_is_amd())
    )


def multiply(left: Tensor, right: Tensor, out: Tensor) -> Tensor:
    """Multiply two matrices, without a gradient.

    Parameters
    ----------
    left : Tensor of shape (rows, inner)
        Of any strides.
    right : Tensor of shape (inner, columns)
        Of any strides.
    out : Tensor of shape (rows, columns)
        Takes the product.

    Returns
    -------
    out : Tensor of shape (rows, columns)
        What was given.
    """
    (rows, inner), columns = left.shape, right.shape[1]
    if (
        not library_is_slower()
        or not knows(out, left, right)
        or out.shape != (rows, columns)
        or right.shape[0] != inner
        or min(rows, inner, columns) < FEW
        or out.stride(1) != 1
    ):
        return torch.mm(left, right, out=out)
    function("product", out.dtype)(
        *map(pointer, (left, right, out)),
        *left.stride(), *right.stride(), out.stride(0), rows, inner, columns,
    )  # fmt: skip
    return out


def multiply_each(left: Tensor, right: Tensor, out: Tensor) -> Tensor:
    """Multiply the matrices of each group: one call, if it is the library's.

    Parameters
    ----------
    left : Tensor of shape (groups, rows, inner)
        See `multiply`.
    right : Tensor of shape (groups, inner, columns)
        See `multiply`.
    out : Tensor of shape (groups, rows, columns)
        Takes the products.

    Returns
    -------
    out : Tensor of shape (groups, rows, columns)
        What was given.
    """
    if not library_is_slower():
        return torch.bmm(left, right, out=out)
    for matrices in zip(left, right, out, strict=True):
        multiply(*matrices)
    return out
