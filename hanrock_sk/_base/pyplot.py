"""Matplotlib, which plots alone need."""

from __future__ import annotations

from typing import Any


def load_pyplot() -> Any:
    """Import matplotlib's pyplot, or say how to install it."""
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError(
            "Plots need matplotlib: pip install hanrock-sk[plot]"
        ) from error
    return pyplot
