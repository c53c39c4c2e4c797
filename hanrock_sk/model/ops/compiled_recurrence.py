"""The recurrence of `hanrock_sk.model.recurrence`, by compiled code.

All steps are one call. A thread reads some sequences of one encoder from end to end,
GEMM and gates, and waits for no other; the GEMMs are those of
`native/packed_matrix.h`. The gradient of the recurrent weight is a large GEMM behind
the call. A number depends neither on the number of threads nor on its neighbours.
"""

from __future__ import annotations

import torch
from torch import Tensor

from hanrock_sk.model.layout.packing import Packing
from hanrock_sk.model.native.loading import call
from hanrock_sk.model.ops.product import multiply
from hanrock_sk.model.ops.signatures import RecurrenceGradients


def _name(weight: Tensor) -> str:
    return "recurrence" if weight.dim() == 3 else "recurrence_diagonal"


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
    call(
        _name(weight), states.dtype,
        gates, index, weight, bias_new, mask, inner, states, packing.step_offsets,
        packing.n_steps, groups, hidden,
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
    """Run all steps backwards; see `signatures.RecurrenceKernels`.

    Gradients in the place of `gates` and `inner` save fresh memory: these are the
    largest tables of a training step.
    """
    groups, hidden = states.shape[1:]
    # Each number is read before its gradient takes its place.
    grad_gates, grad_new = (
        (gates, inner)
        if may_overwrite
        else (torch.empty_like(gates), torch.empty_like(inner))
    )
    # The states that were multiplied; by first steps there were none.
    later = slice(packing.n_sequences, None)
    previous = torch.empty_like(states[later])
    call(
        f"{_name(weight)}_back", states.dtype,
        gates, inner, states, grad_states, weight, mask,
        grad_gates, grad_new, previous, packing.step_offsets,
        packing.n_steps, groups, hidden,
    )  # fmt: skip
    later_gates, later_new = grad_gates[later], grad_new[later]
    if weight.dim() == 2:
        reset_update = later_gates.unflatten(2, (3, hidden))[:, :, :2]
        factor = torch.cat([reset_update, later_new.unsqueeze(2)], dim=2)
        grad_weight = (previous.unsqueeze(2) * factor).sum(0).flatten(1)
        return RecurrenceGradients(grad_gates, grad_weight, grad_new.sum(0))
    grad_weight = torch.empty_like(weight)
    for group in range(groups):
        left, right = previous[:, group].t(), later_gates[:, group, : 2 * hidden]
        multiply(left, right, out=grad_weight[group, :, : 2 * hidden])
        multiply(left, later_new[:, group], out=grad_weight[group, :, 2 * hidden :])
    return RecurrenceGradients(grad_gates, grad_weight, grad_new.sum(0))
