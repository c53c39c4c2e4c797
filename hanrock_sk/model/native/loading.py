"""Finding the compiled functions, and what they can be called with."""

from __future__ import annotations

import ctypes
import hashlib
import os
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

FOLDER = Path(__file__).parent

TYPES = {torch.float32: "float", torch.float64: "double"}

SIGNATURES = {
    "recurrence": (8, 3),
    "recurrence_diagonal": (8, 3),
    "recurrence_back": (10, 3),
    "recurrence_diagonal_back": (10, 3),
    "word_rows": (5, 4),
    "product": (3, 8),
    "attention_compare": (6, 3),
    "attention_pool": (6, 3),
    "attention_spread": (10, 3),
    "attention_thin": (8, 4),
    "attention_thin_back": (12, 4),
}
"""How many pointers each function takes, and how many sizes behind them."""


def fingerprint(folder: Path) -> str:
    """Tell the C++ files of a folder from any others."""
    sources = sorted([*folder.glob("*.cpp"), *folder.glob("*.h")])
    return hashlib.sha256(b"".join(map(Path.read_bytes, sources))).hexdigest()


@cache
def compiled() -> ctypes.CDLL | None:
    """Load the library for this processor; None if there is none.

    It shares torch's threads, whose OpenMP is in the process already.
    HANROCK_SK_NATIVE=0 in the environment leaves it aside. One that was compiled from
    other source, such as before an update of an editable install, is not used.

    Warns
    -----
    UserWarning
        If there is such a one.
    """
    if os.environ.get("HANROCK_SK_NATIVE") == "0":
        return None
    capability = torch.backends.cpu.get_cpu_capability().lower()
    found = FOLDER / "compiled" / f"{capability}.so"
    if not found.exists():
        found = found.with_name("default.so")
    try:
        library = ctypes.CDLL(str(found))
    except OSError:
        return None
    source = ctypes.c_char_p.in_dll(library, "source").value
    if source != fingerprint(FOLDER).encode():
        warnings.warn(
            f"{found} was compiled from other source than there is now, so that "
            "networks train without it, more slowly. Install hanrock-sk again to "
            "compile it.",
            stacklevel=2,
        )
        return None
    return library


def knows(*tensors: Tensor) -> bool:
    """Whether there is compiled code for numbers of this kind, wherever they stand."""
    first = tensors[0]
    return (
        first.device.type == "cpu"
        and first.dtype in TYPES
        and all(tensor.dtype == first.dtype for tensor in tensors)
        and compiled() is not None
        # Asking a new Python thread for its number of threads is what sets it.
        and torch.get_num_threads() > 0
    )


def serves(*tensors: Tensor) -> bool:
    """Whether there is compiled code for these tensors, which it reads in order."""
    return all(tensor.is_contiguous() for tensor in tensors) and knows(*tensors)


@cache
def function(name: str, dtype: torch.dtype) -> Callable[..., None]:
    """Take a compiled function for numbers of a type.

    Parameters
    ----------
    name : str
        One of `SIGNATURES`.
    dtype : torch.dtype
        Single or double precision.

    Returns
    -------
    function : callable
        Takes addresses or None, then sizes, and returns nothing.
    """
    found = getattr(compiled(), f"{name}_{TYPES[dtype]}")
    pointers, sizes = SIGNATURES[name]
    found.argtypes = [ctypes.c_void_p] * pointers + [ctypes.c_int64] * sizes
    found.restype = None
    return found


def pointer(tensor: Tensor | None) -> int | None:
    """Address of a tensor's first number."""
    return None if tensor is None else tensor.data_ptr()
