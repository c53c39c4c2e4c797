"""Single-head attention that pools ragged sequences: words, or talkturns.

For every sequence, and for several encoders ("groups") side by side (section 3.1)::

    u_t = relu(W h_t + b)              h_t = (forward state, backward state)
    alpha_t = softmax_t(u_t . u_w)     over the real steps of the sequence alone
    s = sum_t alpha_t u_t              the perceptron's outputs are pooled, not h

All of it is one autograd function. What it computes are kernels of
`hanrock_sk.model.ops`, chosen by device.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from hanrock_sk.model.layout.packing import Packing
from hanrock_sk.model.ops.kernel_table import attention_kernels


class _Attend(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        states: Tensor,
        weight: Tensor,
        bias: Tensor,
        query: Tensor,
        packing: Packing,
    ) -> tuple[Tensor, Tensor]:
        given = [each.contiguous() for each in (states, weight, bias, query)]
        keeps = any(ctx.needs_input_grad)
        ctx.kernels = attention_kernels(*given)
        pooled, alpha, kept = ctx.kernels.run(*given, packing, keeps=keeps)
        if keeps:
            ctx.packing = packing
            ctx.save_for_backward(*given, alpha, kept)
        ctx.mark_non_differentiable(alpha)
        return pooled, alpha

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Tensor) -> tuple[Tensor | None, ...]:
        return *ctx.kernels.run_back(grad, *ctx.saved_tensors, ctx.packing), None


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


class AttentionPooling(nn.Module):
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
