"""All steps of GRUs in one Triton kernel, forwards and backwards.

A program has some neighbouring sequences of one encoder to itself, from their first
step to their last. It writes nothing that another one reads, and adds nothing up across
programs, so that two runs are equal to the last bit. Its threads do read what others of
them wrote the step before, behind a barrier.
"""

from __future__ import annotations

import triton
import triton.language as tl


@triton.jit
def gate_offset(
    row, index, group, groups, HIDDEN: tl.constexpr, HAS_INDEX: tl.constexpr
):
    """Where the input products of rows begin: in packed order, or by index."""
    if HAS_INDEX:
        of_direction = groups // 2
        source = tl.load(index + 2 * row + group // of_direction)
        return (source * of_direction + group % of_direction) * 3 * HIDDEN
    return (row * groups + group) * 3 * HIDDEN


@triton.jit(do_not_specialize=["steps", "groups"])
def forward(
    gates, index, weight, bias_new, mask, inner, states, offsets, steps, groups,
    HIDDEN: tl.constexpr, HAS_INDEX: tl.constexpr, HAS_MASK: tl.constexpr,
    SEQUENCES: tl.constexpr, UNITS: tl.constexpr, TERMS: tl.constexpr,
    PRECISION: tl.constexpr,
):  # fmt: skip
    """Run all steps; gates become r, z, c in place, but for those read by index."""
    block, group = tl.program_id(0), tl.program_id(1).to(tl.int64)
    sequence = block * SEQUENCES + tl.arange(0, SEQUENCES)
    width = groups * HIDDEN
    t = 0
    before = tl.load(offsets)
    first = before
    end = tl.load(offsets + 1)
    while (t < steps) & (end - first > block * SEQUENCES):
        live = sequence < end - first
        row, row_before = first + sequence, before + sequence
        at_gates = tl.where(live, row, first)
        at_gates = gate_offset(at_gates, index, group, groups, HIDDEN, HAS_INDEX)
        for u0 in range(0, HIDDEN, UNITS):
            u = u0 + tl.arange(0, UNITS)
            known = live[:, None] & (u < HIDDEN)[None, :]
            a_r = tl.zeros((SEQUENCES, UNITS), dtype=states.dtype.element_ty)
            a_z = tl.zeros((SEQUENCES, UNITS), dtype=states.dtype.element_ty)
            a_n = tl.zeros((SEQUENCES, UNITS), dtype=states.dtype.element_ty)
            if t > 0:
                for k0 in range(0, HIDDEN, TERMS):
                    k = k0 + tl.arange(0, TERMS)
                    terms = live[:, None] & (k < HIDDEN)[None, :]
                    at = group * HIDDEN + k[None, :]
                    h = tl.load(states + row_before[:, None] * width + at, terms, 0.0)
                    if HAS_MASK:
                        h *= tl.load(mask + sequence[:, None] * width + at, terms, 0.0)
                    w = weight + (group * HIDDEN + k[:, None]) * 3 * HIDDEN + u[None, :]
                    inside = (k < HIDDEN)[:, None] & (u < HIDDEN)[None, :]
                    w_r = tl.load(w, inside, 0.0)
                    w_z = tl.load(w + HIDDEN, inside, 0.0)
                    w_n = tl.load(w + 2 * HIDDEN, inside, 0.0)
                    a_r += tl.dot(h, w_r, input_precision=PRECISION)
                    a_z += tl.dot(h, w_z, input_precision=PRECISION)
                    a_n += tl.dot(h, w_n, input_precision=PRECISION)
            gate = gates + at_gates[:, None] + u[None, :]
            at = row[:, None] * width + group * HIDDEN + u[None, :]
            bias = tl.load(bias_new + group * HIDDEN + u, u < HIDDEN, 0.0)
            new = a_n + bias[None, :]
            r = tl.sigmoid(tl.load(gate, known, 0.0) + a_r)
            z = tl.sigmoid(tl.load(gate + HIDDEN, known, 0.0) + a_z)
            x = tl.load(gate + 2 * HIDDEN, known, 0.0) + r * new
            c = 2 * tl.sigmoid(2 * x) - 1
            state = tl.zeros((SEQUENCES, UNITS), dtype=states.dtype.element_ty)
            if t > 0:
                at_before = row_before[:, None] * width + group * HIDDEN + u[None, :]
                state = tl.load(states + at_before, known, 0.0)
            tl.store(states + at, c + z * (state - c), known)
            if not HAS_INDEX:
                tl.store(gate, r, known)
                tl.store(gate + HIDDEN, z, known)
                tl.store(gate + 2 * HIDDEN, c, known)
                tl.store(inner + at, new, known)
        tl.debug_barrier()  # the next step reads states that other threads wrote
        t += 1
        before = first
        first = end
        if t < steps:
            end = tl.load(offsets + t + 1)


@triton.jit(do_not_specialize=["steps", "groups"])
def backward(
    grad_states, gates, inner, states, weight, mask, carried, grad_gates, factor,
    previous, offsets, steps, groups,
    HIDDEN: tl.constexpr, HAS_MASK: tl.constexpr, SEQUENCES: tl.constexpr,
    UNITS: tl.constexpr, TERMS: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    """Run all steps backwards.

    `carried` is what later steps send to a state, `factor` the gradient of a_r, a_z,
    a_n, and `previous` takes the states that were multiplied, mask included.
    """
    block, group = tl.program_id(0), tl.program_id(1).to(tl.int64)
    sequence = block * SEQUENCES + tl.arange(0, SEQUENCES)
    width = groups * HIDDEN
    sequences = tl.load(offsets + 1)
    for back in range(steps):
        t = steps - 1 - back
        first = tl.load(offsets + t)
        live = sequence < tl.load(offsets + t + 1) - first
        row = first + sequence
        row_before = tl.load(offsets + tl.maximum(t - 1, 0)) + sequence
        for u0 in range(0, HIDDEN, UNITS):
            u = u0 + tl.arange(0, UNITS)
            known = live[:, None] & (u < HIDDEN)[None, :]
            unit = group * HIDDEN + u[None, :]
            at, at_sequence = (
                row[:, None] * width + unit,
                sequence[:, None] * width + unit,
            )
            gate = (row[:, None] * groups + group) * 3 * HIDDEN + u[None, :]
            r = tl.load(gates + gate, known, 0.0)
            z = tl.load(gates + gate + HIDDEN, known, 0.0)
            c = tl.load(gates + gate + 2 * HIDDEN, known, 0.0)
            grad = tl.load(grad_states + at, known, 0.0)
            grad += tl.load(carried + at_sequence, known, 0.0)
            state = tl.zeros((SEQUENCES, UNITS), dtype=states.dtype.element_ty)
            if t > 0:
                state = tl.load(states + row_before[:, None] * width + unit, known, 0.0)
            of_c = grad * (1 - z) * (1 - c * c)
            of_n = of_c * r
            of_r = of_n * tl.load(inner + at, known, 0.0) * (1 - r)
            of_z = grad * (state - c) * z * (1 - z)
            tl.store(grad_gates + gate, of_r, known)
            tl.store(grad_gates + gate + HIDDEN, of_z, known)
            tl.store(grad_gates + gate + 2 * HIDDEN, of_c, known)
            tl.store(factor + gate, of_r, known)
            tl.store(factor + gate + HIDDEN, of_z, known)
            tl.store(factor + gate + 2 * HIDDEN, of_n, known)
            tl.store(carried + at_sequence, grad * z, known)
            if t > 0:
                if HAS_MASK:
                    state *= tl.load(mask + at_sequence, known, 0.0)
                tl.store(previous + at - sequences * width, state, known)
        tl.debug_barrier()  # the products read gradients that other threads wrote
        if t > 0:
            for u0 in range(0, HIDDEN, UNITS):
                u = u0 + tl.arange(0, UNITS)
                known = live[:, None] & (u < HIDDEN)[None, :]
                sent = tl.zeros((SEQUENCES, UNITS), dtype=states.dtype.element_ty)
                for k0 in range(0, 3 * HIDDEN, TERMS):
                    k = k0 + tl.arange(0, TERMS)
                    at = (row[:, None] * groups + group) * 3 * HIDDEN + k[None, :]
                    terms = live[:, None] & (k < 3 * HIDDEN)[None, :]
                    w = weight + (group * HIDDEN + u[None, :]) * 3 * HIDDEN + k[:, None]
                    inside = (k < 3 * HIDDEN)[:, None] & (u < HIDDEN)[None, :]
                    sent += tl.dot(
                        tl.load(factor + at, terms, 0.0),
                        tl.load(w, inside, 0.0),
                        input_precision=PRECISION,
                    )
                at = sequence[:, None] * width + group * HIDDEN + u[None, :]
                if HAS_MASK:
                    sent *= tl.load(mask + at, known, 0.0)
                sent += tl.load(carried + at, known, 0.0)
                tl.store(carried + at, sent, known)
        tl.debug_barrier()  # the step before reads what is carried to it
