"""Dropout, drawn from a generator of one training's own.

torch's dropout draws from a generator that all threads share. Two networks trained side
by side would then depend on which of them draws first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import torch
from torch import Tensor
from torch.nn import functional as F

_GENERATOR: ContextVar[torch.Generator | None] = ContextVar("generator", default=None)


@contextmanager
def drawing_from(generator: torch.Generator | None) -> Iterator[None]:
    """Let dropout draw from a generator, on this thread; None is torch's own."""
    token = _GENERATOR.set(generator)
    try:
        yield
    finally:
        _GENERATOR.reset(token)


def draw_mask(like: Tensor, rate: float, *shape: int) -> Tensor | None:
    """Draw what to multiply by: 0, or 1 / (1 - rate); None where nothing is dropped.

    Parameters
    ----------
    like : Tensor
        Of the type and on the device that the mask is to have.
    rate : float
        Share that is dropped.
    *shape : int
        Shape of the mask.

    Returns
    -------
    mask : Tensor or None
        To multiply by.
    """
    if rate == 0:
        return None
    mask = like.new_empty(shape)
    return mask.bernoulli_(1 - rate, generator=_GENERATOR.get()).div_(1 - rate)


def dropout(x: Tensor, rate: float, training: bool) -> Tensor:
    """Drop a share of the numbers, each by itself.

    Parameters
    ----------
    x : Tensor
        Of any shape.
    rate : float
        Share that is dropped.
    training : bool
        Whether anything is.

    Returns
    -------
    x : Tensor
        The same, or what is left, divided by its share.
    """
    if _GENERATOR.get() is None:
        return F.dropout(x, rate, training)  # on a GPU one kernel
    mask = draw_mask(x, rate if training else 0.0, *x.shape)
    return x if mask is None else x * mask
