"""Finding the compiled functions, and calling them."""

from __future__ import annotations

import ctypes
import json
import os
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from hanrock_sk._base.fingerprint import fingerprint

FOLDER = Path(__file__).parent

TYPES = {torch.float32: "float", torch.float64: "double"}


class Kernel(ctypes.Structure):
    """A compiled function, and a letter for each of its arguments; see `common.h`."""

    _fields_ = [("address", ctypes.c_void_p), ("signature", ctypes.c_char_p)]


ARGUMENTS = {"p": ctypes.c_void_p, "n": ctypes.c_int64}
"""What a letter of a signature stands for: a table's address, or a size."""


def source_fingerprint() -> str:
    """Tell the C++ files from any others; as `build_native.py` does."""
    return fingerprint(*sorted([*FOLDER.glob("*.cpp"), *FOLDER.glob("*.h")]))


def library_path() -> Path:
    """Name the library for this processor, whether it is there or not."""
    capability = torch.backends.cpu.get_cpu_capability().lower()
    path = FOLDER / "compiled" / f"{capability}.so"
    return path if path.exists() else path.with_name("default.so")


def build_record() -> dict[str, object]:
    """Read what the build wrote about itself; empty if nothing was compiled.

    Returns
    -------
    record : dict
        ``compiler``, ``flags``, ``platform`` and ``processors``.
    """
    file = FOLDER / "compiled" / "built_with.json"
    return json.loads(file.read_text("utf-8")) if file.exists() else {}


@cache
def compiled() -> ctypes.CDLL | None:
    """Load the library for this processor; None if there is none.

    It shares torch's threads, whose OpenMP is in the process already.
    HANROCK_SK_NATIVE=0 in the environment leaves it aside. One that was compiled from
    other source, such as before an update of an editable install, is not used.

    Warns
    -----
    UserWarning
        If there is such a one, or one that cannot be loaded.
    """
    path = library_path()
    if os.environ.get("HANROCK_SK_NATIVE") == "0" or not path.exists():
        return None
    try:
        library = ctypes.CDLL(str(path))
    except OSError as error:
        warnings.warn(
            f"{path} cannot be loaded, so that networks train without it, more "
            f"slowly: {error}",
            stacklevel=2,
        )
        return None
    source = ctypes.c_char_p.in_dll(library, "source").value
    if source != source_fingerprint().encode():
        warnings.warn(
            f"{path} was compiled from other source than there is now, so that "
            "networks train without it, more slowly. Install hanrock-sk again to "
            "compile it.",
            stacklevel=2,
        )
        return None
    return library


def has_compiled_kernels() -> bool:
    """Whether there is a library to call."""
    return compiled() is not None


@cache
def library_is_slower() -> bool:
    """Whether our own GEMM is faster than torch's library on this processor."""
    library = compiled()
    return (
        library is not None
        and torch.backends.cpu.get_cpu_capability() != "DEFAULT"
        and torch.backends.mkl.is_available()
        and bool(library.processor_is_amd())
    )


@cache
def function(name: str, dtype: torch.dtype) -> Callable[..., None]:
    """Take a compiled function for numbers of a type.

    Parameters
    ----------
    name : str
        Its name in the C++ files.
    dtype : torch.dtype
        Single or double precision.

    Returns
    -------
    function : callable
        Takes addresses or None, and sizes, and returns nothing.
    """
    library = compiled()
    assert library is not None, "the table of kernels chose a library that is not there"
    kernel = Kernel.in_dll(library, f"{name}_{TYPES[dtype]}")
    arguments = [ARGUMENTS[letter] for letter in kernel.signature.decode()]
    return ctypes.CFUNCTYPE(None, *arguments)(kernel.address)


def offer_threads(n_threads: int) -> None:
    """Let kernels have so many threads where torch has fewer; 0 takes that back.

    What they compute does not depend on it.
    """
    library = compiled()
    if library is not None:
        library.offer_threads(n_threads)


def call(name: str, dtype: torch.dtype, *given: Tensor | int | None) -> None:
    """Call a compiled function.

    Parameters
    ----------
    name : str
        Its name in the C++ files.
    dtype : torch.dtype
        Single or double precision.
    *given : Tensor, int or None
        What it takes, in its order: tables are read in order and by address, whatever
        their dtype, so that the caller has to know that they are contiguous.
    """
    # Asking a new Python thread for its number of threads is what sets it.
    torch.get_num_threads()
    function(name, dtype)(
        *(each.data_ptr() if isinstance(each, Tensor) else each for each in given)
    )
