"""The recurrence of `hanrock_sk.model.recurrence`, with compiled steps.

All steps are one call of compiled code. A thread reads some sequences of one encoder
from end to end, product and gates, and waits for no other; the products are those of
`product.h`. The gradient of the recurrent weight is a large product behind the call;
see `products.py`. A number depends neither on the number of threads nor on its
neighbours.
"""

from __future__ import annotations

import torch
from torch import Tensor

from hanrock_sk.model.native.loading import function, pointer
from hanrock_sk.model.native.products import multiply
from hanrock_sk.model.packing import Packing


def _name(weight: Tensor) -> str:
    return "recurrence" if weight.dim() == 3 else "recurrence_diagonal"


def run(
    gates: Tensor,
    index: Tensor | None,
    weight: Tensor,
    bias_new: Tensor,
    mask: Tensor | None,
    inner: Tensor | None,
    packing: Packing,
) -> Tensor:
    """Run the recurrence.

    Parameters
    ----------
    gates : Tensor of shape (rows, groups, 3 * hidden) or (2 * sources, ...)
        Input products, which become r, z, c in place; or a table of them, left alone.
    index : Tensor of int64, shape (2 * rows,) or None
        Rows of that table; see `recurrence_of_rows`.
    weight : Tensor of shape (groups, hidden, 3 * hidden) or (groups, 3 * hidden)
        Recurrent weights.
    bias_new : Tensor of shape (groups, hidden)
        Recurrent bias of the new state.
    mask : Tensor of shape (sequences, groups, hidden) or None
        Recurrent dropout.
    inner : Tensor of shape (rows, groups, hidden) or None
        Takes a_n + b_n, if there is no index.
    packing : Packing
        The layout of the rows.

    Returns
    -------
    states : Tensor of shape (rows, groups, hidden)
        The state behind each step.
    """
    groups, hidden = bias_new.shape
    states = weight.new_empty(packing.offsets[-1], groups, hidden)
    offsets = torch.tensor(packing.offsets)
    function(_name(weight), states.dtype)(
        *map(pointer, (gates, index, weight, bias_new, mask, inner, states, offsets)),
        packing.n_steps, groups, hidden,
    )  # fmt: skip
    return states


def run_back(
    grad_states: Tensor,
    gates: Tensor,
    inner: Tensor,
    states: Tensor,
    weight: Tensor,
    mask: Tensor | None,
    packing: Packing,
    *,
    may_overwrite: bool = False,
) -> tuple[Tensor, Tensor, Tensor]:
    """Run the recurrence backwards.

    Parameters
    ----------
    grad_states : Tensor of shape (rows, groups, hidden)
        Gradient of the states.
    gates : Tensor of shape (rows, groups, 3 * hidden)
        The gates r, z, c.
    inner, states : Tensor of shape (rows, groups, hidden)
        What `run` wrote.
    weight : Tensor of shape (groups, hidden, 3 * hidden) or (groups, 3 * hidden)
        Recurrent weights.
    mask : Tensor of shape (sequences, groups, hidden) or None
        Recurrent dropout.
    packing : Packing
        The layout of the rows.
    may_overwrite : bool, default=False
        Whether gradients may take the place of `gates` and `inner`, which saves fresh
        memory: the largest tables of a training step.

    Returns
    -------
    grad_gates : Tensor of shape (rows, groups, 3 * hidden)
        Gradient of the input products.
    grad_weight : Tensor of the shape of `weight`
        Its gradient.
    grad_new : Tensor of shape (rows, groups, hidden)
        Gradient of a_n + b_n.
    """
    groups, hidden = states.shape[1:]
    grad_states = grad_states.contiguous()
    # Each number is read before its gradient takes its place.
    grad_gates, grad_new = (
        (gates, inner)
        if may_overwrite
        else (torch.empty_like(gates), torch.empty_like(inner))
    )
    # The states that were multiplied; by first steps there were none.
    later = slice(packing.n_sequences, None)
    previous = torch.empty_like(states[later])
    offsets = torch.tensor(packing.offsets)
    function(f"{_name(weight)}_back", states.dtype)(
        *map(pointer, (gates, inner, states, grad_states, weight, mask)),
        *map(pointer, (grad_gates, grad_new, previous, offsets)),
        packing.n_steps, groups, hidden,
    )  # fmt: skip
    later_gates, later_new = grad_gates[later], grad_new[later]
    if weight.dim() == 2:
        reset_update = later_gates.unflatten(2, (3, hidden))[:, :, :2]
        factor = torch.cat([reset_update, later_new.unsqueeze(2)], dim=2)
        return grad_gates, (previous.unsqueeze(2) * factor).sum(0).flatten(1), grad_new
    grad_weight = torch.empty_like(weight)
    for group in range(groups):
        left, right = previous[:, group].t(), later_gates[:, group, : 2 * hidden]
        multiply(left, right, out=grad_weight[group, :, : 2 * hidden])
        multiply(left, later_new[:, group], out=grad_weight[group, :, 2 * hidden :])
    return grad_gates, grad_weight, grad_new
