"""Every public estimator and transformer, each as a case that fits in a moment."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import narwhals as nw
import numpy as np
from sklearn.base import BaseEstimator
from skorch import NeuralNet
from tiny_estimators import TINY, supervised, talkturns

import hanrock_sk
from hanrock_sk import (
    AuxiliaryTargets,
    AuxiliaryWeights,
    HANRockClassifier,
    HANRockRegressor,
    MonahNarrator,
    SuitedColumns,
    Timings,
)
from hanrock_sk.talkturns.values import is_missing


@cache
def public_estimators() -> dict[str, type]:
    """Find every public class that can be fitted, as `sklearn.utils.discovery` does.

    But for what goes around another estimator: see `tests/ensembles`.
    """
    found = {}
    for module in pkgutil.walk_packages(hanrock_sk.__path__, "hanrock_sk."):
        if "._" in module.name:
            continue
        for name, value in inspect.getmembers(import_module(module.name)):
            if (
                inspect.isclass(value)
                and issubclass(value, BaseEstimator)
                and value.__module__ == module.name
                and hasattr(value, "fit")
                and not inspect.isabstract(value)
                and not issubclass(value, NeuralNet)  # the estimators' own, inside
                and "estimator" not in inspect.signature(value).parameters
            ):
                found[name] = value
    return found


@dataclass(frozen=True)
class Case:
    """How to make one, what to feed it, and what it may be told instead.

    Attributes
    ----------
    kind : type
        The class.
    params : dict
        Parameters that make it small and repeatable.
    data : callable
        Returns columns and labels.
    other : dict
        For every parameter a valid value that is not the one in `params`.
    spoilt : (str, object)
        A column, and a value that it cannot hold.
    needed : str
        A column that cannot be done without.
    """

    kind: type
    params: dict[str, Any]
    data: Callable[[], tuple[dict[str, list], list]]
    other: dict[str, Any]
    spoilt: tuple[str, Any]
    needed: str | None

    def make(self, **params: Any) -> Any:
        return self.kind(**(self.params | params))

    def spoil(self, columns: dict[str, list]) -> dict[str, list]:
        name, value = self.spoilt
        kind = type(value) if isinstance(value, float) else str
        return columns | {name: [*map(kind, columns[name][:-1]), value]}


def untimed():
    """Talkturns that nobody has timed yet."""
    columns, y = talkturns()
    return {n: v for n, v in columns.items() if n not in ("delay", "speech_rate")}, y


def with_targets():
    """Talkturns with auxiliary targets, not yet weighed."""
    columns, y = supervised()
    return {n: v for n, v in columns.items() if not n.startswith("weight__")}, y


NARRATOR_ROLES = [
    name
    for name in inspect.signature(MonahNarrator).parameters
    if name not in ("families", "baseline", "phrases", "text")
]
NARRATOR = {
    "families": "v",
    "baseline": "population",
    "phrases": {"said": "uttered"},
    "text": "speaker",
    **dict.fromkeys(NARRATOR_ROLES),
}
NETWORK = {
    "architecture": "flat",
    "fusion": "paper",
    "content_size": 2,
    "word_gru": 3,
    "pri_gru": 3,
    "aux_gru": 2,
    "attention_units": 3,
    "gru_dropout": 0.5,
    "recurrent_dropout": 0.5,
    "head_dropout": 0.5,
    "direct": False,
    "direct_measured": False,
    "speaker_vectors": False,
    "train_unlabelled": True,
    "task_weighting": "cosine",
    "embeddings": {"so": [1.0, 2.0]},
    "embedding_dim": 3,
    "freeze_embeddings": True,
    "max_words": 1,
    "min_count": 1,
    "optimizer": "sgd",
    "lr": 0.5,
    "schedule": "one_cycle",
    "weight_average": 0.5,
    "lr_decay": 1.0,
    "l2": 0.5,
    "clip_norm": None,
    "batch_size": 7,
    "run_length": 1,
    "max_epochs": 1,
    "validation_fraction": 0.5,
    "patience": 1,
    "device": "meta",
    "random_state": 1,
    "verbose": 1,
    "net_params": {"callbacks": None},
    "memory": "nowhere",
    "features": ["age"],
    "warm_start": True,
    "init_from": "nowhere",
    "conversation": "speaker",
    "narrative": "speaker",
    "text": "speaker",
    "speaker": "text",
}

CASES = {
    "narrator": Case(
        MonahNarrator, {}, talkturns, NARRATOR, ("smile", 0.5), needed="text"
    ),
    "narrator, population": Case(
        MonahNarrator,
        {"baseline": "population"},
        talkturns,
        NARRATOR | {"baseline": "speaker"},
        ("tone_sad", np.inf),
        needed="text",
    ),
    "timings": Case(
        Timings,
        {},
        untimed,
        {
            "conversation": "speaker",
            "text": "speaker",
            "start": "end",
            "end": "start",
            "max_delay": 0.1,
            "max_speech_rate": 1.0,
        },
        ("text", None),
        needed="start",
    ),
    "suited columns": Case(
        SuitedColumns,
        {},
        untimed,
        {"conversation": "speaker", "text": "speaker", "speaker": "text"},
        ("text", None),
        needed="text",
    ),
    "targets": Case(
        AuxiliaryTargets,
        {},
        talkturns,
        {
            "actions": ["au05"],
            "prosody": [],
            "history": 1,
            "future": 0,
            "target_range": (1, 5),
            "derived": ["next"],
            "conversation": "speaker",
            "speaker": "conversation",
        },
        ("au05", np.inf),
        needed="au05",
    ),
    "weights": Case(
        AuxiliaryWeights,
        {"random_state": 0},
        with_targets,
        {
            "scheme": "random",
            "primary_weight": 0.5,
            "families": ["history"],
            "random_state": 1,
            "conversation": "speaker",
            "text": "speaker",
            "narrative": "speaker",
        },
        ("aux__action__au05", np.inf),
        needed=None,
    ),
    "classifier": Case(
        HANRockClassifier,
        TINY,
        supervised,
        NETWORK
        | {"class_weight": "balanced", "label_smoothing": 0.5}
        | {"logit_adjustment": 0.5, "calibrate": True},
        ("weight__primary", -1.0),
        needed="text",
    ),
    "regressor": Case(
        HANRockRegressor,
        TINY,
        lambda: supervised("regression"),
        NETWORK | {"loss": "squared_error", "calibrate": True},
        ("weight__primary", -1.0),
        needed="text",
    ),
}


def is_transformer(estimator: Any) -> bool:
    return hasattr(estimator, "transform")


def methods_of(estimator: Any) -> list[str]:
    """The methods that take new talkturns."""
    names = "transform", "predict", "predict_proba", "predict_auxiliary", "attention"
    return [name for name in names if hasattr(estimator, name)]


def taken(columns: dict[str, list], rows: Any) -> dict[str, list]:
    """These rows of a table of columns."""
    return {name: [values[row] for row in rows] for name, values in columns.items()}


def plain(table: Any) -> dict[str, list]:
    """A table as lists, with None for whatever is missing."""
    table = nw.from_native(table)
    return {
        name: [None if is_missing(value) else value for value in table[name].to_list()]
        for name in table.columns
    }


def said_of(estimator: Any, X: Any) -> dict[str, list]:
    """All that a fitted estimator says of talkturns, as lists by row."""
    if is_transformer(estimator):
        return plain(estimator.transform(X))
    found = {"predict": estimator.predict(X).tolist()}
    if hasattr(estimator, "predict_proba"):
        for label, column in zip(
            estimator.classes_, estimator.predict_proba(X).T, strict=True
        ):
            found[f"probability of {label}"] = column.tolist()
    for name, values in estimator.predict_auxiliary(X).items():
        found[f"auxiliary {name}"] = values.tolist()
    return found


def assert_same(found: dict, expected: dict, atol: float = 0.0) -> None:
    """Compare what was said: numbers within a tolerance, all else exactly."""
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        assert len(found[name]) == len(values)
        known = [value for value in [*values, *found[name]] if value is not None]
        if known and all(isinstance(value, float) for value in known):
            np.testing.assert_allclose(
                np.array(found[name], dtype=float),
                np.array(values, dtype=float),
                rtol=0,
                atol=atol,
                err_msg=name,
            )
        else:
            assert found[name] == values, name
