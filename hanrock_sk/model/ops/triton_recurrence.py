"""The recurrence of `hanrock_sk.model.recurrence`, as Triton kernels.

All steps are one launch; the kernels are in `triton_gru.py` and
`triton_gru_diagonal.py`. The gradient of the weight is one batched GEMM behind it.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from hanrock_sk.model.layout.packing import Packing
from hanrock_sk.model.ops.signatures import RecurrenceGradients
from hanrock_sk.model.ops.triton_gru import backward, forward
from hanrock_sk.model.ops.triton_gru_diagonal import (
    diagonal_backward,
    diagonal_forward,
)
from hanrock_sk.model.ops.triton_launch import launch, power_of_two, precision

SEQUENCES = 16
"""Sequences of a program: the fewest that a matrix instruction takes."""

WARPS = 8
"""Of a program with GEMMs: with fewer, registers are spilled."""


def blocks(hidden: int, dtype: torch.dtype) -> dict[str, Any]:
    """Sizes of a program's blocks, such that no registers are spilled."""
    is_single = dtype == torch.float32
    return {
        "HIDDEN": hidden,
        "SEQUENCES": SEQUENCES,
        "UNITS": min(64 if is_single else 32, max(16, power_of_two(hidden))),
        "TERMS": 16,
        "PRECISION": precision(),
    }


def diagonal_blocks(hidden: int) -> dict[str, Any]:
    """Sizes of a program's blocks where units do not read each other."""
    units = min(32, power_of_two(hidden))
    return {"HIDDEN": hidden, "SEQUENCES": SEQUENCES, "UNITS": units}


def _grid(packing: Packing, groups: int, constants: dict[str, Any]) -> tuple[int, ...]:
    parts = -(-packing.n_sequences // SEQUENCES)
    if "TERMS" in constants:
        return parts, groups
    return parts, groups, -(-constants["HIDDEN"] // constants["UNITS"])


def _run(
    gates: Tensor,
    index: Tensor | None,
    weight: Tensor,
    bias_new: Tensor,
    mask: Tensor | None,
    inner: Tensor | None,
    packing: Packing,
) -> Tensor:
    groups, hidden = bias_new.shape
    states = weight.new_empty(packing.offsets[-1], groups, hidden)
    dense = weight.dim() == 3
    constants = blocks(hidden, weight.dtype) if dense else diagonal_blocks(hidden)
    launch(
        forward if dense else diagonal_forward,
        _grid(packing, groups, constants),
        gates, index, weight, bias_new, mask, inner, states, packing.step_offsets,
        packing.n_steps, groups,
        warps=WARPS if dense else 4, HAS_INDEX=index is not None,
        HAS_MASK=mask is not None, **constants,
    )  # fmt: skip
    return states


def run(
    gates: Tensor,
    weight: Tensor,
    bias_new: Tensor,
    mask: Tensor | None,
    packing: Packing,
) -> tuple[Tensor, Tensor]:
    """Run all steps; see `signatures.RecurrenceKernels`."""
    inner = gates.new_empty(*gates.shape[:2], bias_new.shape[1])
    return _run(gates, None, weight, bias_new, mask, inner, packing), inner


def run_rows(
    table: Tensor,
    index: Tensor,
    weight: Tensor,
    bias_new: Tensor,
    packing: Packing,
) -> Tensor:
    """Run all steps on rows of a table; see `signatures.RecurrenceKernels`."""
    return _run(table, index, weight, bias_new, None, None, packing)


def run_back(
    grad_states: Tensor,
    gates: Tensor,
    inner: Tensor,
    states: Tensor,
    weight: Tensor,
    mask: Tensor | None,
    packing: Packing,
    *,
    may_overwrite: bool = False,
) -> RecurrenceGradients:
    """Run all steps backwards; see `signatures.RecurrenceKernels`."""
    rows, groups, hidden = states.shape
    first = packing.n_sequences
    grad_gates, factor = torch.empty_like(gates), torch.empty_like(gates)
    previous = states.new_empty(rows - first, groups, hidden)
    dense = weight.dim() == 3
    constants = blocks(hidden, weight.dtype) if dense else diagonal_blocks(hidden)
    carried = [states.new_zeros(first, groups, hidden)] if dense else []
    launch(
        backward if dense else diagonal_backward,
        _grid(packing, groups, constants),
        grad_states, gates, inner, states, weight, mask, *carried,
        grad_gates, factor, previous, packing.step_offsets, packing.n_steps, groups,
        warps=WARPS if dense else 4, HAS_MASK=mask is not None, **constants,
    )  # fmt: skip
    grad_bias = factor[..., 2 * hidden :].sum(0)
    later = factor[first:]
    if dense:
        grad_weight = torch.bmm(previous.permute(1, 2, 0), later.transpose(0, 1))
    else:
        columns = later.unflatten(2, (3, hidden))
        grad_weight = (previous.unsqueeze(2) * columns).sum(0).flatten(1)
    return RecurrenceGradients(grad_gates, grad_weight, grad_bias)
