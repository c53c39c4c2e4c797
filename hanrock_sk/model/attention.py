"""Single-head attention that pools ragged sequences: words, or talkturns.

For every sequence, and for several encoders ("groups") side by side (section 3.1)::

    u_t = relu(W h_t + b)              h_t = (forward state, backward state)
    alpha_t = softmax_t(u_t . u_w)     over the real steps of the sequence alone
    s = sum_t alpha_t u_t              the perceptron's outputs are pooled, not h

All of it is one autograd function: its element-wise work is bound by memory, so what
matters is how often a table is read, and autograd would read it twice as often.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from hanrock_sk.model.packing import Packing


def _by_sequence(values: Tensor, packing: Packing, fill: float) -> Tensor:
    """Spread packed scalars (groups, rows) to (groups, sequences, steps)."""
    table = values.new_full(
        (values.shape[0], packing.n_sequences, packing.n_steps), fill
    )
    table[:, packing.sequence, packing.step] = values
    return table


class _Attend(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, states: Tensor, weight: Tensor, bias: Tensor, query: Tensor,
        packing: Packing,
    ) -> tuple[Tensor, Tensor]:  # fmt: skip
        # states (2, groups, rows, hidden), each direction in its own reading order;
        # weight (2, groups, hidden, units); bias, query (groups, units)
        _, groups, rows, hidden = states.shape
        units = weight.shape[-1]
        bias = bias.unsqueeze(1)
        # The backward states have to be brought into the order of the forward ones:
        # before the product if they are narrower than it, after it otherwise.
        narrow = hidden < units
        if narrow:
            joined = torch.cat(
                [states[0], states[1].index_select(1, packing.mirror)], dim=-1
            )
            u = torch.baddbmm(bias, joined, weight.transpose(0, 1).flatten(1, 2))
        else:
            u = torch.bmm(states[1], weight[1]).index_select(1, packing.mirror)
            u.baddbmm_(states[0], weight[0])
            u.add_(bias)
        u.relu_()
        scores = torch.bmm(u, query.unsqueeze(2)).squeeze(2)
        table = _by_sequence(scores, packing, -math.inf).softmax(-1)
        alpha = table[:, packing.sequence, packing.step]
        pooled = u.new_zeros(groups, packing.n_sequences, units)
        for begin, end, count in packing.spans():
            pooled[:, :count].addcmul_(u[:, begin:end], alpha[:, begin:end, None])
        ctx.packing, ctx.narrow = packing, narrow
        ctx.save_for_backward(joined if narrow else states, weight, query, u, alpha)
        ctx.mark_non_differentiable(alpha)
        return pooled, alpha

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Tensor) -> tuple[Tensor | None, ...]:
        states, weight, query, u, alpha = ctx.saved_tensors
        packing, hidden = ctx.packing, weight.shape[2]
        grad_alpha = torch.empty_like(alpha)
        grad_u = torch.empty_like(u)
        for begin, end, count in packing.spans():
            torch.mul(u[:, begin:end], grad[:, :count], out=grad_u[:, begin:end])
            grad_alpha[:, begin:end] = grad_u[:, begin:end].sum(-1)
            torch.mul(
                grad[:, :count], alpha[:, begin:end, None], out=grad_u[:, begin:end]
            )
        # Softmax: d score = alpha (d alpha - sum over the sequence of alpha d alpha)
        weighted = alpha * grad_alpha
        total = _by_sequence(weighted, packing, 0.0).sum(-1)[:, packing.sequence]
        grad_scores = weighted.addcmul_(alpha, total, value=-1)
        grad_query = torch.bmm(grad_scores.unsqueeze(1), u).squeeze(1)
        grad_u.baddbmm_(grad_scores.unsqueeze(2), query.unsqueeze(1))
        grad_u.mul_(u > 0)
        grad_bias = grad_u.sum(1)
        if ctx.narrow:
            joined_weight = weight.transpose(0, 1).flatten(1, 2)
            grad_weight = torch.bmm(states.transpose(1, 2), grad_u)
            grad_weight = grad_weight.unflatten(1, (2, hidden)).transpose(0, 1)
            joined = torch.bmm(grad_u, joined_weight.transpose(1, 2))
            grad_states = torch.stack(
                [
                    joined[..., :hidden],
                    joined[..., hidden:].index_select(1, packing.mirror),
                ]
            )
        else:
            mirrored = grad_u.index_select(1, packing.mirror)
            both = [grad_u, mirrored]
            grad_weight = torch.stack(
                [torch.bmm(states[d].transpose(1, 2), both[d]) for d in (0, 1)]
            )
            grad_states = torch.empty_like(states)
            for d in (0, 1):
                torch.bmm(both[d], weight[d].transpose(1, 2), out=grad_states[d])
        return grad_states, grad_weight, grad_bias, grad_query, None


def attend(
    states: Tensor, weight: Tensor, bias: Tensor, query: Tensor, packing: Packing
) -> tuple[Tensor, Tensor]:
    """Pool packed sequences of bidirectional states by attention.

    Parameters
    ----------
    states : Tensor of shape (2, groups, rows, hidden)
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
    pooled : Tensor of shape (groups, sequences, units)
        The weighted sum of the perceptron's outputs.
    alpha : Tensor of shape (groups, rows)
        The attention weights, in packed order of the forward reading; they sum to 1
        over each sequence. Not differentiable.
    """
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
        for group in range(groups):
            # Glorot's bound of the whole (2 * hidden, units) matrix.
            bound = math.sqrt(6 / (2 * hidden + units))
            nn.init.uniform_(self.weight[:, group], -bound, bound)
            nn.init.normal_(self.query[group], std=1 / math.sqrt(units))

    def forward(self, states: Tensor, packing: Packing) -> tuple[Tensor, Tensor]:
        """Pool; see `attend`."""
        return attend(states, self.weight, self.bias, self.query, packing)
