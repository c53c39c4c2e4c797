"""The recurrence of `hanrock_sk.model.recurrence`, of torch's operations.

The gates are computed where their input products stand, so that a step is one GEMM and
six to eight element-wise operations on pieces that stay in the processor's cache.
Encoders of a single unit stand side by side as units of one encoder that do not read
each other: their recurrent weights are a diagonal, and the product is a multiplication.
The product is written to a table of its own, group by group: written between the groups
of a packed table it would be copied there by the library, which costs more than adding
it. The backward pass computes its element-wise factors for many steps at once, as many
as the cache holds; a step is left with one GEMM and three operations; the weight
gradient is one large GEMM after the loop.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from hanrock_sk.model.layout.packing import Packing
from hanrock_sk.model.ops.signatures import RecurrenceGradients

CACHE_ELEMENTS = 2**17
"""States whose gradient factors are computed at a time: about what a processor's
second-level cache holds of the eight tables that take part."""

FEW_ELEMENTS = 2**13
"""Below this, calling an operation costs about what it does."""

FAST_TANH = torch.backends.cpu.get_cpu_capability() == "AVX512"
"""Whether the library's hyperbolic tangent costs no more than its sigmoid here."""

_MINUS_ONE = torch.tensor(-1.0)


class _Step(NamedTuple):
    """One step's input products, which become its gates in place."""

    reset_update: Tensor  # (count, groups, 2 * hidden)
    reset: Tensor  # the halves of the above
    update: Tensor
    candidate: Tensor  # (count, groups, hidden)


def _columns(gates: Tensor) -> _Step:
    """See a table of gates as what a step works on."""
    hidden = gates.shape[-1] // 3
    return _Step(
        gates[..., : 2 * hidden],
        gates[..., :hidden],
        gates[..., hidden : 2 * hidden],
        gates[..., 2 * hidden :],
    )


def _steps_of(gates: Tensor, counts: list[int]) -> Iterator[_Step]:
    """Cut a table of gates into steps, by one call for each column."""
    pieces = (column.split(counts) for column in _columns(gates))
    return map(_Step, *pieces)


def _tanh_(x: Tensor) -> Tensor:
    """Take the hyperbolic tangent in place.

    On processors without AVX-512 the library's own costs four times its sigmoid, and
    tanh x = 2 sigmoid(2 x) - 1 to the last bit but one of 1. For a few values the two
    operations more cost more than that saves.
    """
    if FAST_TANH or x.device.type != "cpu" or x.numel() < FEW_ELEMENTS:
        return x.tanh_()
    return torch.add(_MINUS_ONE.to(x.dtype), x.mul_(2).sigmoid_(), alpha=2, out=x)


def _run_steps(
    steps: Iterable[_Step],
    inners: Iterable[Tensor],
    weight: Tensor,
    bias_new: Tensor,
    mask: Tensor | None,
    packing: Packing,
) -> Tensor:
    """Run the recurrence; the gates of each step become r, z, c."""
    groups, hidden = bias_new.shape
    counts = packing.counts
    states = weight.new_empty(packing.offsets[-1], groups, hidden)
    product = weight.new_empty(groups * counts[0] * 3 * hidden)
    of_units = _of_units(weight, hidden)
    state: Tensor | None = None
    known = 0  # sequences that the views of the product are made for
    for step, inner, new in zip(steps, inners, states.split(counts), strict=True):
        count = len(new)
        if state is None:
            inner.copy_(bias_new.expand_as(inner))
        else:
            if count != known:
                known = count
                a = product[: groups * count * 3 * hidden]
                if of_units is None:
                    a = a.view(groups, count, -1)
                    by_row = a.transpose(0, 1)
                else:
                    by_row = a.view(count, groups, -1)
                    a = by_row.unflatten(2, (3, hidden))
                a_reset_update = by_row[..., : 2 * hidden]
                a_new = by_row[..., 2 * hidden :]
            if count < len(state):
                state = state[:count]
            masked = state if mask is None else state * mask[:count]
            if of_units is None:
                torch.bmm(masked.transpose(0, 1), weight, out=a)
            else:
                torch.mul(masked.unsqueeze(2), of_units, out=a)
            step.reset_update.add_(a_reset_update)
            torch.add(a_new, bias_new, out=inner)  # a_n + b_n
        step.reset_update.sigmoid_()
        candidate = _tanh_(step.candidate.addcmul_(step.reset, inner))
        if state is None:
            torch.addcmul(candidate, candidate, step.update, value=-1, out=new)
        else:
            torch.lerp(candidate, state, step.update, out=new)
        state = new
    return states


def _of_units(weight: Tensor, hidden: int) -> Tensor | None:
    """See a diagonal weight as (groups, gates, hidden); None if it is a matrix."""
    return weight.unflatten(1, (3, hidden)) if weight.dim() == 2 else None


def run(
    gates: Tensor,
    weight: Tensor,
    bias_new: Tensor,
    mask: Tensor | None,
    packing: Packing,
) -> tuple[Tensor, Tensor]:
    """Run all steps; see `signatures.RecurrenceKernels`."""
    counts = packing.counts
    inner = gates.new_empty(*gates.shape[:2], bias_new.shape[1])
    steps, inners = _steps_of(gates, counts), inner.split(counts)
    return _run_steps(steps, inners, weight, bias_new, mask, packing), inner


