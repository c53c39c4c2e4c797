"""The fusion of tasks, by hand; that it agrees with the twin is in test_networks.py."""

from __future__ import annotations

import math

import pytest
import torch

from hanrock_sk.model.heads import AnchoredFusion, PaperFusion


def fusion_of(kind, query, gate=0.0):
    fusion = kind(len(query)).double()
    with torch.no_grad():
        fusion.query.copy_(torch.tensor(query))
        if kind is AnchoredFusion:
            fusion.gate.fill_(gate)
    return fusion


def test_the_papers_fusion_by_hand():
    """Scores 0 and log 3: weights of 1/4 and 3/4."""
    v = torch.tensor([[[2.0, 0.0], [0.0, math.log(3)]]], dtype=torch.float64)
    fused, weights = fusion_of(PaperFusion, [0.0, 1.0])(v)
    torch.testing.assert_close(weights, weights.new_tensor([[0.25, 0.75]]))
    torch.testing.assert_close(fused, fused.new_tensor([[0.5, 0.75 * math.log(3)]]))


def test_the_anchored_fusion_by_hand():
    """Gate 1/4, equal scores: 7/8 and 1/8, at the length of the primary vector."""
    v = torch.tensor([[[3.0, 4.0], [0.0, 50.0]]], dtype=torch.float64)
    fused, weights = fusion_of(AnchoredFusion, [0.0, 0.0])(v)
    torch.testing.assert_close(weights, weights.new_tensor([[0.875, 0.125]]))
    expected = [0.875 * 3, 0.875 * 4 + 0.125 * 5]
    torch.testing.assert_close(fused, fused.new_tensor([expected]))


@pytest.mark.parametrize("scale", [0.1, 1.0, 1e6])
def test_no_auxiliary_task_wins_by_its_scale(scale):
    generator = torch.Generator().manual_seed(0)
    v = torch.rand(5, 4, 8, generator=generator, dtype=torch.float64)
    fusion = fusion_of(AnchoredFusion, torch.randn(8, generator=generator).tolist())
    expected = fusion(v)
    v[:, 1:] *= scale
    for found, wanted in zip(fusion(v), expected, strict=True):
        # The normalisation has a small constant under its root.
        torch.testing.assert_close(
            found, wanted, rtol=0, atol=0.1 if scale < 1 else 1e-4
        )


@pytest.mark.parametrize("query", [-1e3, 1e3])
def test_the_primary_branch_keeps_half(query):
    v = torch.rand(20, 5, 8, generator=torch.Generator().manual_seed(0))
    fusion = fusion_of(AnchoredFusion, [query, 0, 0, 0, 0, 0, 0, -query], gate=9.0)
    weights = fusion(v.double())[1]
    torch.testing.assert_close(weights.sum(1), torch.ones(20, dtype=torch.float64))
    assert weights[:, 0].min() > 0.5


def test_vectors_of_zeros_have_a_gradient():
    v = torch.zeros(2, 3, 4, requires_grad=True)
    AnchoredFusion(4)(v)[0].sum().backward()
    assert v.grad.isfinite().all()
