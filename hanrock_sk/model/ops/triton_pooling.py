"""Scores, softmax and pooling of attention as Triton kernels, and their way back.

Wide tables are (2 * groups, rows, units), as GEMMs write them: the forward reading's
groups, then those of the backward reading. v = max(W h, floor) takes the place of the
first half. No two programs write the same number, and sums have one order.
"""

from __future__ import annotations

import triton
import triton.language as tl


@triton.jit(do_not_specialize=["rows"])
def compare(
    product, mirror, bias, query, scores, rows, groups,
    UNITS: tl.constexpr, ROWS: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    """Write v of some rows of a group, and their scores (groups, rows)."""
    row = tl.program_id(0) * ROWS + tl.arange(0, ROWS)
    group = tl.program_id(1).to(tl.int64)
    there = tl.load(mirror + row, row < rows, 0)
    score = tl.zeros((ROWS,), dtype=product.dtype.element_ty)
    for j0 in range(0, UNITS, BLOCK):
        j = j0 + tl.arange(0, BLOCK)
        inside = (row < rows)[:, None] & (j < UNITS)[None, :]
        at = product + (group * rows + row)[:, None] * UNITS + j[None, :]
        back = product + ((groups + group) * rows + there)[:, None] * UNITS + j[None, :]
        floor = -tl.load(bias + group * UNITS + j, j < UNITS, 0.0)
        wanted = tl.load(query + group * UNITS + j, j < UNITS, 0.0)
        v = tl.load(at, inside, 0.0) + tl.load(back, inside, 0.0)
        # Not `maximum`, which would lose what is not a number.
        v = tl.where(v < floor[None, :], floor[None, :], v)
        tl.store(at, v, inside)
        score += tl.sum(tl.where(inside, v * wanted[None, :], 0.0), 1)
    tl.store(scores + group * rows + row, score, row < rows)


@triton.jit
def length_of(sequence, offsets, steps, STEPS: tl.constexpr):
    """How many steps a sequence has: those whose count is above its number."""
    length = 0
    for t0 in range(0, steps, STEPS):
        t = t0 + tl.arange(0, STEPS)
        count = tl.load(offsets + t + 1, t < steps, 0) - tl.load(
            offsets + t, t < steps, 0
        )
        length += tl.sum((sequence < count).to(tl.int32), 0)
    return length


@triton.jit(do_not_specialize=["rows", "steps"])
def pool(
    product, scores, bias, offsets, alpha, pooled, rows, groups, steps,
    UNITS: tl.constexpr, BLOCK: tl.constexpr, STEPS: tl.constexpr,
):  # fmt: skip
    """Write a sequence's weights alpha (rows, groups), and what is pooled."""
    sequence, group = tl.program_id(0), tl.program_id(1).to(tl.int64)
    length = length_of(sequence, offsets, steps, STEPS)
    greatest = tl.load(scores + group * rows + sequence)
    total = tl.zeros((), dtype=product.dtype.element_ty)
    for t in range(1, length):
        row = tl.load(offsets + t) + sequence
        score = tl.load(scores + group * rows + row)
        greatest = tl.where((score > greatest) | (score != score), score, greatest)
    for t in range(length):
        row = tl.load(offsets + t) + sequence
        total += tl.exp(tl.load(scores + group * rows + row) - greatest)
    for j0 in range(0, UNITS, BLOCK):
        j = j0 + tl.arange(0, BLOCK)
        sum_v = tl.load(bias + group * UNITS + j, j < UNITS, 0.0)
        for t in range(length):
            row = tl.load(offsets + t) + sequence
            weight = tl.exp(tl.load(scores + group * rows + row) - greatest) / total
            at = product + (group * rows + row) * UNITS + j
            sum_v += weight * tl.load(at, j < UNITS, 0.0)
            tl.store(alpha + row * groups + group, weight)
        tl.store(pooled + (sequence * groups + group) * UNITS + j, sum_v, j < UNITS)


@triton.jit(do_not_specialize=["rows", "steps"])
def spread(
    v, alpha, grad, bias, query, mirror, offsets, grad_alpha, grad_scores, grad_product,
    rows, groups, steps,
    UNITS: tl.constexpr, BLOCK: tl.constexpr, STEPS: tl.constexpr,
):  # fmt: skip
    """Write the gradients of a sequence's scores, and of W h in either order.

    d score = alpha (d alpha - sum over the sequence of alpha d alpha), and
    d (W h + b) = (alpha d s + d score u_w) where u > 0.
    """
    sequence, group = tl.program_id(0), tl.program_id(1).to(tl.int64)
    length = length_of(sequence, offsets, steps, STEPS)
    of_pooled = grad + (sequence * groups + group) * UNITS
    total = tl.zeros((), dtype=v.dtype.element_ty)
    for t in range(length):
        row = tl.load(offsets + t) + sequence
        of_alpha = tl.zeros((), dtype=v.dtype.element_ty)
        for j0 in range(0, UNITS, BLOCK):
            j = j0 + tl.arange(0, BLOCK)
            one = tl.load(v + (group * rows + row) * UNITS + j, j < UNITS, 0.0)
            of_alpha += tl.sum(one * tl.load(of_pooled + j, j < UNITS, 0.0), 0)
        tl.store(grad_alpha + group * rows + row, of_alpha)
        total += tl.load(alpha + row * groups + group) * of_alpha
    tl.debug_barrier()  # other threads may have written what is read
    for t in range(length):
        row = tl.load(offsets + t) + sequence
        there = tl.load(mirror + row)
        weight = tl.load(alpha + row * groups + group)
        of_score = weight * (tl.load(grad_alpha + group * rows + row) - total)
        tl.store(grad_scores + group * rows + row, of_score)
        for j0 in range(0, UNITS, BLOCK):
            j = j0 + tl.arange(0, BLOCK)
            one = tl.load(v + (group * rows + row) * UNITS + j, j < UNITS, 0.0)
            floor = -tl.load(bias + group * UNITS + j, j < UNITS, 0.0)
            wanted = tl.load(query + group * UNITS + j, j < UNITS, 0.0)
            sent = weight * tl.load(of_pooled + j, j < UNITS, 0.0) + of_score * wanted
            sent = tl.where(one > floor, sent, 0.0)
            at = grad_product + (group * rows + row) * UNITS + j
            back = grad_product + ((groups + group) * rows + there) * UNITS + j
            tl.store(at, sent, j < UNITS)
            tl.store(back, sent, j < UNITS)
