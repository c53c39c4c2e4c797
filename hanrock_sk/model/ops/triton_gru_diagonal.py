"""All steps of GRUs whose units do not read each other in one Triton kernel.

A program has some neighbouring sequences and some units to itself; states, and going
back what is carried to them, stay in registers.
"""

from __future__ import annotations

import triton
import triton.language as tl

from hanrock_sk.model.ops.triton_gru import gate_offset


@triton.jit(do_not_specialize=["steps", "groups"])
def diagonal_forward(
    gates, index, weight, bias_new, mask, inner, states, offsets, steps, groups,
    HIDDEN: tl.constexpr, HAS_INDEX: tl.constexpr, HAS_MASK: tl.constexpr,
    SEQUENCES: tl.constexpr, UNITS: tl.constexpr,
):  # fmt: skip
    """Run all steps of units that do not read each other, states in registers."""
    block, group = tl.program_id(0), tl.program_id(1).to(tl.int64)
    sequence = block * SEQUENCES + tl.arange(0, SEQUENCES)
    u = tl.program_id(2) * UNITS + tl.arange(0, UNITS)
    width = groups * HIDDEN
    unit = group * HIDDEN + u
    w_r = tl.load(weight + 3 * group * HIDDEN + u, u < HIDDEN, 0.0)[None, :]
    w_z = tl.load(weight + (3 * group + 1) * HIDDEN + u, u < HIDDEN, 0.0)[None, :]
    w_n = tl.load(weight + (3 * group + 2) * HIDDEN + u, u < HIDDEN, 0.0)[None, :]
    bias = tl.load(bias_new + unit, u < HIDDEN, 0.0)[None, :]
    state = tl.zeros((SEQUENCES, UNITS), dtype=states.dtype.element_ty)
    kept = state + 1
    if HAS_MASK:
        some = (sequence < tl.load(offsets + 1))[:, None] & (u < HIDDEN)[None, :]
        kept = tl.load(mask + sequence[:, None] * width + unit[None, :], some, 0.0)
    for t in range(steps):
        first = tl.load(offsets + t)
        live = sequence < tl.load(offsets + t + 1) - first
        row = first + sequence
        known = live[:, None] & (u < HIDDEN)[None, :]
        at_gates = tl.where(live, row, first)
        at_gates = gate_offset(at_gates, index, group, groups, HIDDEN, HAS_INDEX)
        gate = gates + at_gates[:, None] + u[None, :]
        at = row[:, None] * width + unit[None, :]
        read = state * kept
        new = read * w_n + bias
        r = tl.sigmoid(tl.load(gate, known, 0.0) + read * w_r)
        z = tl.sigmoid(tl.load(gate + HIDDEN, known, 0.0) + read * w_z)
        x = tl.load(gate + 2 * HIDDEN, known, 0.0) + r * new
        c = 2 * tl.sigmoid(2 * x) - 1
        state = c + z * (state - c)
        tl.store(states + at, state, known)
        if not HAS_INDEX:
            tl.store(gate, r, known)
            tl.store(gate + HIDDEN, z, known)
            tl.store(gate + 2 * HIDDEN, c, known)
            tl.store(inner + at, new, known)


@triton.jit(do_not_specialize=["steps", "groups"])
def diagonal_backward(
    grad_states, gates, inner, states, weight, mask, grad_gates, factor, previous,
    offsets, steps, groups,
    HIDDEN: tl.constexpr, HAS_MASK: tl.constexpr, SEQUENCES: tl.constexpr,
    UNITS: tl.constexpr,
):  # fmt: skip
    """Run all steps of such units backwards, what is carried in registers."""
    block, group = tl.program_id(0), tl.program_id(1).to(tl.int64)
    sequence = block * SEQUENCES + tl.arange(0, SEQUENCES)
    u = tl.program_id(2) * UNITS + tl.arange(0, UNITS)
    width = groups * HIDDEN
    sequences = tl.load(offsets + 1)
    unit = group * HIDDEN + u
    w_r = tl.load(weight + 3 * group * HIDDEN + u, u < HIDDEN, 0.0)[None, :]
    w_z = tl.load(weight + (3 * group + 1) * HIDDEN + u, u < HIDDEN, 0.0)[None, :]
    w_n = tl.load(weight + (3 * group + 2) * HIDDEN + u, u < HIDDEN, 0.0)[None, :]
    carried = tl.zeros((SEQUENCES, UNITS), dtype=states.dtype.element_ty)
    kept = carried + 1
    if HAS_MASK:
        some = (sequence < sequences)[:, None] & (u < HIDDEN)[None, :]
        kept = tl.load(mask + sequence[:, None] * width + unit[None, :], some, 0.0)
    for back in range(steps):
        t = steps - 1 - back
        first = tl.load(offsets + t)
        live = sequence < tl.load(offsets + t + 1) - first
        row = first + sequence
        row_before = tl.load(offsets + tl.maximum(t - 1, 0)) + sequence
        known = live[:, None] & (u < HIDDEN)[None, :]
        at = row[:, None] * width + unit[None, :]
        gate = (row[:, None] * groups + group) * 3 * HIDDEN + u[None, :]
        r = tl.load(gates + gate, known, 0.0)
        z = tl.load(gates + gate + HIDDEN, known, 0.0)
        c = tl.load(gates + gate + 2 * HIDDEN, known, 0.0)
        grad = carried + tl.load(grad_states + at, known, 0.0)
        later = known & (row_before < row)[:, None]  # not in the first step
        at_before = row_before[:, None] * width + unit[None, :]
        state = tl.load(states + at_before, later, 0.0)
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
        tl.store(previous + at - sequences * width, state * kept, later)
        back_sent = (of_r * w_r + of_z * w_z + of_n * w_n) * kept
        carried = tl.where(known, grad * z + back_sent, 0.0)
