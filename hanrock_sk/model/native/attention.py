"""The attention of `hanrock_sk.model.attention`, with compiled steps.

Between its products, those of `products.py`, each table is read and written once. If
the states are a few numbers, there are no products and no tables: v is calculated anew
wherever it is needed.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from hanrock_sk.model.native.loading import function, pointer
from hanrock_sk.model.native.products import multiply, multiply_each
from hanrock_sk.model.packing import Packing

FEW = 4
"""Units of a direction up to which states are thin."""


class Gradients(NamedTuple):
    """Gradients of what `attend` is given."""

    states: Tensor
    weight: Tensor
    bias: Tensor
    query: Tensor


def attend(
    states: Tensor, weight: Tensor, floor: Tensor, query: Tensor, packing: Packing
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Pool packed sequences by attention.

    Parameters
    ----------
    states : Tensor of shape (rows, 2, groups, hidden)
        States of both directions, each in its own packed order.
    weight : Tensor of shape (2, groups, hidden, units)
        W of the perceptron.
    floor : Tensor of shape (groups, units)
        Its negative bias.
    query : Tensor of shape (groups, units)
        The learnt vector.
    packing : Packing
        The layout of the rows.

    Returns
    -------
    pooled : Tensor of shape (sequences, groups, units)
        The weighted sum of the perceptron's outputs.
    alpha : Tensor of shape (rows, groups)
        The weights.
    v : Tensor of shape (groups, rows, units) or None
        The outputs less the bias; None for thin states.
    """
    rows, _, groups, hidden = states.shape
    units = query.shape[1]
    offsets = torch.tensor(packing.offsets)
    alpha = states.new_empty(rows, groups)
    pooled = states.new_empty(packing.n_sequences, groups, units)
    if hidden <= FEW:
        function("attention_thin", states.dtype)(
            *map(pointer, (states, weight, floor, query, packing.mirror)),
            *map(pointer, (offsets, alpha, pooled)),
            packing.n_steps, groups, hidden, units,
        )  # fmt: skip
        return pooled, alpha, None
    v, backwards = products = states.new_empty(2, groups, rows, units)
    by_group = states.permute(1, 2, 0, 3)
    for d in range(2):
        multiply_each(by_group[d], weight[d], out=products[d])
    scores = states.new_empty(groups, rows)
    function("attention_compare", states.dtype)(
        *map(pointer, (v, backwards, packing.mirror, floor, query, scores)),
        rows, groups, units,
    )  # fmt: skip
    function("attention_pool", states.dtype)(
        *map(pointer, (v, scores, floor, offsets, alpha, pooled)),
        packing.n_steps, groups, units,
    )  # fmt: skip
    return pooled, alpha, v


def attend_back(
    grad: Tensor,
    states: Tensor,
    weight: Tensor,
    floor: Tensor,
    query: Tensor,
    alpha: Tensor,
    v: Tensor | None,
    packing: Packing,
) -> Gradients:
    """From the gradient of what was pooled to all others.

    Parameters
    ----------
    grad : Tensor of shape (sequences, groups, units)
        Gradient of what was pooled.
    states, weight, floor, query : Tensor
        As in `attend`.
    alpha, v : Tensor
        What it returned.
    packing : Packing
        The layout of the rows.

    Returns
    -------
    gradients : Gradients
        Of the states, the weight, the bias and the query.
    """
    rows, _, groups, hidden = states.shape
    units = query.shape[1]
    offsets = torch.tensor(packing.offsets)
    grad = grad.contiguous()
    grad_states = torch.empty_like(states)
    if v is None:
        found = Gradients(grad_states, *map(torch.empty_like, (weight, floor, query)))
        function("attention_thin_back", states.dtype)(
            *map(pointer, (states, weight, floor, query, packing.mirror, offsets)),
            *map(pointer, (alpha, grad, *found)),
            packing.n_steps, groups, hidden, units,
        )  # fmt: skip
        return found
    grads = torch.empty_like(v), torch.empty_like(v)  # of W h, in either order
    grad_scores = states.new_empty(groups, rows)
    function("attention_spread", states.dtype)(
        *map(pointer, (v, alpha, grad, floor, query, packing.mirror, offsets)),
        *map(pointer, (*grads, grad_scores)),
        packing.n_steps, groups, units,
    )  # fmt: skip
    grad_weight = torch.empty_like(weight)
    by_group = states.permute(1, 2, 3, 0)
    for d in range(2):
        multiply_each(by_group[d], grads[d], out=grad_weight[d])
        for group in range(groups):
            # One by one: the result's groups stand apart, where bmm makes a copy.
            grad_v, of_group = grads[d][group], weight[d, group].t()
            multiply(grad_v, of_group, out=grad_states[:, d, group])
    return Gradients(
        grad_states,
        grad_weight,
        grads[0].sum(1),
        torch.bmm(grad_scores.unsqueeze(1), v)[:, 0],
    )
