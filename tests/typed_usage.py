"""What a type checker sees of the package; mypy checks it, nothing runs it.

`assert_type` fails where a type is unknown, as it is behind a decorator without types.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, assert_type

import numpy as np

import hanrock_sk
from hanrock_sk import (
    AuxiliaryTargets,
    AuxiliaryWeights,
    HANRockClassifier,
    HANRockRegressor,
    MonahNarrator,
    Timings,
)
from hanrock_sk.auxiliary import SchemeData, Shares
from hanrock_sk.datasets import load_meld, make_conversations
from hanrock_sk.evaluation import BootstrapComparison, bootstrap_comparison
from hanrock_sk.explain import OverallAttention, Report, attention, report
from hanrock_sk.live import LiveConversation, LivePrediction
from hanrock_sk.saving import load_weights, save_model
from hanrock_sk.tuning import MedianStopping, search_space


def by_rows(data: SchemeData) -> Shares:
    """A scheme of loss weights."""
    return Shares({task: float(t.known.sum()) for task, t in data.targets.items()})


def steps(X: Any, y: Any) -> None:
    """Every step's `fit` returns the step."""
    assert_type(hanrock_sk.__version__, str)
    assert_type(Timings().fit(X), Timings)
    assert_type(MonahNarrator("vp").fit(X), MonahNarrator)
    assert_type(AuxiliaryTargets(history=2).fit(X, y), AuxiliaryTargets)
    assert_type(AuxiliaryWeights(by_rows).fit(X, y), AuxiliaryWeights)
    AuxiliaryWeights(primary_weight="much")  # type: ignore[arg-type]


def model(X: Any, y: Any) -> None:
    """What is done with a model."""
    classifier = HANRockClassifier(content_size=4)
    assert_type(classifier.fit(X, y), HANRockClassifier)
    assert_type(classifier.predict_proba(X), np.ndarray)
    assert_type(classifier.score(X, y), float)
    assert_type(HANRockRegressor(loss="squared_error").fit(X, y), HANRockRegressor)
    HANRockClassifier(content_size="long")  # type: ignore[arg-type]
    assert_type(classifier.predict(X), np.ndarray)
    assert_type(LiveConversation(classifier).add("yes"), LivePrediction)
    assert_type(attention(classifier, X), OverallAttention)
    assert_type(report(classifier, X, y), Report)
    assert_type(save_model(classifier, "model.skops"), Path)
    assert_type(load_weights(classifier, "weights"), HANRockClassifier)


def functions() -> None:
    """Functions around them, validated ones too."""
    X, y = make_conversations(4)
    assert_type(y, np.ndarray)
    assert_type(load_meld("meld"), tuple[Any, np.ndarray])
    assert_type(search_space("model", size="small"), list[dict[str, Any]])
    assert_type(MedianStopping(min_epochs=2), MedianStopping)
    scores = ([0.5], [0.5])
    assert_type(bootstrap_comparison(scores, scores), BootstrapComparison)
    make_conversations("four")  # type: ignore[arg-type]
