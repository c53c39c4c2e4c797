"""Many GRUs in one recurrence over time, with a backward pass written by hand.

What is written here is ``h_t = GRU(x_t, h_{t-1})`` of section 3.1, for several
encoders at once ("groups": directions, branches, tasks) and for sequences of
different lengths (`Packing`)::

    [a_r, a_z, a_n] = W_h (m * h_{t-1})            one product for all three gates
    r = sigmoid(g_r + a_r)                         g: input product, biases included
    z = sigmoid(g_z + a_z)
    c = tanh(g_n + r * (a_n + b_n))
    h_t = (1 - z) * c + z * h_{t-1}

m is the recurrent dropout mask: one per sequence, constant over time, on the
recurrent product only, so that a step costs one multiplication more. Fused library
kernels cannot do this.

The backward pass computes every element-wise factor for all steps at once, before
its loop; the loop is left with one product a step; the weight gradient is one large
product after it.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from hanrock_sk.model.packing import Packing


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
        groups, rows, _ = gates.shape
        hidden = weight.shape[1]
        keep = any(ctx.needs_input_grad)
        states = gates.new_empty(groups, rows, hidden)
        reset_update = gates.new_empty(groups, rows, 2 * hidden)
        candidate = gates.new_empty(groups, rows, hidden)
        inner = gates.new_empty(groups, rows, hidden)  # a_n + b_n
        previous = gates.new_zeros(groups, rows, hidden) if keep else None  # h_{t-1}
        masked = previous  # m * h_{t-1}; the same thing where there is no mask
        if mask is not None and keep:
            masked = gates.new_zeros(groups, rows, hidden)
        product = gates.new_empty(groups * packing.counts[0] * 3 * hidden)
        bias_new = bias_new.unsqueeze(1)
        state: Tensor | None = None
        for begin, end, count in packing.spans():
            reset_update_t = reset_update[:, begin:end]
            candidate_t = candidate[:, begin:end]
            inner_t = inner[:, begin:end]
            if state is None:
                reset_update_t.copy_(gates[:, begin:end, : 2 * hidden])
                inner_t.copy_(bias_new.expand_as(inner_t))
            else:
                state = state[:, :count]
                multiplied = state
                if previous is not None:
                    previous[:, begin:end] = state
                if mask is not None:
                    multiplied = state * mask[:, :count]
                    if masked is not None:
                        masked[:, begin:end] = multiplied
                a = product[: groups * count * 3 * hidden].view(groups, count, -1)
                torch.bmm(multiplied, weight, out=a)
                torch.add(
                    gates[:, begin:end, : 2 * hidden],
                    a[..., : 2 * hidden],
                    out=reset_update_t,
                )
                torch.add(a[..., 2 * hidden :], bias_new, out=inner_t)
            reset_update_t.sigmoid_()
            torch.addcmul(
                gates[:, begin:end, 2 * hidden :],
                reset_update_t[..., :hidden],
                inner_t,
                out=candidate_t,
            )
            candidate_t.tanh_()
            update_t = reset_update_t[..., hidden:]
            new = states[:, begin:end]
            if state is None:
                torch.addcmul(candidate_t, candidate_t, update_t, value=-1, out=new)
            else:
                torch.lerp(candidate_t, state, update_t, out=new)
            state = new
        if keep:
            ctx.packing = packing
            ctx.has_mask = mask is not None
            ctx.save_for_backward(
                weight, mask, reset_update, candidate, inner, previous, masked
            )
        return states

    @staticmethod
    def backward(ctx: Any, grad_states: Tensor) -> tuple[Tensor | None, ...]:
        weight, mask, reset_update, candidate, inner, previous, masked = (
            ctx.saved_tensors
        )
        packing = ctx.packing
        groups, hidden, _ = weight.shape
        rows = candidate.shape[1]
        reset, update = reset_update[..., :hidden], reset_update[..., hidden:]

        # d h_t / d (pre-activations), for every step at once. The three factors that
        # go through the recurrent product stand side by side, as its columns do.
        factor = candidate.new_empty(groups, rows, 3, hidden)
        new_factor = torch.mul(candidate, candidate).neg_().add_(1)
        new_factor.addcmul_(new_factor, update, value=-1)  # (1 - c^2) (1 - z)
        inner_factor = factor[:, :, 2]
        torch.mul(new_factor, reset, out=inner_factor)
        torch.mul(inner_factor, inner, out=factor[:, :, 0])
        factor[:, :, 0].addcmul_(factor[:, :, 0], reset, value=-1)
        torch.sub(previous, candidate, out=factor[:, :, 1])
        factor[:, :, 1].mul_(update)
        factor[:, :, 1].addcmul_(factor[:, :, 1], update, value=-1)

        grad = grad_states.clone()
        transposed = weight.transpose(1, 2)
        product = grad.new_empty(groups * packing.counts[0] * hidden)
        spans = packing.spans()
        for t in range(len(spans) - 1, -1, -1):
            begin, end, count = spans[t]
            grad_t = grad[:, begin:end]
            factor_t = factor[:, begin:end]
            factor_t.mul_(grad_t.unsqueeze(2))  # now the gradient of a_r, a_z, a_n
            if t == 0:
                break
            back = product[: groups * count * hidden].view(groups, count, hidden)
            torch.bmm(factor_t.reshape(groups, count, 3 * hidden), transposed, out=back)
            if mask is not None:
                back.mul_(mask[:, :count])
            earlier = spans[t - 1][0]
            grad_before = grad[:, earlier : earlier + count]
            grad_before.add_(back)
            grad_before.addcmul_(grad_t, update[:, begin:end])

        grad_gates = factor.view(groups, rows, 3 * hidden)
        grad_weight = grad_bias = None
        if ctx.needs_input_grad[1]:
            grad_weight = torch.bmm(masked.transpose(1, 2), grad_gates)
        if ctx.needs_input_grad[2]:
            grad_bias = factor[:, :, 2].sum(1)
        if ctx.needs_input_grad[0]:
            torch.mul(grad, new_factor, out=factor[:, :, 2])
        return grad_gates, grad_weight, grad_bias, None, None


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
    gates : Tensor of shape (groups, rows, 3 * hidden)
        Input products of the reset gate, the update gate and the new state, biases
        included, in packed order.
    weight : Tensor of shape (groups, hidden, 3 * hidden)
        Recurrent weights of the same three.
    bias_new : Tensor of shape (groups, hidden)
        Recurrent bias of the new state.
    mask : Tensor of shape (groups, sequences, hidden) or None
        Recurrent dropout.
    packing : Packing
        The layout of the rows.

    Returns
    -------
    states : Tensor of shape (groups, rows, hidden)
        The state behind each step, in packed order.
    """
    return _Recurrence.apply(gates, weight, bias_new, mask, packing)
