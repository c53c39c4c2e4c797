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

from hanrock_sk.model.layout.rows import aligned, with_ones
from hanrock_sk.model.ops.product import multiply


class StateWeights(NamedTuple):
    """The recurrent parameters of GRUs side by side, as `recurrence` takes them."""

    weight: Tensor  # (2 * groups, hidden, 3 * hidden), or (2, 3 * groups)
    bias_new: Tensor  # (2 * groups, hidden), or (2, groups)

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

    Notes
    -----
    GRUs of one unit, as the auxiliary tasks have by default, are calculated as the
    units of a single GRU for each direction, which do not read each other. So
    `recurrence` works on rows of neighbours, not on single numbers.
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
    def lanes(self) -> tuple[int, int]:
        """Groups and units of either direction as `recurrence` sees them."""
        if self.hidden == 1:
            return 2, self.groups
        return 2 * self.groups, self.hidden

    def input_weight(self) -> tuple[Tensor, Tensor]:
        """Join the input weights (inputs, gates of all lanes), and the biases."""
        weight = self.weight_input.permute(2, 0, 1, 3)
        if self.hidden > 1:
            return weight.flatten(1), self.bias.flatten()
        # The units of a gate stand together.
        return weight.transpose(2, 3).flatten(1), self.bias.transpose(1, 2).flatten()

    def state_weights(self) -> StateWeights:
        """Take the recurrent parameters of all lanes."""
        if self.hidden > 1:
            weight = self.weight_state.flatten(0, 1)
        else:
            weight = self.weight_state[:, :, 0].transpose(1, 2).flatten(1)
        return StateWeights(weight, self.bias_new.view(self.lanes))


def _side_by_side(parameters: Sequence[Tensor]) -> Tensor:
    """Join weights and biases, in turns, to one matrix for each direction.

    Returns
    -------
    joined : Tensor of shape (2, aligned(inputs), n_grus * 3 * hidden)
        The biases are the row behind the inputs' own; rows of zeros follow.
    """
    weights, biases = parameters[::2], parameters[1::2]
    _, _, width, gates = weights[0].shape
    joined = weights[0].new_empty(2, aligned(width), len(weights) * gates)
    torch.cat([weight[:, 0] for weight in weights], 2, out=joined[:, :width])
    torch.cat(list(biases), 2, out=joined[:, width : width + 1])
    joined[:, width + 1 :] = 0
    return joined


class _InputProduct(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, inputs: Tensor, trained: int, *parameters: Tensor) -> Tensor:
        weight = _side_by_side(parameters)
        gates = inputs.new_empty(inputs.shape[1], 2, weight.shape[2])
        for d in range(2):
            multiply(inputs[d], weight[d], out=gates[:, d])
        ctx.save_for_backward(inputs, parameters[0])
        ctx.trained, ctx.n_grus = trained, len(parameters) // 2
        return gates.unflatten(2, (ctx.n_grus, -1))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        inputs, first = ctx.saved_tensors
        width, gates = first.shape[2], ctx.n_grus * first.shape[3]
        grad_weight = grad.new_empty(2, inputs.shape[2], gates)
        for d in range(2):
            multiply(inputs[d].t(), grad[:, d].flatten(1), out=grad_weight[d])
        grads: list[Tensor] = []
        for piece in grad_weight.chunk(ctx.n_grus, dim=2):
            grads += [piece[:, :width].unsqueeze(1), piece[:, width : width + 1]]
        grad_inputs = None
        if ctx.needs_input_grad[0]:
            # The first GRU alone sends its gradient back.
            grad_inputs = torch.empty_like(inputs)
            grad_inputs[..., ctx.trained :] = 0
            for d in range(2):
                grad_vectors = grad_inputs[d, :, : ctx.trained]
                weight = first[d, 0, : ctx.trained]
                multiply(grad[:, d, 0], weight.t(), out=grad_vectors)
        return grad_inputs, None, *grads


def _parameters(grus: Sequence[BidirectionalGRU]) -> list[Tensor]:
    return [tensor for gru in grus for tensor in (gru.weight_input, gru.bias)]


def input_product(
    inputs: Tensor, grus: Sequence[BidirectionalGRU], trained: int | None = None
) -> Tensor:
    """Multiply the inputs of all steps with the input weights of all GRUs.

    Parameters
    ----------
    inputs : Tensor of shape (2, rows, aligned(inputs))
        One table for each reading direction, a column of ones behind it; see
        `with_ones`. By it the product adds the biases.
    grus : sequence of BidirectionalGRU
        Of one group each. The first one sends its gradient back to the inputs; the
        others read them detached.
    trained : int or None, default=None
        The first so many columns get a gradient, the others zeros; None is all. An
        encoder's vectors need none, and it would be a third of the backward pass.

    Returns
    -------
    gates : Tensor of shape (rows, 2, len(grus), 3 * hidden)
        Input products, biases included.
    """
    if trained is None:
        trained = grus[0].weight_input.shape[2]
    return _InputProduct.apply(inputs, trained, *_parameters(grus))


def input_table(inputs: Tensor, grus: Sequence[BidirectionalGRU]) -> Tensor:
    """Multiply the same inputs with the input weights of both directions.

    Parameters
    ----------
    inputs : Tensor of shape (rows, inputs)
        One table that both directions read.
    grus : sequence of BidirectionalGRU
        Of one group each.

    Returns
    -------
    table : Tensor of shape (2 * rows, len(grus) * 3 * hidden)
        Input products, biases included, the two directions of a row one after the
        other; see `both_directions`. Without a gradient.
    """
    with torch.no_grad():
        weight = _side_by_side(_parameters(grus)).transpose(0, 1).flatten(1)
        table = inputs.new_empty(len(inputs), weight.shape[1])
        multiply(with_ones(inputs), weight, out=table)
    return table.view(2 * len(inputs), -1)