def run_rows(
    table: Tensor,
    index: Tensor,
    weight: Tensor,
    bias_new: Tensor,
    packing: Packing,
) -> Tensor:
    """Run all steps on rows of a table; see `signatures.RecurrenceKernels`."""
    groups, hidden = bias_new.shape
    counts = packing.counts
    inner = weight.new_empty(counts[0], groups, hidden)
    rows = weight.new_empty(2 * counts[0], table.shape[1])

    def steps() -> Iterator[_Step]:
        known = 0
        for at, count in zip(
            index.split([2 * count for count in counts]), counts, strict=True
        ):
            if count != known:
                known = count
                out = rows[: 2 * count]
                step = _columns(out.view(count, groups, 3 * hidden))
            torch.index_select(table, 0, at, out=out)
            yield step

    inners = (inner[:count] for count in counts)
    return _run_steps(steps(), inners, weight, bias_new, None, packing)


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
) -> RecurrenceGradients:
    """Run all steps backwards; see `signatures.RecurrenceKernels`."""
    counts = packing.counts
    rows, groups, hidden = states.shape
    first = packing.n_sequences
    previous = torch.empty_like(states)  # h_{t-1}
    previous[:first] = 0
    torch.index_select(states, 0, packing.previous, out=previous[first:])

    factor = states.new_empty(rows, groups, 3, hidden)
    new_factor = torch.empty_like(states)
    grad = grad_states.clone()
    of_units = _of_units(weight, hidden)
    if of_units is None:
        transposed = weight.transpose(1, 2).contiguous()
        product = states.new_empty(groups * first * hidden)
    # Other devices have no such cache, and lose by every launch.
    most_rows = CACHE_ELEMENTS // states[0].numel() if states.is_cpu else rows
    known = rows  # the factors of the rows from here on are computed
    grads, grads_of_gates = grad.split(counts), grad.unsqueeze(2).split(counts)
    factors = factor.split(counts)
    by_group = factor.flatten(2).transpose(0, 1).split(counts, 1)
    updates = _columns(gates).update.split(counts)
    backs: tuple[Tensor, Tensor] | None = None  # of `count` sequences
    for t in range(len(counts) - 1, -1, -1):
        count = counts[t]
        if packing.offsets[t] < known:
            known, end = (
                _block_begin(packing, t, most_rows),
                known,
            )
            block = slice(known, end)
            _gradient_factors(
                gates[block],
                inner[block],
                previous[block],
                factor[block],
                new_factor[block],
            )
        factors[t].mul_(grads_of_gates[t])  # now the gradient of a_r, a_z, a_n
        if t == 0:
            break
        grad_before = grads[t - 1]
        if count < counts[t - 1]:
            grad_before = grad_before[:count]
        grad_before.addcmul_(grads[t], updates[t])
        if of_units is not None:
            back = (factors[t] * of_units).sum(2)
        else:
            if backs is None or len(backs[1]) != count:
                table = product[: groups * count * hidden]
                by_step = table.view(groups, count, hidden)
                backs = by_step, by_step.transpose(0, 1)
            torch.bmm(by_group[t], transposed, out=backs[0])
            back = backs[1]
        if mask is None:
            grad_before.add_(back)
        else:
            grad_before.addcmul_(back, mask[:count])

    grad_gates = factor.flatten(2)
    if mask is not None:
        previous.mul_(mask.index_select(0, packing.sequence))
    if of_units is None:
        grad_weight = torch.bmm(previous.permute(1, 2, 0), grad_gates.transpose(0, 1))
    else:
        grad_weight = (previous.unsqueeze(2) * factor).sum(0).flatten(1)
    grad_bias = factor[:, :, 2].sum(0)
    torch.mul(grad, new_factor, out=factor[:, :, 2])  # of g_n instead of a_n + b_n
    return RecurrenceGradients(grad_gates, grad_weight, grad_bias)


def _block_begin(packing: Packing, step: int, most_rows: int) -> int:
    """First row of a block of whole steps that ends with `step`."""
    end = packing.offsets[step + 1]
    while step > 0 and end - packing.offsets[step - 1] <= most_rows:
        step -= 1
    return packing.offsets[step]


def _gradient_factors(
    gates: Tensor, inner: Tensor, previous: Tensor, factor: Tensor, new_factor: Tensor
) -> None:
    """Compute d h_t / d (pre-activations).

    The three factors that go through the recurrent product stand side by side in
    `factor`, as its columns do; `new_factor` is that of g_n.
    """
    reset, update, candidate = gates.chunk(3, dim=-1)
    torch.addcmul(gates.new_ones(()), candidate, candidate, value=-1, out=new_factor)
    new_factor.addcmul_(new_factor, update, value=-1)  # (1 - c^2) (1 - z)
    inner_factor = torch.mul(new_factor, reset, out=factor[:, :, 2])
    reset_factor = torch.mul(inner_factor, inner, out=factor[:, :, 0])
    reset_factor.addcmul_(reset_factor, reset, value=-1)
    update_factor = torch.sub(previous, candidate, out=factor[:, :, 1])
    update_factor.mul_(update)
    update_factor.addcmul_(update_factor, update, value=-1)
