"""Launching Triton's kernels."""

from __future__ import annotations

from typing import Any

import torch


def launch(
    kernel: Any, grid: tuple[int, ...], *given: Any, warps: int = 4, **constants: Any
) -> None:
    """Launch a kernel on a grid of programs, each of so many warps."""
    options = {"num_warps": warps, "enable_fp_fusion": True}
    kernel[grid](*given, **options, **constants)


def precision() -> str:
    """How float32 is multiplied: exactly, unless torch's own switch says TF32."""
    return "tf32" if torch.backends.cuda.matmul.allow_tf32 else "ieee"


def power_of_two(number: int) -> int:
    """Round up to a power of two, as Triton's blocks are."""
    return 1 << max(number - 1, 0).bit_length()
