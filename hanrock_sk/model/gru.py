"""Bidirectional GRUs, several side by side.

The parameters are those of section 3.1's GRU (and of `torch.nn.GRU`, but for the
doubled bias of the reset and update gates), with gate order reset, update, new::

    r = sigmoid(W_r x + U_r h + b_r)
    z = sigmoid(W_z x + U_z h + b_z)
    c = tanh(W_n x + b_n + r * (U_n h + b_new))
    h' = (1 - z) * c + z * h
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn


class StateWeights(NamedTuple):
    """The recurrent parameters of bidirectional GRUs side by side."""

    weight: Tensor  # (2 * groups, hidden, 3 * hidden)
    bias_new: Tensor  # (2 * groups, hidden)

    @classmethod
    def side_by_side(cls, grus: Sequence[BidirectionalGRU]) -> StateWeights:
        """Join GRUs of the same sizes, so that they run in one recurrence."""
        weights: list[Tensor] = [gru.weight_state for gru in grus]
        biases: list[Tensor] = [gru.bias_new for gru in grus]
        return cls(
            torch.cat(weights, dim=1).flatten(0, 1),
            torch.cat(biases, dim=1).flatten(0, 1),
        )


class BidirectionalGRU(nn.Module):
    """Parameters of bidirectional GRUs of the same sizes.

    Parameters
    ----------
    groups : int
        How many of them.
    inputs : int
        Width of the input.
    hidden : int
        Number of units of one direction.
    """

    def __init__(self, groups: int, inputs: int, hidden: int) -> None:
        super().__init__()
        self.groups, self.inputs, self.hidden = groups, inputs, hidden
        self.weight_input = nn.Parameter(torch.empty(2, groups, inputs, 3 * hidden))
        self.bias = nn.Parameter(torch.zeros(2, groups, 3 * hidden))
        self.weight_state = nn.Parameter(torch.empty(2, groups, hidden, 3 * hidden))
        self.bias_new = nn.Parameter(torch.zeros(2, groups, hidden))
        # Glorot for what comes in, orthogonal for what goes round, as Keras' GRU.
        bound = math.sqrt(6 / (inputs + hidden))
        nn.init.uniform_(self.weight_input, -bound, bound)
        with torch.no_grad():
            for matrix in self.weight_state.flatten(0, 1):
                for gate in matrix.split(hidden, dim=1):
                    gate.copy_(nn.init.orthogonal_(torch.empty(hidden, hidden)))


class _InputProduct(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, inputs: Tensor, *parameters: Tensor) -> Tensor:
        weights, biases = parameters[::2], parameters[1::2]
        width = weights[0].shape[-1]
        gates = inputs.new_empty(inputs.shape[1], 2, len(weights), width)
        for g, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
            for d in range(2):
                torch.addmm(bias[d, 0], inputs[d], weight[d, 0], out=gates[:, d, g])
        ctx.save_for_backward(inputs, *weights)
        return gates

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        inputs, *weights = ctx.saved_tensors
        grad_bias = grad.sum(0)
        grads: list[Tensor | None] = []
        for g, weight in enumerate(weights):
            grad_weight = torch.empty_like(weight)
            for d in range(2):
                torch.mm(inputs[d].t(), grad[:, d, g], out=grad_weight[d, 0])
            grads += [grad_weight, grad_bias[:, g : g + 1]]
        grad_inputs = None
        if ctx.needs_input_grad[0]:
            # The first GRU alone sends its gradient back.
            grad_inputs = torch.stack(
                [grad[:, d, 0] @ weights[0][d, 0].t() for d in range(2)]
            )
        return grad_inputs, *grads


def input_product(inputs: Tensor, grus: Sequence[BidirectionalGRU]) -> Tensor:
    """Multiply the inputs of all steps with the input weights of all GRUs.

    Parameters
    ----------
    inputs : Tensor of shape (2, rows, inputs)
        One table for each reading direction.
    grus : sequence of BidirectionalGRU
        Of one group each. The first one sends its gradient back to the inputs; the
        others read them detached.

    Returns
    -------
    gates : Tensor of shape (rows, 2, len(grus), 3 * hidden)
        Input products, biases included.
    """
    parameters = [tensor for gru in grus for tensor in (gru.weight_input, gru.bias)]
    return _InputProduct.apply(inputs, *parameters)
