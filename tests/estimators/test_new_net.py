"""What a network is made of follows from the estimator and what it is trained on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tiny_estimators import supervised, tiny_classifier, tiny_regressor

MAKE = {"classification": tiny_classifier, "regression": tiny_regressor}


def measured(task="classification", n_labels=10, **params):
    """Names of the tasks whose predictions the primary head reads."""
    columns, y = supervised(task)
    few = [label if row < n_labels else None for row, label in enumerate(y)]
    params = {"train_unlabelled": True, "validation_fraction": 0.0} | params
    model = MAKE[task](**params).fit(pd.DataFrame(columns), few)
    seen = model.network_.trained_on
    return [seen.valued[row] for row in seen.sizes.measured]


@pytest.mark.parametrize("task", MAKE)
def test_the_primary_head_reads_measurements_and_no_labels(task):
    read = measured(task)
    assert "action__au05" in read
    assert not [name for name in read if name.startswith(("history", "future"))]


@pytest.mark.parametrize(
    "params",
    [
        {"n_labels": 100},
        {"train_unlabelled": False},
        {"direct_measured": False},
        {"architecture": "flat"},
        {"architecture": "han"},
    ],
    ids=str,
)
def test_not_without_as_many_unlabelled_talkturns_and_only_in_rock(params):
    assert measured(**params) == []


def test_it_learns_to_use_them():
    columns, y = supervised()
    X, few = pd.DataFrame(columns), y[:10] + [None] * (len(y) - 10)
    params = {"train_unlabelled": True, "validation_fraction": 0.0}
    model = tiny_classifier(**params).fit(X, few)
    assert model.net_.module_.measured.weight.abs().max() > 0
    network = model.net_.module_
    before = model.predict_proba(X)
    network.measured.weight.data.zero_()
    assert not np.allclose(model.predict_proba(X), before)
