"""The attention of `hanrock_sk.model.attention`, by compiled code.

Between its GEMMs, each table is read and written once. If the states are a few numbers,
there are no GEMMs and no tables: v is calculated anew wherever it is needed.
"""

from __future__ import annotations

import torch
from torch import Tensor

from hanrock_sk.model.layout.packing import Packing
from hanrock_sk.model.native.loading import call
from hanrock_sk.model.ops.product import multiply, multiply_each
from hanrock_sk.model.ops.signatures import AttentionGradients

FEW = 4
"""Units of a direction up to which states are thin."""


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

    What is kept are the outputs less the bias, v (groups, rows, units); nothing for
    thin states.
    """
    rows, _, groups, hidden = states.shape
    units = query.shape[1]
    floor = bias.neg()
    alpha = states.new_empty(rows, groups)
    pooled = states.new_empty(packing.n_sequences, groups, units)
    if hidden <= FEW:
        call(
            "attention_thin", states.dtype,
            states, weight, floor, query, packing.mirror, packing.step_offsets,
            alpha, pooled,
            packing.n_steps, groups, hidden, units,
        )  # fmt: skip
        return pooled, alpha, None
    v, backwards = products = states.new_empty(2, groups, rows, units)
    by_group = states.permute(1, 2, 0, 3)
    for d in range(2):
        multiply_each(by_group[d], weight[d], out=products[d])
    scores = states.new_empty(groups, rows)
    call(
        "attention_compare", states.dtype,
        v, backwards, packing.mirror, floor, query, scores,
        rows, groups, units,
    )  # fmt: skip
    call(
        "attention_pool", states.dtype,
        v, scores, floor, packing.step_offsets, alpha, pooled,
        packing.n_steps, groups, units,
    )  # fmt: skip
    return pooled, alpha, v


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
    rows, _, groups, hidden = states.shape
    units = query.shape[1]
    floor = bias.neg()
    grad = grad.contiguous()
    grad_states = torch.empty_like(states)
    if hidden <= FEW:
        grads = AttentionGradients(
            grad_states, *map(torch.empty_like, (weight, floor, query))
        )
        call(
            "attention_thin_back", states.dtype,
            states, weight, floor, query, packing.mirror, packing.step_offsets,
            alpha, grad, *grads,
            packing.n_steps, groups, hidden, units,
        )  # fmt: skip
        return grads
    v = kept
    assert v is not None, "the forward pass kept nothing"
    grads_v = torch.empty_like(v), torch.empty_like(v)  # of W h, in either order
    grad_scores = states.new_empty(groups, rows)
    call(
        "attention_spread", states.dtype,
        v, alpha, grad, floor, query, packing.mirror, packing.step_offsets,
        *grads_v, grad_scores,
        packing.n_steps, groups, units,
    )  # fmt: skip
    grad_weight = torch.empty_like(weight)
    by_group = states.permute(1, 2, 3, 0)
    for d in range(2):
        multiply_each(by_group[d], grads_v[d], out=grad_weight[d])
        for group in range(groups):
            # One by one: the result's groups stand apart, where bmm makes a copy.
            grad_v, of_group = grads_v[d][group], weight[d, group].t()
            multiply(grad_v, of_group, out=grad_states[:, d, group])
    return AttentionGradients(
        grad_states,
        grad_weight,
        grads_v[0].sum(1),
        torch.bmm(grad_scores.unsqueeze(1), v)[:, 0],
    )
