"""The attention of `hanrock_sk.model.attention`, of torch's operations.

Its element-wise work is bound by memory, so it is done step by step, on pieces that
stay in the processor's cache. Tables stand group by group, (groups, rows, units), as
the GEMMs write them; a step is still one piece of each group.

Instead of u = relu(W h + b) there is v = max(W h, -b) = u - b, which takes no addition:
b is added to what is pooled, as the weights sum to 1, and b . u_w, which all scores of
a group would have in common, makes no difference to them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import torch
from torch import Tensor

from hanrock_sk.model.layout.packing import Packing
from hanrock_sk.model.ops.signatures import AttentionGradients

CACHE_ELEMENTS = 2**17
"""Elements of a table that are worked on at a time: what a processor's second-level
cache holds of the four tables that take part."""


def _by_sequence(values: Tensor, packing: Packing, fill: float) -> Tensor:
    """Spread packed scalars (rows, groups) to (sequences, steps, groups)."""
    size = (packing.n_sequences, packing.n_steps, values.shape[1])
    table = values.new_full(size, fill)
    rows = table.flatten(0, 1)
    if values.device.type == "mps":  # which has no kernel for `index_copy_`
        rows[packing.cell] = values
    else:
        rows.index_copy_(0, packing.cell, values)
    return table


def _softmax(scores: Tensor, packing: Packing) -> Tensor:
    """Normalise scores (groups, rows) over each sequence: (rows, groups)."""
    scores = scores.t().contiguous()  # else each row is copied number by number
    table = _by_sequence(scores, packing, -math.inf).softmax(1)
    return table.flatten(0, 1).index_select(0, packing.cell)


def _is_thin(weight: Tensor) -> bool:
    """Whether the states are so narrow that moving them costs less than moving u."""
    return 2 * weight.shape[2] < weight.shape[3]


def _join(states: Tensor, weight: Tensor, packing: Packing) -> tuple[Tensor, Tensor]:
    """Join both directions, in the order of the forward one.

    Returns
    -------
    joined : Tensor of shape (groups, rows, 2 * hidden)
        The states h_t.
    weight : Tensor of shape (groups, 2 * hidden, units)
        W.
    """
    mirrored = states[:, 1].index_select(0, packing.mirror)
    joined = torch.cat([states[:, 0], mirrored], dim=-1)
    return joined.transpose(0, 1), torch.cat([weight[0], weight[1]], dim=1)


def _product(states: Tensor, weight: Tensor, packing: Packing) -> Tensor:
    """Multiply W h_t, (groups, rows, units), in the order of the forward direction."""
    if _is_thin(weight):
        return torch.bmm(*_join(states, weight, packing))
    by_group = states.permute(1, 2, 0, 3)
    product = torch.bmm(by_group[1], weight[1]).index_select(1, packing.mirror)
    return product.baddbmm_(by_group[0], weight[0])


def _product_backward(
    grad: Tensor, states: Tensor, weight: Tensor, packing: Packing
) -> tuple[Tensor, Tensor]:
    """From the gradient of `_product` to those of the states and the weight."""
    if _is_thin(weight):
        joined, joined_weight = _join(states, weight, packing)
        grad_weight = torch.bmm(joined.transpose(1, 2), grad)
        grad_joined = torch.bmm(grad, joined_weight.transpose(1, 2)).transpose(0, 1)
        forward, backward = grad_joined.chunk(2, dim=-1)
        return (
            torch.stack([forward, backward.index_select(0, packing.mirror)], dim=1),
            torch.stack(grad_weight.chunk(2, dim=1)),
        )
    grads = grad, grad.index_select(1, packing.mirror)
    by_group = states.permute(1, 2, 3, 0)
    grad_states = torch.empty_like(states)
    for d in range(2):
        product = torch.bmm(grads[d], weight[d].transpose(1, 2))
        grad_states[:, d].copy_(product.transpose(0, 1))
    return grad_states, torch.stack([torch.bmm(by_group[d], grads[d]) for d in (0, 1)])


def _scores(v: Tensor, query: Tensor) -> Tensor:
    """Compare v (groups, rows, units) with the query: (groups, rows).

    The query stands on the left, as a row: as a column on the right it would be a
    product of one column, for which the library is several times slower.
    """
    return torch.bmm(query.unsqueeze(1), v.transpose(1, 2))[:, 0]


def _attend_in_two_passes(
    states: Tensor, weight: Tensor, floor: Tensor, query: Tensor, packing: Packing
) -> tuple[Tensor, Tensor]:
    """Attend to thin states, computing v once for the scores and once to pool it.

    With nothing to be kept for a backward pass, a thin product done twice in the cache
    costs less than writing v, which is many times wider than the states, and reading
    it back.
    """
    groups, units = query.shape
    counts = packing.counts
    work = states.new_empty(groups * counts[0] * units)
    thin, joined_weight = _join(states, weight, packing)

    def steps() -> Iterator[Tensor]:
        for begin, end, count in packing.spans():
            v = work[: groups * count * units].view(groups, count, units)
            torch.bmm(thin[:, begin:end], joined_weight, out=v)
            yield torch.maximum(v, floor, out=v)

    scores = torch.cat([_scores(v, query) for v in steps()], dim=1)
    alpha = _softmax(scores, packing)
    return _pool(steps(), alpha, packing), alpha


def _pool(steps: Iterable[Tensor], alpha: Tensor, packing: Packing) -> Tensor:
    """Sum alpha_t v_t: from (groups, count, units) of each step, one per sequence."""
    weights = alpha.t().unsqueeze(2).split(packing.counts, 1)
    weighted = zip(steps, weights, strict=True)
    v, alpha_t = next(weighted)  # every sequence has a first step
    pooled = v * alpha_t
    for v, alpha_t in weighted:
        pooled[:, : v.shape[1]].addcmul_(v, alpha_t)
    return pooled


def _pieces(grad: Tensor, packing: Packing) -> tuple[list[int], list[Tensor]]:
    """Cut the backward pass into pieces, and spread the gradient over their rows.

    Parameters
    ----------
    grad : Tensor of shape (groups, sequences, units)
        Gradient of what was pooled.
    packing : Packing
        The layout of the rows.

    Returns
    -------
    sizes : list of int
        Rows of each piece: a step where steps are wide, otherwise as many as the cache
        holds.
    grads : list of Tensor of shape (groups, size, units)
        The gradient of the sequence that each row belongs to.
    """
    groups, n_sequences, units = grad.shape
    rows = packing.offsets[-1]
    if not grad.is_cpu:  # no such cache, and every launch costs
        return [rows], [grad.index_select(1, packing.sequence)]
    if 2 * n_sequences * groups * units > CACHE_ELEMENTS:
        return packing.counts, [grad[:, :count] for count in packing.counts]
    size = max(1, CACHE_ELEMENTS // (groups * units))
    sizes = [min(size, rows - begin) for begin in range(0, rows, size)]
    spread = grad.index_select(1, packing.sequence)
    return sizes, list(spread.split(sizes, 1))


def run(
    states: Tensor,
    weight: Tensor,
    bias: Tensor,
    query: Tensor,
    packing: Packing,
    *,
    keeps: bool,
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Pool every sequence; see `signatures.AttentionKernels`."""
    floor = bias.neg().unsqueeze(1)
    if _is_thin(weight) and not keeps:
        v = None
        pooled, alpha = _attend_in_two_passes(states, weight, floor, query, packing)
    else:
        v = _product(states, weight, packing)
        torch.maximum(v, floor, out=v)
        alpha = _softmax(_scores(v, query), packing)
        pooled = _pool(v.split(packing.counts, 1), alpha, packing)
    pooled.sub_(floor)
    return pooled.transpose(0, 1), alpha, v


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
    v = kept
    assert v is not None, "the forward pass kept nothing"
    sizes, grads = _pieces(grad.transpose(0, 1).contiguous(), packing)
    steps = v.split(sizes, 1)
    work = v.new_empty(len(v), max(sizes), v.shape[2])
    works = [work[:, :size] for size in sizes]
    grad_alpha = torch.empty_like(alpha)
    for work_t, v_t, grad_t, grad_alpha_t in zip(
        works, steps, grads, grad_alpha.split(sizes), strict=True
    ):
        torch.mul(v_t, grad_t, out=work_t)
        torch.sum(work_t, dim=-1, out=grad_alpha_t.t())
    # Softmax: d score = alpha (d alpha - sum over the sequence of alpha d alpha).
    # What v lacks of u is the same at all steps, and drops out.
    weighted = alpha * grad_alpha
    total = _by_sequence(weighted, packing, 0.0).sum(1)
    total = total.index_select(0, packing.sequence)
    grad_scores = weighted.addcmul_(alpha, total, value=-1).t().contiguous()
    grad_query = torch.bmm(grad_scores.unsqueeze(1), v)[:, 0]
    # d (W h + b) = (alpha d s + d score u_w) where u > 0.
    grad_u = torch.empty_like(v)
    query, bias = query.unsqueeze(1), bias.unsqueeze(1)
    for work_t, v_t, grad_t, alpha_t, grad_scores_t, grad_u_t in zip(
        works,
        steps,
        grads,
        alpha.t().unsqueeze(2).split(sizes, 1),
        grad_scores.unsqueeze(2).split(sizes, 1),
        grad_u.split(sizes, 1),
        strict=True,
    ):
        torch.mul(grad_t, alpha_t, out=work_t)
        work_t.addcmul_(grad_scores_t, query)
        u_t = torch.add(v_t, bias, out=grad_u_t)
        torch.ops.aten.threshold_backward(work_t, u_t, 0, grad_input=grad_u_t)
    grad_states, grad_weight = _product_backward(grad_u, states, weight, packing)
    return AttentionGradients(grad_states, grad_weight, grad_u.sum(1), grad_query)
