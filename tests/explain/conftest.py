"""Attention made by hand, and small models that are trained once."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.pipeline import Pipeline

from hanrock_sk import (
    AuxiliaryTargets,
    AuxiliaryWeights,
    HANRockClassifier,
    HANRockRegressor,
    MonahNarrator,
)
from hanrock_sk.datasets import make_conversations
from hanrock_sk.estimators.attention_weights import Attention

SIZES = {
    "word_gru": 4,
    "pri_gru": 4,
    "attention_units": 4,
    "content_size": 4,
    "max_epochs": 2,
    "validation_fraction": 0.1,
    "device": "cpu",
    "random_state": 0,
}


@pytest.fixture
def made_by_hand():
    """Exact weights of two talkturns: "no" / "not now", and a window of 1 and of 2."""
    return Attention(
        words=["no", "not", "now"],
        word_offsets=np.array([0, 1, 3]),
        word_weights=np.array([[1.0, 0.9, 0.1], [1.0, 0.5, 0.5]], dtype=np.float32),
        window_rows=np.array([0, 0, 1]),
        window_offsets=np.array([0, 1, 3]),
        talkturn_weights=np.array(
            [[1.0, 0.2, 0.8], [1.0, 0.5, 0.5], [1.0, 1.0, 0.0]], dtype=np.float32
        ),
        task_weights=np.array([[0.5, 0.5], [0.25, 0.3], [0.25, 0.2]], dtype=np.float32),
        tasks=("primary", "action__au05", "history__1"),
    )


@pytest.fixture(scope="session")
def talkturns():
    """Labelled talkturns, some without a label, as pandas."""
    return make_conversations(6, 8, missing_labels=0.15, random_state=0)


def _pipeline(primary_weight, **params):
    return Pipeline(
        [
            ("narrate", MonahNarrator()),
            ("targets", AuxiliaryTargets()),
            (
                "weights",
                AuxiliaryWeights(primary_weight=primary_weight, random_state=0),
            ),
            ("model", HANRockClassifier(**{**SIZES, **params})),
        ]
    )


@pytest.fixture(scope="session")
def multi_task(talkturns):
    """A fitted pipeline with auxiliary supervision."""
    return _pipeline(0.7).fit(*talkturns)


@pytest.fixture(scope="session")
def single_task(talkturns):
    """A fitted pipeline of the same architecture, without auxiliary supervision."""
    return _pipeline(1.0, random_state=1, lr=0.02).fit(*talkturns)


@pytest.fixture(scope="session")
def han(talkturns):
    """A fitted model without attention over tasks."""
    return HANRockClassifier(**SIZES, architecture="han").fit(*talkturns)


@pytest.fixture(scope="session")
def values():
    """Talkturns with real values as labels."""
    return make_conversations(4, 8, task="regression", random_state=0)


@pytest.fixture(scope="session")
def regressor(values):
    """A fitted regressor."""
    return HANRockRegressor(**SIZES).fit(*values)
