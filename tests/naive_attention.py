"""Attention by its three equations, sequence by sequence, and inputs to compare on."""

from __future__ import annotations

import torch


def rows_of(lengths):
    return [(s, t) for t in range(max(lengths)) for s, n in enumerate(lengths) if n > t]


def naive_attend(states, weight, bias, query, lengths):
    """u = relu(W h + b); alpha = softmax(u . u_w); s = sum alpha u."""
    rows = rows_of(lengths)
    groups, units = query.shape
    pooled = [[None] * groups for _ in lengths]
    alphas = states.new_zeros(len(rows), groups)
    for g in range(groups):
        for s, length in enumerate(lengths):
            u = []
            for t in range(length):
                # The backward reading has this talkturn's word t at its own step.
                forward = states[rows.index((s, t)), 0, g]
                backward = states[rows.index((s, length - 1 - t)), 1, g]
                h = torch.cat([forward, backward])
                both = torch.cat([weight[0, g], weight[1, g]])
                u.append(torch.relu(h @ both + bias[g]))
            scores = torch.stack([one @ query[g] for one in u])
            alpha = torch.exp(scores - scores.max())
            alpha = alpha / alpha.sum()
            pooled[s][g] = sum(a * one for a, one in zip(alpha, u, strict=True))
            for t in range(length):
                alphas[rows.index((s, t)), g] = alpha[t].detach()
    return torch.stack([torch.stack(one) for one in pooled]), alphas


def random_inputs(lengths, hidden, units, groups=2):
    generator = torch.Generator().manual_seed(7)

    def draw(*shape):
        drawn = torch.randn(*shape, generator=generator, dtype=torch.float64)
        return drawn.requires_grad_()

    return (
        draw(sum(lengths), 2, groups, hidden),
        draw(2, groups, hidden, units),
        draw(groups, units),
        draw(groups, units),
    )
