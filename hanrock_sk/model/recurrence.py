"""Many GRUs in one recurrence over time, with a backward pass written by hand.

What is written here is ``h_t = GRU(x_t, h_{t-1})`` of section 3.1, for several
encoders at once ("groups": directions, branches, tasks) and for sequences of
different lengths (`Packing`)::

    [a_r, a_z, a_n] = W_h (m * h_{t-1})
    r = sigmoid(g_r + a_r)                         g: input product, biases included
    z = sigmoid(g_z + a_z)
    c = tanh(g_n + r * (a_n + b_n))
    h_t = (1 - z) * c + z * h_{t-1}

m is the recurrent dropout mask: one per sequence, constant over time, on the
recurrent product only, so that a step costs one multiplication more. Fused library
kernels cannot do this.

The steps themselves are kernels of `hanrock_sk.model.ops`, chosen by device.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from hanrock_sk.model.layout.packing import Packing
from hanrock_sk.model.ops.kernel_table import recurrence_kernels


def _graph_is_kept() -> bool:
    """Whether the backward pass that is running may come again.

    That is what autograd itself asks before it frees what was saved; only
    `torch.compile`, which takes the memory of saved tensors too, asks from Python.
    """
    known = getattr(torch._C._autograd, "_get_current_graph_task_keep_graph", None)
    return True if known is None else known()


class _Recurrence(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        gates: Tensor,
        weight: Tensor,
        bias_new: Tensor,
        mask: Tensor | None,
        packing: Packing,
    ) -> Tensor:
        gates = gates.detach().contiguous()  # overwritten
        weight, bias_new = weight.contiguous(), bias_new.contiguous()
        mask = None if mask is None else mask.contiguous()
        ctx.kernels = recurrence_kernels(gates, weight, bias_new, mask)
        states, inner = ctx.kernels.run(gates, weight, bias_new, mask, packing)
        if any(ctx.needs_input_grad):
            ctx.packing = packing
            ctx.save_for_backward(weight, mask, gates, inner, states)
        return states

    @staticmethod
    def backward(ctx: Any, grad_states: Tensor) -> tuple[Tensor | None, ...]:
        weight, mask, gates, inner, states = ctx.saved_tensors
        grads = ctx.kernels.run_back(
            grad_states.contiguous(),
            gates,
            inner,
            states,
            weight,
            mask,
            ctx.packing,
            may_overwrite=not _graph_is_kept(),
        )
        return *grads, None, None


def recurrence(
    gates: Tensor,
    weight: Tensor,
    bias_new: Tensor,
    mask: Tensor | None,
    packing: Packing,
) -> Tensor:
    """Run a group of GRUs side by side over packed sequences.

    Parameters
    ----------
    gates : Tensor of shape (rows, groups, 3 * hidden)
        Input products of the reset gate, the update gate and the new state, biases
        included, in packed order. They are overwritten: pass what nobody else reads.
    weight : Tensor of shape (groups, hidden, 3 * hidden) or (groups, 3 * hidden)
        Recurrent weights of the same three; or only their diagonals, for units that
        do not read each other's states.
    bias_new : Tensor of shape (groups, hidden)
        Recurrent bias of the new state.
    mask : Tensor of shape (sequences, groups, hidden) or None
        Recurrent dropout.
    packing : Packing
        The layout of the rows.

    Returns
    -------
    states : Tensor of shape (rows, groups, hidden)
        The state behind each step, in packed order.
    """
    return _Recurrence.apply(gates, weight, bias_new, mask, packing)


def recurrence_of_rows(
    table: Tensor,
    index: Tensor,
    weight: Tensor,
    bias_new: Tensor,
    packing: Packing,
) -> Tensor:
    """Run `recurrence` on rows of a table, without a gradient.

    The gates of a step are taken from the table when the step comes, so that they
    never stand side by side for all steps: prediction reads a table of products that
    is far smaller than what it is read for.

    Parameters
    ----------
    table : Tensor of shape (2 * sources, groups / 2 * 3 * hidden)
        Input products of both directions; see `both_directions`.
    index : Tensor of int64, shape (2 * rows,)
        The rows of the table, in packed order.
    weight : Tensor of shape (groups, hidden, 3 * hidden) or (groups, 3 * hidden)
        See `recurrence`.
    bias_new : Tensor of shape (groups, hidden)
        See `recurrence`.
    packing : Packing
        The layout of the rows.

    Returns
    -------
    states : Tensor of shape (rows, groups, hidden)
        The state behind each step, in packed order.
    """
    table, index = table.contiguous(), index.contiguous()
    weight, bias_new = weight.contiguous(), bias_new.contiguous()
    kernels = recurrence_kernels(table, weight, bias_new)
    return kernels.run_rows(table, index, weight, bias_new, packing)
