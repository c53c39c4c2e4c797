"""The shares of the fusion, and the warning when it ignores the primary branch."""

from __future__ import annotations

import copy
import warnings

import numpy as np
import pytest
import torch

from hanrock_sk import explain
from hanrock_sk.explain.fusion_shares import shares_of
from hanrock_sk.explain.overall import overall_attention


def test_by_hand(made_by_hand):
    shares = shares_of(overall_attention(made_by_hand, None, "pandas"))
    np.testing.assert_allclose(shares.mean, [0.5, 0.275, 0.225], rtol=1e-6)
    np.testing.assert_allclose(shares.low, [0.5, 0.2525, 0.2025], rtol=1e-6)
    assert (shares.n_talkturns, shares.is_ignored) == (2, False)
    assert "50 %" in str(shares)


def test_an_anchored_fusion_keeps_the_primary_branch(multi_task, talkturns):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        shares = explain.fusion(multi_task, talkturns[0], rows=range(10))
    assert 0.5 < shares.primary < 1


def test_a_fusion_that_ignores_the_primary_branch(multi_task, talkturns):
    model = copy.deepcopy(multi_task)
    fusion = model[-1].network_.net.module_.fusion
    with torch.no_grad():
        fusion.gate.fill_(40.0)  # half of the weight at most
        fusion.query.zero_()
    shares = explain.fusion(model, talkturns[0])
    assert shares.primary == pytest.approx(0.5 + 0.5 / 17)
    ignored = shares.__class__(9, shares.tasks, *np.full((3, 17), 1 / 17))
    assert ignored.is_ignored
    assert "auxiliary tasks" in str(ignored)


def test_it_warns(made_by_hand, monkeypatch):
    made_by_hand.task_weights[:] = [[0.02, 0.04], [0.9, 0.9], [0.08, 0.06]]
    overall = overall_attention(made_by_hand, None, "pandas")
    name = "hanrock_sk.explain.fusion_shares.attention"
    monkeypatch.setattr(name, lambda *_: overall)
    with pytest.warns(UserWarning, match="3 % of the fusion"):
        explain.fusion(None, None)


def test_nothing_to_fuse(han, talkturns):
    assert "nothing to fuse" in str(explain.fusion(han, talkturns[0]))
