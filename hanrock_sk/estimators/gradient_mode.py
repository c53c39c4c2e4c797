"""Torch's gradient mode, which an interrupt may leave off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def gradient_mode_given_back() -> Iterator[None]:
    """Leave this thread's gradient mode as it was.

    A signal that raises KeyboardInterrupt just as `torch.no_grad` is entered, or as an
    optimiser ends its step, leaves it off: nothing else on this thread would train.
    """
    enabled = torch.is_grad_enabled()
    try:
        yield
    finally:
        torch.set_grad_enabled(enabled)
