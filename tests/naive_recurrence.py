"""The recurrence one GRU step after the other, and inputs to compare it on."""

from __future__ import annotations

import torch

from hanrock_sk.model.recurrence import recurrence


def naive_recurrence(gates, weight, bias_new, mask, lengths):
    """h_t = GRU(x_t, h_{t-1}), for one group, sequence and step at a time."""
    hidden = weight.shape[1]
    rows = [(s, t) for t in range(max(lengths)) for s, n in enumerate(lengths) if n > t]
    states = []
    for group in range(len(weight)):
        known = {}
        for row, (s, t) in enumerate(rows):
            before = known[s, t - 1] if t else gates.new_zeros(hidden)
            kept = before if mask is None else before * mask[s, group]
            g_r, g_z, g_n = gates[row, group].split(hidden)
            a_r, a_z, a_n = (kept @ weight[group]).split(hidden)
            r, z = torch.sigmoid(g_r + a_r), torch.sigmoid(g_z + a_z)
            c = torch.tanh(g_n + r * (a_n + bias_new[group]))
            known[s, t] = (1 - z) * c + z * before
        states.append(torch.stack([known[where] for where in rows]))
    return torch.stack(states, dim=1)


def run(gates, *others):
    """`recurrence` overwrites the gates it is given."""
    return recurrence(gates.clone(), *others)


def random_inputs(lengths, masked, *, groups=2, hidden=3, dtype=torch.float64):
    generator = torch.Generator().manual_seed(len(lengths))

    def draw(*shape):
        drawn = torch.randn(*shape, generator=generator, dtype=dtype)
        return drawn.requires_grad_()

    mask = None
    if masked:
        kept = torch.rand(len(lengths), groups, hidden, generator=generator) < 0.6
        mask = kept.to(dtype) / 0.6
    return (
        draw(sum(lengths), groups, 3 * hidden),
        draw(groups, hidden, 3 * hidden),
        draw(groups, hidden),
        mask,
    )


def assert_same(found, expected, given):
    """Compare states, and their gradients with respect to what was given."""
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)
    factor = torch.randn_like(expected)
    for ours, theirs in zip(
        torch.autograd.grad((found * factor).sum(), given),
        torch.autograd.grad((expected * factor).sum(), given),
        strict=True,
    ):
        torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10)
