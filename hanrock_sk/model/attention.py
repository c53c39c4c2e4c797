"""Single-head attention that pools ragged sequences: words, or talkturns.

For every sequence, and for several encoders ("groups") side by side (section 3.1)::

    u_t = relu(W h_t + b)              h_t = (forward state, backward state)
    alpha_t = softmax_t(u_t . u_w)     over the real steps of the sequence alone
    s = sum_t alpha_t u_t              the perceptron's outputs are pooled, not h

All of it is one autograd function: its element-wise work is bound by memory, so it is
done step by step, on pieces that stay in the processor's cache.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from hanrock_sk.model.packing import Packing

CACHE_ELEMENTS = 2**17
"""Elements of a table that are worked on at a time: what a processor's second-level
cache holds of the four tables that take part."""


def _by_sequence(values: Tensor, packing: Packing, fill: float) -> Tensor:
    """Spread packed scalars (rows, groups) to (sequences, steps, groups)."""
    size = (packing.n_sequences, packing.n_steps, values.shape[1])
    table = values.new_full(size, fill)
    table.flatten(0, 1).index_copy_(0, packing.cell, values)
    return table


def _softmax(scores: Tensor, packing: Packing) -> Tensor:
    """Normalise packed scores (rows, groups) over each sequence."""
    table = _by_sequence(scores, packing, -math.inf).softmax(1)
    return table.flatten(0, 1).index_select(0, packing.cell)


def _join(states: Tensor, packing: Packing) -> Tensor:
    """Bring both directions into the order of the forward one, and append a 1."""
    rows, _, groups, hidden = states.shape
    joined = states.new_empty(rows, groups, 2 * hidden + 1)
    joined[..., :hidden] = states[:, 0]
    joined[..., hidden:-1] = states[:, 1].index_select(0, packing.mirror)
    joined[..., -1] = 1
    return joined


def _scores(u: Tensor, query: Tensor) -> Tensor:
    """Compare u (groups, rows, units) with the query: (groups, rows).

    The query stands on the left, as a row: as a column on the right it would be a
    product of one column, for which the library is several times slower.
    """
    return torch.bmm(query.unsqueeze(1), u.transpose(1, 2))[:, 0]


def _attend_in_two_passes(
    joined: Tensor, weight: Tensor, query: Tensor, packing: Packing
) -> tuple[Tensor, Tensor]:
    """Attend to narrow states, computing u once for the scores and once to pool it.

    With nothing to be kept for a backward pass, a thin product done twice in the cache
    costs less than writing u, which is many times wider than the states, and reading
    it back.
    """
    groups, units = query.shape
    counts = packing.counts
    work = joined.new_empty(groups * counts[0] * units)
    thin = joined.transpose(0, 1)

    def steps() -> Iterator[Tensor]:
        for begin, end, count in packing.spans():
            u = work[: groups * count * units].view(groups, count, units)
            torch.bmm(thin[:, begin:end], weight, out=u)
            yield u.relu_()

    scores = torch.cat([_scores(u, query) for u in steps()], dim=1)
    alpha = _softmax(scores.t(), packing)
    pooled = joined.new_zeros(groups, packing.n_sequences, units)
    for u, alpha_t in zip(
        steps(), alpha.t().unsqueeze(2).split(counts, 1), strict=True
    ):
        pooled[:, : u.shape[1]].addcmul_(u, alpha_t)
    return pooled.transpose(0, 1), alpha


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
    if 2 * n_sequences * groups * units > CACHE_ELEMENTS:
        return packing.counts, [grad[:, :count] for count in packing.counts]
    size = max(1, CACHE_ELEMENTS // (groups * units))
    sizes = [min(size, rows - begin) for begin in range(0, rows, size)]
    spread = grad.index_select(1, packing.sequence)
    return sizes, list(spread.split(sizes, 1))


class _Attend(torch.autograd.Function):
    # Inside, u stands group by group, (groups, rows, units), as the products write it;
    # a step is still one piece of each group.

    @staticmethod
    def forward(
        ctx: Any,
        states: Tensor,
        weight: Tensor,
        bias: Tensor,
        query: Tensor,
        packing: Packing,
    ) -> tuple[Tensor, Tensor]:
        _, _, groups, hidden = states.shape
        units, counts = weight.shape[-1], packing.counts
        joined = _join(states, packing)
        joined_weight = torch.cat([weight[0], weight[1], bias.unsqueeze(1)], dim=1)
        if 2 * hidden < units and not any(ctx.needs_input_grad):
            return _attend_in_two_passes(joined, joined_weight, query, packing)
        u = torch.bmm(joined.transpose(0, 1), joined_weight)
        u.relu_()
        alpha = _softmax(_scores(u, query).t(), packing)
        pooled = u.new_zeros(groups, packing.n_sequences, units)
        for u_t, alpha_t in zip(
            u.split(counts, 1), alpha.t().unsqueeze(2).split(counts, 1), strict=True
        ):
            pooled[:, : u_t.shape[1]].addcmul_(u_t, alpha_t)
        ctx.packing = packing
        ctx.save_for_backward(joined, weight, query, u, alpha)
        ctx.mark_non_differentiable(alpha)
        return pooled.transpose(0, 1), alpha

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Tensor) -> tuple[Tensor | None, ...]:
        joined, weight, query, u, alpha = ctx.saved_tensors
        packing, hidden = ctx.packing, weight.shape[2]
        sizes, grads = _pieces(grad.transpose(0, 1).contiguous(), packing)
        steps = u.split(sizes, 1)
        work = u.new_empty(len(u), max(sizes), u.shape[2])
        works = [work[:, :size] for size in sizes]
        grad_alpha = torch.empty_like(alpha)
        for work_t, u_t, grad_t, grad_alpha_t in zip(
            works, steps, grads, grad_alpha.split(sizes), strict=True
        ):
            torch.mul(u_t, grad_t, out=work_t)
            torch.sum(work_t, dim=-1, out=grad_alpha_t.t())
        # Softmax: d score = alpha (d alpha - sum over the sequence of alpha d alpha)
        weighted = alpha * grad_alpha
        total = _by_sequence(weighted, packing, 0.0).sum(1)
        total = total.index_select(0, packing.sequence)
        grad_scores = weighted.addcmul_(alpha, total, value=-1).t().contiguous()
        grad_query = torch.bmm(grad_scores.unsqueeze(1), u)[:, 0]
        # d (W h + b) = (alpha d s + d score u_w) where the relu let u through.
        grad_u = torch.empty_like(u)
        query = query.unsqueeze(1)
        for work_t, u_t, grad_t, alpha_t, grad_scores_t, grad_u_t in zip(
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
            torch.ops.aten.threshold_backward(work_t, u_t, 0, grad_input=grad_u_t)
        grad_joined_weight = torch.bmm(joined.permute(1, 2, 0), grad_u)
        grad_weight = torch.stack(grad_joined_weight[:, :-1].split(hidden, dim=1))
        grad_bias = grad_joined_weight[:, -1]
        joined_weight = torch.cat([weight[0], weight[1]], dim=1)
        grad_joined = torch.bmm(grad_u, joined_weight.transpose(1, 2)).transpose(0, 1)
        forward, backward = grad_joined.split(hidden, dim=-1)
        grad_states = torch.stack(
            [forward, backward.index_select(0, packing.mirror)], dim=1
        )
        return grad_states, grad_weight, grad_bias, grad_query, None


def attend(
    states: Tensor, weight: Tensor, bias: Tensor, query: Tensor, packing: Packing
) -> tuple[Tensor, Tensor]:
    """Pool packed sequences of bidirectional states by attention.

    Parameters
    ----------
    states : Tensor of shape (rows, 2, groups, hidden)
        States of the forward and the backward reading, each in its own packed order.
    weight : Tensor of shape (2, groups, hidden, units)
        W of the one-layer perceptron: its forward and its backward half.
    bias : Tensor of shape (groups, units)
        b of the perceptron.
    query : Tensor of shape (groups, units)
        The learnt vector that words (u_w) or talkturns (u_s, u_b) are compared with.
    packing : Packing
        The layout of the rows.

    Returns
    -------
    pooled : Tensor of shape (sequences, groups, units)
        The weighted sum of the perceptron's outputs.
    alpha : Tensor of shape (rows, groups)
        The attention weights, in packed order of the forward reading; they sum to 1
        over each sequence. Not differentiable.
    """
    if not torch.is_grad_enabled():
        # Parameters ask for a gradient even then, and would have u kept for it.
        weight, bias, query = weight.detach(), bias.detach(), query.detach()
    return _Attend.apply(states, weight, bias, query, packing)


class Attention(nn.Module):
    """The parameters of `attend`: a one-layer perceptron and a learnt query.

    Parameters
    ----------
    groups : int
        How many encoders stand side by side.
    hidden : int
        Width of one direction's states.
    units : int
        Width of the perceptron's output, and so of what is pooled.
    """

    def __init__(self, groups: int, hidden: int, units: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(2, groups, hidden, units))
        self.bias = nn.Parameter(torch.zeros(groups, units))
        self.query = nn.Parameter(torch.empty(groups, units))
        # Glorot's bound of the whole (2 * hidden, units) matrix.
        bound = math.sqrt(6 / (2 * hidden + units))
        nn.init.uniform_(self.weight, -bound, bound)
        nn.init.normal_(self.query, std=1 / math.sqrt(units))

    def forward(self, states: Tensor, packing: Packing) -> tuple[Tensor, Tensor]:
        """Pool; see `attend`."""
        return attend(states, self.weight, self.bias, self.query, packing)
