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


class GRUWeights(NamedTuple):
    """The parameters of bidirectional GRUs side by side; direction comes first."""

    weight_input: Tensor  # (2, groups, inputs, 3 * hidden)
    bias: Tensor  # (2, groups, 3 * hidden)
    weight_state: Tensor  # (2, groups, hidden, 3 * hidden)
    bias_new: Tensor  # (2, groups, hidden)

    @classmethod
    def side_by_side(cls, grus: Sequence[BidirectionalGRU]) -> GRUWeights:
        """Join GRUs of the same sizes, so that they run in one recurrence."""
        if len(grus) == 1:
            return grus[0].weights
        return cls(
            *(
                torch.cat(same, dim=1)
                for same in zip(*(gru.weights for gru in grus), strict=True)
            )
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

    @property
    def weights(self) -> GRUWeights:
        """The four parameters."""
        return GRUWeights(
            self.weight_input, self.bias, self.weight_state, self.bias_new
        )


class _InputProduct(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, inputs: Tensor, weight: Tensor, bias: Tensor, attached: int
    ) -> Tensor:
        directions, groups, _, width = weight.shape
        gates = inputs.new_empty(inputs.shape[1], directions, groups, width)
        for d in range(directions):
            for g in range(groups):
                torch.addmm(bias[d, g], inputs[d], weight[d, g], out=gates[:, d, g])
        ctx.attached = attached
        ctx.save_for_backward(inputs, weight)
        return gates

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        inputs, weight = ctx.saved_tensors
        directions, groups = weight.shape[:2]
        grad_weight = torch.empty_like(weight)
        for d in range(directions):
            for g in range(groups):
                torch.mm(inputs[d].t(), grad[:, d, g], out=grad_weight[d, g])
        grad_inputs = None
        if ctx.needs_input_grad[0]:
            grad_inputs = torch.zeros_like(inputs)
            for d in range(directions):
                for g in range(ctx.attached):
                    grad_inputs[d].addmm_(grad[:, d, g], weight[d, g].t())
        return grad_inputs, grad_weight, grad.sum(0), None


def input_product(inputs: Tensor, weights: GRUWeights, attached: int) -> Tensor:
    """Multiply the inputs of all steps with the input weights of all groups.

    Parameters
    ----------
    inputs : Tensor of shape (2, rows, inputs)
        One table for each reading direction.
    weights : GRUWeights
        The parameters.
    attached : int
        The first `attached` groups send their gradient back to the inputs; the
        others read them detached.

    Returns
    -------
    gates : Tensor of shape (rows, 2, groups, 3 * hidden)
        Input products, biases included.
    """
    return _InputProduct.apply(inputs, weights.weight_input, weights.bias, attached)
