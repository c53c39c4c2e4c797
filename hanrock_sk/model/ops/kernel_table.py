"""The table of kernels: which library computes an operation, on which device.

To add kernels for another device, write ``ops/<library>_<operation>.py`` with the
functions of `signatures.py`, and a line here. What a library has no kernel for is left
to the next one in the table; the last one, of torch's own operations, has all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import cast

import torch
from torch import Tensor

from hanrock_sk.model.native.loading import has_compiled_kernels, library_is_slower
from hanrock_sk.model.ops.signatures import (
    AttentionKernels,
    ProductKernels,
    RecurrenceKernels,
    WordsKernels,
)
from hanrock_sk.model.ops.triton_probe import has_triton

REAL = (torch.float32, torch.float64)


@dataclass(frozen=True)
class Library:
    """A line of the table.

    Attributes
    ----------
    name : str
        Its modules are ``ops/<name>_<operation>.py``.
    operations : tuple of str
        What it has kernels for.
    devices : tuple of str
        Types of devices it computes on; empty for all.
    dtypes : tuple of torch.dtype
        Numbers it computes with; empty for all.
    is_there : callable
        Whether it can be used in this process.
    """

    name: str
    operations: tuple[str, ...]
    devices: tuple[str, ...] = ()
    dtypes: tuple[torch.dtype, ...] = ()
    is_there: Callable[[], bool] = lambda: True


TABLE: list[Library] = [
    Library(
        "compiled",
        ("recurrence", "attention", "words"),
        ("cpu",),
        REAL,
        has_compiled_kernels,
    ),
    Library("compiled", ("product",), ("cpu",), REAL, library_is_slower),
    Library(
        "triton", ("recurrence", "attention", "words"), ("cuda",), REAL, has_triton
    ),
    Library("eager", ("recurrence", "attention", "words", "product")),
]
"""In order of preference."""


@cache
def _chosen(operation: str, device: str, dtype: torch.dtype | None) -> object:
    for library in TABLE:
        if (
            operation in library.operations
            and (not library.devices or device in library.devices)
            and (not library.dtypes or dtype in library.dtypes)
            and library.is_there()
        ):
            return import_module(f"hanrock_sk.model.ops.{library.name}_{operation}")
    raise LookupError(f"No library computes {operation} on {device}.")


def _choose(operation: str, tensors: tuple[Tensor | None, ...]) -> object:
    """Choose by device and dtype; tensors that disagree are left to torch's errors."""
    given = [tensor for tensor in tensors if tensor is not None]
    device, dtype = given[0].device, given[0].dtype
    agree = all(each.dtype == dtype and each.device == device for each in given)
    return _chosen(operation, device.type, dtype if agree else None)


def recurrence_kernels(*tensors: Tensor | None) -> RecurrenceKernels:
    """Choose who runs the recurrence on these tensors."""
    return cast(RecurrenceKernels, _choose("recurrence", tensors))


def attention_kernels(*tensors: Tensor | None) -> AttentionKernels:
    """Choose who computes attention on these tensors."""
    return cast(AttentionKernels, _choose("attention", tensors))


def words_kernels(*tensors: Tensor | None) -> WordsKernels:
    """Choose who writes the rows of words from these tensors."""
    return cast(WordsKernels, _choose("words", tensors))


def product_kernels(*tensors: Tensor | None) -> ProductKernels:
    """Choose who multiplies these matrices."""
    return cast(ProductKernels, _choose("product", tensors))


def forget_choices() -> None:
    """Choose anew when the next operation is asked for."""
    _chosen.cache_clear()


@contextmanager
def only(*names: str) -> Iterator[None]:
    """Use the kernels of these libraries alone, to compare them.

    Parameters
    ----------
    *names : str
        Names of libraries in the table, such as "eager".

    Examples
    --------
    >>> import torch
    >>> from hanrock_sk.model.ops.kernel_table import only, recurrence_kernels
    >>> with only("eager"):
    ...     recurrence_kernels(torch.zeros(1)).__name__
    'hanrock_sk.model.ops.eager_recurrence'
    """
    before = TABLE[:]
    TABLE[:] = [library for library in before if library.name in names]
    forget_choices()
    try:
        yield
    finally:
        TABLE[:] = before
        forget_choices()
