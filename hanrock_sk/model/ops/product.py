"""Products of large matrices, outside of autograd."""

from __future__ import annotations

from torch import Tensor

from hanrock_sk.model.ops.kernel_table import product_kernels


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
    return product_kernels(out, left, right).run(left, right, out)


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
    return product_kernels(out, left, right).run_each(left, right, out)
