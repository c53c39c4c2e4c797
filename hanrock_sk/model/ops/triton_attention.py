"""The attention of `hanrock_sk.model.attention`: GEMMs, and Triton between them.

Forwards, one batched GEMM for both readings and two kernels (`triton_pooling.py`);
backwards, one kernel and three batched GEMMs.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from hanrock_sk.model.layout.packing import Packing
from hanrock_sk.model.ops.signatures import AttentionGradients
from hanrock_sk.model.ops.triton_launch import launch, power_of_two
from hanrock_sk.model.ops.triton_pooling import compare, pool, spread

NUMBERS = 2048
"""Numbers of a table that a program works on at a time."""


def row_blocks(units: int) -> dict[str, Any]:
    """Sizes of a program's blocks where it has some rows."""
    block = min(256, power_of_two(units))
    return {"UNITS": units, "ROWS": NUMBERS // block, "BLOCK": block}


def sequence_blocks(units: int) -> dict[str, Any]:
    """Sizes of a program's blocks where it has one sequence."""
    return {"UNITS": units, "BLOCK": min(256, power_of_two(units)), "STEPS": 32}


def _readings_first(table: Tensor) -> Tensor:
    """See (rows, 2, groups, width) as (2 * groups, rows, width)."""
    return table.permute(1, 2, 0, 3).flatten(0, 1)


def run(
    states: Tensor,
    weight: Tensor,
    bias: Tensor,
    query: Tensor,
    packing: Packing,
    *,
    keeps: bool,
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Pool every sequence; see `signatures.AttentionKernels`.

    What is kept is v (2 * groups, rows, units), of which the first half counts.
    """
    rows, _, groups, _ = states.shape
    units = query.shape[1]
    product = torch.bmm(_readings_first(states), weight.flatten(0, 1))
    scores = states.new_empty(groups, rows)
    alpha = states.new_empty(rows, groups)
    pooled = states.new_empty(packing.n_sequences, groups, units)
    constants = row_blocks(units)
    launch(
        compare,
        (-(-rows // constants["ROWS"]), groups),
        product, packing.mirror, bias, query, scores, rows, groups,
        **constants,
    )  # fmt: skip
    launch(
        pool,
        (packing.n_sequences, groups),
        product, scores, bias, packing.step_offsets, alpha, pooled,
        rows, groups, packing.n_steps,
        **sequence_blocks(units),
    )  # fmt: skip
    return pooled, alpha, product if keeps else None


def run_back(
    grad: Tensor,
    states: Tensor,
    weight: Tensor,
    bias: Tensor,
    query: Tensor,
    alpha: Tensor,
    kept: Tensor | None,
    packing: Packing,
) -> AttentionGradients:
    """From the gradient of what was pooled to all others."""
    assert kept is not None, "the forward pass kept nothing"
    rows, _, groups, hidden = states.shape
    units = query.shape[1]
    v = kept[:groups]
    grad_product = torch.empty_like(kept)
    grad_alpha, grad_scores = states.new_empty(2, groups, rows)
    launch(
        spread,
        (packing.n_sequences, groups),
        v, alpha, grad.contiguous(), bias, query, packing.mirror, packing.step_offsets,
        grad_alpha, grad_scores, grad_product, rows, groups, packing.n_steps,
        **sequence_blocks(units),
    )  # fmt: skip
    grad_weight = torch.bmm(_readings_first(states).transpose(1, 2), grad_product)
    grad_states = torch.bmm(grad_product, weight.flatten(0, 1).transpose(1, 2))
    return AttentionGradients(
        grad_states.view(2, groups, rows, hidden).permute(2, 0, 1, 3),
        grad_weight.view_as(weight),
        grad_product[:groups].sum(1),
        torch.bmm(grad_scores.unsqueeze(1), v)[:, 0],
    )
