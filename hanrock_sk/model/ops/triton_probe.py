"""Whether Triton's kernels run in this process.

Triton comes with torch's builds for CUDA. It compiles a kernel when it is first
launched, for which it needs a C compiler; where that fails, torch's operations do.
"""

from __future__ import annotations

import importlib.util
import warnings
from functools import cache

import torch

CAPABILITY = (8, 0)
"""The oldest cards that the kernels are compiled for in the tests: Ampere."""


@cache
def has_triton() -> bool:
    """Whether a Triton kernel runs on this machine's card.

    Warns
    -----
    UserWarning
        If Triton is there but its kernels do not run.
    """
    if (
        torch.version.cuda is None
        or not torch.cuda.is_available()
        or torch.cuda.get_device_capability() < CAPABILITY
        or importlib.util.find_spec("triton") is None
    ):
        return False
    try:
        from hanrock_sk.model.ops.triton_words import run

        rows = run(
            torch.ones(1, 1, device="cuda"),
            torch.zeros(2, 1, dtype=torch.int64, device="cuda"),
            None,
            torch.zeros(1, dtype=torch.int64, device="cuda"),
        )
        return bool((rows[..., :2] == 1).all())
    except Exception as error:  # whatever a compiler, a driver or Triton may raise
        warnings.warn(
            "Triton's kernels do not run here, so that networks train with torch's "
            f"operations on this GPU, more slowly. Triton says: {error}",
            stacklevel=2,
        )
        return False
