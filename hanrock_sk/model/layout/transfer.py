"""Moving what a batch is made of to a device, in one copy for each dtype.

A copy costs microseconds whatever it moves, and one from memory that the system may
swap out makes the program wait for it. So the tensors of a batch, some eighteen, go
through one pinned buffer and are views of one tensor on the device.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import torch
from torch import Tensor

ALIGNED = 16
"""Numbers of which every view begins at a multiple: kernels may ask for 16 bytes."""

Record = TypeVar("Record")


def move_tensors(tensors: Sequence[Tensor], device: torch.device) -> list[Tensor]:
    """Move tensors from the CPU, those of one dtype in one copy.

    Parameters
    ----------
    tensors : sequence of Tensor
        On the CPU.
    device : torch.device
        Where to.

    Returns
    -------
    moved : list of Tensor
        Contiguous views of one tensor for each dtype.
    """
    begins, sizes = [], dict.fromkeys((each.dtype for each in tensors), 0)
    for each in tensors:
        begins.append(sizes[each.dtype])
        sizes[each.dtype] += -(-each.numel() // ALIGNED) * ALIGNED
    tables = {}
    for dtype, size in sizes.items():
        buffer = torch.empty(size, dtype=dtype, pin_memory=device.type == "cuda")
        for each, begin in zip(tensors, begins, strict=True):
            if each.dtype == dtype:
                buffer[begin : begin + each.numel()].view(each.shape).copy_(each)
        tables[dtype] = buffer.to(device, non_blocking=True)
    return [
        tables[each.dtype][begin : begin + each.numel()].view(each.shape)
        for each, begin in zip(tensors, begins, strict=True)
    ]


def _parts(record: Any) -> dict[str, Any]:
    """Tensors and records within a record."""
    values = {each.name: getattr(record, each.name) for each in fields(record)}
    return {
        name: value
        for name, value in values.items()
        if isinstance(value, Tensor) or is_dataclass(value)
    }


def _tensors_of(record: Any) -> Iterator[Tensor]:
    for value in _parts(record).values():
        if isinstance(value, Tensor):
            yield value
        else:
            yield from _tensors_of(value)


def _with_tensors(record: Any, tensors: Iterator[Tensor]) -> Any:
    changes = {
        name: next(tensors)
        if isinstance(value, Tensor)
        else _with_tensors(value, tensors)
        for name, value in _parts(record).items()
    }
    return replace(record, **changes)


def move_records(records: Sequence[Any], device: torch.device | str) -> tuple[Any, ...]:
    """Move all tensors of some records, and of records within them, to a device.

    Parameters
    ----------
    records : sequence of dataclasses
        Such as a batch and its targets.
    device : torch.device or str
        Where to.

    Returns
    -------
    moved : tuple of dataclasses
        Other records; the same ones if all of it is there already.
    """
    device = torch.device(device)
    tensors = [tensor for record in records for tensor in _tensors_of(record)]
    if all(_is_there(tensor, device) for tensor in tensors):
        return tuple(records)
    if all(tensor.is_cpu for tensor in tensors):
        moved = iter(move_tensors(tensors, device))
    else:
        moved = iter([tensor.to(device) for tensor in tensors])
    return tuple(_with_tensors(record, moved) for record in records)


def _is_there(tensor: Tensor, device: torch.device) -> bool:
    """Whether a tensor is on a device; "cuda" alone is any card."""
    here = tensor.device
    return here.type == device.type and device.index in (None, here.index)


def move_record(record: Record, device: torch.device | str) -> Record:
    """Move all tensors of a record to a device; see `move_records`."""
    return move_records([record], device)[0]
