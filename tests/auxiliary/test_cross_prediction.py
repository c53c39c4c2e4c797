"""Cross-prediction against ridge regressions written out one by one."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_allclose
from sklearn.linear_model import Ridge

from hanrock_sk.auxiliary.cross_prediction import (
    FOLDS,
    HALVES,
    PENALTIES,
    CrossPrediction,
    deal_conversations,
)


def by_hand(x, t, new):
    """A ridge regression whose penalty the error of generalised CV chooses."""
    best = None
    for penalty in PENALTIES * np.linalg.eigvalsh(x.T @ x).mean():
        hat = x @ np.linalg.solve(x.T @ x + penalty * np.eye(x.shape[1]), x.T)
        error = ((t - hat @ t) ** 2).sum() / (len(t) - np.trace(hat)) ** 2
        if best is None or error < best[0]:
            best = error, penalty
    model = Ridge(alpha=best[1], fit_intercept=False, solver="cholesky").fit(x, t)
    return model.predict(new)


def test_every_fold_is_predicted_from_the_others_of_a_half():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 6))
    weights = rng.normal(size=(6, 3)) * [1.0, 0.1, 0.0]
    t = x @ weights + rng.normal(size=(300, 3))
    groups = np.repeat(np.arange(30), 10)
    part = deal_conversations(groups, np.ones(300), rng)
    learnt = np.flatnonzero(rng.random(300) < 0.7)  # half of them never wanted
    wanted = np.flatnonzero(rng.random(300) < 0.5)
    regression = CrossPrediction(x, part, learnt)
    assert sorted(regression.learnt) == sorted(learnt)
    halves = list(regression.predict(t[regression.learnt], wanted))
    assert len(halves) == HALVES
    for half, predicted in enumerate(halves):
        for fold in range(FOLDS):
            there = part[wanted] % FOLDS == fold
            seen = (part[learnt] // FOLDS == half) & (part[learnt] % FOLDS != fold)
            for column in range(3):
                expected = by_hand(
                    x[learnt[seen]], t[learnt[seen], column], x[wanted[there]]
                )
                assert_allclose(predicted[there, column], expected, atol=1e-5)


def test_conversations_are_dealt_whole_and_evenly():
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(100), rng.integers(1, 30, size=100))
    labelled = (rng.random(len(groups)) < 0.3).astype(float)
    part = deal_conversations(groups, labelled, rng)
    for group in range(100):
        assert len(set(part[groups == group])) == 1
    labels = np.bincount(part, labelled, minlength=10)
    assert labels.max() - labels.min() <= 2
    assert not np.array_equal(part, deal_conversations(groups, labelled, rng))


def test_few_conversations_are_cut_into_stretches():
    part = deal_conversations(
        np.zeros(400, int), np.ones(400), np.random.default_rng(2)
    )
    sizes = np.bincount(part)
    assert len(sizes) == 10
    assert 25 < sizes.min() <= sizes.max() < 55
    assert np.count_nonzero(np.diff(part)) < 40  # stretches, not single talkturns
