"""The recurrence of `hanrock_sk.model.recurrence`, with compiled steps.

A step is one product of the library and one call of compiled code, which reads and
writes each number once. Encoders of a single unit take one call for all steps.
"""

from __future__ import annotations

import torch
from torch import Tensor

from hanrock_sk.model.native.loading import function, pointer
from hanrock_sk.model.packing import Packing


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
    counts, offsets = packing.counts, packing.offsets
    states = weight.new_empty(offsets[-1], groups, hidden)
    if weight.dim() == 2:
        begins = torch.tensor(offsets)
        function("recurrence_diagonal", states.dtype)(
            *map(pointer, (gates, index, weight, bias_new, mask, inner, states)),
            pointer(begins), len(counts), groups, hidden,
        )  # fmt: skip
        return states
    step = function("recurrence_step", states.dtype)
    product = weight.new_empty(groups * counts[0] * 3 * hidden)
    masked = None if mask is None else torch.empty_like(mask)
    row = groups * hidden * states.element_size()  # bytes
    gates_at, gates_row = gates.data_ptr(), 3 * row
    index_at, index_row = pointer(index), 2 * 8
    inner_at, states_at = pointer(inner), states.data_ptr()
    bias_at, mask_at, masked_at, product_at = map(
        pointer, (bias_new, mask, masked, product)
    )
    before = None
    by_step = states.transpose(0, 1).split(counts, 1)
    known = 0  # sequences that the views are made for
    for t, (count, begin) in enumerate(zip(counts, offsets[:-1], strict=True)):
        if t > 0:
            if count != known:
                known = count
                a = product[: groups * count * 3 * hidden].view(groups, count, -1)
                if masked is not None:
                    read = masked[:count].transpose(0, 1)
            if masked is None:
                read = by_step[t - 1]
                if count < counts[t - 1]:
                    read = read[:, :count]
            torch.bmm(read, weight, out=a)
            before = states_at + offsets[t - 1] * row
        step(
            gates_at if index is not None else gates_at + begin * gates_row,
            None if index_at is None else index_at + begin * index_row,
            product_at, bias_at, before, mask_at,
            None if inner_at is None else inner_at + begin * row,
            states_at + begin * row, masked_at, count, groups, hidden,
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

    Returns
    -------
    grad_gates : Tensor of shape (rows, groups, 3 * hidden)
        Gradient of the input products.
    grad_weight : Tensor of the shape of `weight`
        Its gradient.
    grad_new : Tensor of shape (rows, groups, hidden)
        Gradient of a_n + b_n.
    """
    rows, groups, hidden = states.shape
    counts, offsets = packing.counts, packing.offsets
    grad_states = grad_states.contiguous()
    grad_gates, grad_new = torch.empty_like(gates), torch.empty_like(inner)
    carried = states.new_empty(counts[0], groups, hidden)
    if weight.dim() == 2:
        begins = torch.tensor(offsets)
        function("recurrence_diagonal_back", states.dtype)(
            *map(pointer, (gates, inner, states, grad_states, weight, mask, carried)),
            *map(pointer, (grad_gates, grad_new, begins)),
            len(counts), groups, hidden,
        )  # fmt: skip
    else:
        _steps_back(
            grad_states, gates, inner, states, weight, mask, packing,
            carried, grad_gates, grad_new,
        )  # fmt: skip
    # The states of first steps multiplied nothing.
    previous = states.index_select(0, packing.previous)
    if mask is not None:
        previous.mul_(mask.index_select(0, packing.sequence[counts[0] :]))
    later_gates, later_new = grad_gates[counts[0] :], grad_new[counts[0] :]
    if weight.dim() == 2:
        reset_update = later_gates.unflatten(2, (3, hidden))[:, :, :2]
        factor = torch.cat([reset_update, later_new.unsqueeze(2)], dim=2)
        return grad_gates, (previous.unsqueeze(2) * factor).sum(0).flatten(1), grad_new
    left = previous.permute(1, 2, 0)
    grad_weight = torch.cat(
        [
            torch.bmm(left, later_gates[..., : 2 * hidden].transpose(0, 1)),
            torch.bmm(left, later_new.transpose(0, 1)),
        ],
        dim=2,
    )
    return grad_gates, grad_weight, grad_new


def _steps_back(
    grad_states: Tensor,
    gates: Tensor,
    inner: Tensor,
    states: Tensor,
    weight: Tensor,
    mask: Tensor | None,
    packing: Packing,
    carried: Tensor,
    grad_gates: Tensor,
    grad_new: Tensor,
) -> None:
    rows, groups, hidden = states.shape
    counts, offsets = packing.counts, packing.offsets
    step = function("recurrence_step_back", states.dtype)
    transposed = weight.transpose(1, 2).contiguous()
    grad_step = states.new_empty(groups * counts[0] * 3 * hidden)
    product = states.new_empty(groups * counts[0] * hidden)
    row = groups * hidden * states.element_size()  # bytes
    gates_at, inner_at, states_at, grad_states_at, grad_gates_at, grad_new_at = map(
        Tensor.data_ptr, (gates, inner, states, grad_states, grad_gates, grad_new)
    )
    product_at, mask_at, carried_at, grad_step_at = map(
        pointer, (product, mask, carried, grad_step)
    )
    more = known = 0
    for t in range(len(counts) - 1, -1, -1):
        count, begin = counts[t], offsets[t]
        step(
            gates_at + begin * 3 * row, inner_at + begin * row,
            states_at + offsets[t - 1] * row if t > 0 else None,
            grad_states_at + begin * row, product_at, mask_at, carried_at,
            grad_gates_at + begin * 3 * row, grad_new_at + begin * row,
            grad_step_at, count, more, groups, hidden,
        )  # fmt: skip
        if t > 0:
            if count != known:
                known = count
                a = grad_step[: groups * count * 3 * hidden].view(groups, count, -1)
                back = product[: groups * count * hidden].view(groups, count, -1)
            torch.bmm(a, transposed, out=back)
        more = count
