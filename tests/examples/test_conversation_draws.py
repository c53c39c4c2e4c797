"""Intervals over draws of conversations, against drawing them one by one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hanrock_sk.evaluation import mean_absolute_error, mean_accuracy

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.mark.parametrize("n_classes", [0, 3])
def test_against_drawing_conversations(n_classes, monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLES)
    from conversation_draws import conversation_interval

    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(15), rng.integers(8, 20, size=15))
    n = len(groups)
    labels = rng.integers(0, 3, size=n) if n_classes else rng.normal(size=n)
    metric = mean_accuracy if n_classes else mean_absolute_error

    def naive(true, said):
        if n_classes:
            return np.mean([np.mean(said[true == c] == c) for c in np.unique(true)])
        return np.mean(np.abs(true - said))

    def trials(noise):
        if n_classes:
            wrong = rng.random((2, n)) < noise
            return np.where(wrong, rng.integers(0, 3, size=(2, n)), labels)
        return labels + rng.normal(scale=noise, size=(2, n))

    baseline, challenger = trials(0.6), trials(0.4)
    part = {"conversation": groups.tolist(), "labels": labels.tolist()}
    found = conversation_interval(
        part | {"n_classes": n_classes}, baseline.tolist(), challenger.tolist()
    )

    def difference(rows, metric=naive):
        return np.mean(
            [
                metric(labels[rows], new[rows]) - metric(labels[rows], old[rows])
                for old, new in zip(baseline, challenger, strict=True)
            ]
        )

    # The package's metrics once, as their checks of labels take long.
    assert found[0] == pytest.approx(difference(np.arange(n), metric))
    draws = [
        difference(
            np.concatenate([np.flatnonzero(groups == g) for g in rng.choice(15, 15)])
        )
        for _ in range(400)
    ]
    assert found[1:] == pytest.approx(np.quantile(draws, [0.025, 0.975]), abs=0.02)
