"""The estimators on the device: what a user does there, and what it leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.model_selection import GroupKFold, RandomizedSearchCV
from sklearn.pipeline import Pipeline

from hanrock_sk import (
    AuxiliaryTargets,
    AuxiliaryWeights,
    HANRockClassifier,
    MonahNarrator,
)
from hanrock_sk.datasets import make_conversations
from hanrock_sk.estimators.net import MultiTaskNet
from hanrock_sk.live import LiveConversation

SIZES = {"word_gru": 16, "pri_gru": 20, "attention_units": 16, "embedding_dim": 16}
X, Y = make_conversations(n_conversations=12, random_state=0)


def make_pipeline(device: str, **params: Any) -> Pipeline:
    """A whole Pipeline that ends on the device."""
    model = HANRockClassifier(
        **{"max_epochs": 3, "content_size": 5, "device": device, "random_state": 0},
        **SIZES, **params,
    )  # fmt: skip
    return Pipeline(
        [
            ("narrate", MonahNarrator()),
            ("targets", AuxiliaryTargets()),
            ("weights", AuxiliaryWeights(random_state=0)),
            ("model", model),
        ]
    )


def fit_predict_attend(device: str) -> dict[str, Any]:
    """Fit, predict and attend; the same predictions from the weights on the CPU."""
    pipeline = make_pipeline(device).fit(X, Y)
    probabilities = pipeline.predict_proba(X)
    assert np.isfinite(probabilities).all()
    attention = pipeline[-1].attention(pipeline[:-1].transform(X))
    assert attention is not None
    with tempfile.TemporaryDirectory() as folder:
        from hanrock_sk.saving import load_model, save_model

        path = save_model(pipeline, Path(folder, "model"))
        again = load_model(path).predict_proba(X)
    difference = float(np.abs(again - probabilities).max())
    assert difference < 1e-5
    return {"difference after saving": difference, "score": pipeline.score(X, Y)}


def predicts_live(device: str) -> dict[str, Any]:
    """Talkturn by talkturn, as all at once."""
    pipeline = make_pipeline(device).fit(X, Y)
    conversation = X[X["conversation"] == X["conversation"].iloc[0]]
    live = LiveConversation(pipeline)
    rows = conversation.to_dict("records")
    ours = np.array([live.add(row).probabilities for row in rows])
    difference = float(np.abs(ours - pipeline.predict_proba(conversation)).max())
    assert difference < 1e-5
    return {"difference": difference}


def searches(device: str) -> dict[str, Any]:
    """`RandomizedSearchCV(n_jobs=1)` through a Pipeline."""
    search = RandomizedSearchCV(
        make_pipeline(device),
        {"model__lr": [1e-3, 3e-3], "model__content_size": [3, 5]},
        n_iter=3, cv=GroupKFold(2), n_jobs=1, random_state=0, error_score="raise",
    )  # fmt: skip
    search.fit(X, Y, groups=X["conversation"])
    return {"best score": float(search.best_score_)}


def two_fits_are_equal(device: str) -> dict[str, Any]:
    """One seed, one model, to the last bit, with dropout."""
    dropout = {"gru_dropout": 0.2, "recurrent_dropout": 0.2}
    first, second = (
        make_pipeline(device, **dropout).fit(X, Y).predict_proba(X) for _ in range(2)
    )
    assert np.array_equal(first, second)
    return {}


def generators_are_left_alone(device: str) -> dict[str, Any]:
    """A fit draws nothing from torch's own generators, on either side."""
    there = torch.get_device_module(device) if device != "cpu" else torch
    before = torch.get_rng_state(), there.get_rng_state()
    make_pipeline(device, recurrent_dropout=0.2).fit(X, Y)
    assert torch.equal(before[0], torch.get_rng_state())
    assert torch.equal(before[1], there.get_rng_state())
    return {}


def no_waits_in_a_step(device: str) -> dict[str, Any]:
    """Torch raises an error where a step would wait for the card."""
    take_step = MultiTaskNet.train_step

    def guarded(self: MultiTaskNet, batch: Any, **params: Any) -> Any:
        torch.cuda.set_sync_debug_mode("error")
        try:
            return take_step(self, batch, **params)
        finally:
            torch.cuda.set_sync_debug_mode("default")

    MultiTaskNet.train_step = guarded  # type: ignore[method-assign]
    try:
        make_pipeline(device, recurrent_dropout=0.2, clip_norm=1.0).fit(X, Y)
    finally:
        MultiTaskNet.train_step = take_step  # type: ignore[method-assign]
    return {}


def loads_without_a_gpu(device: str) -> dict[str, Any]:
    """A model saved on the device predicts in a process that sees none."""
    from hanrock_sk.saving import save_model

    pipeline = make_pipeline(device).fit(X, Y)
    with tempfile.TemporaryDirectory() as folder:
        path = save_model(pipeline, Path(folder, "model"))
        code = (
            "import sys, torch; from hanrock_sk.saving import load_model; "
            "from hanrock_sk.datasets import make_conversations; "
            "assert not torch.cuda.is_available(); "
            "X, _ = make_conversations(n_conversations=12, random_state=0); "
            f"print(load_model({str(path)!r}).predict_proba(X).sum())"
        )
        environment = os.environ | {"CUDA_VISIBLE_DEVICES": ""}
        environment["PYTHONPATH"] = os.pathsep.join(sys.path)
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=environment, capture_output=True, text=True,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return {"sum of probabilities": float(done.stdout)}


def memory_comes_back(device: str) -> dict[str, Any]:
    """Twenty fits later the card holds what it held."""
    make_pipeline(device).fit(X, Y).predict(X)
    torch.cuda.synchronize()
    before = torch.cuda.memory_allocated()
    for _ in range(20):
        make_pipeline(device, max_epochs=1).fit(X, Y).predict(X)
    after = torch.cuda.memory_allocated()
    assert after <= before
    peak = torch.cuda.max_memory_allocated()
    return {"before": before, "after": after, "peak": peak}


def kernels_of_a_step(device: str) -> dict[str, Any]:
    """How many kernels a training step launches, by the profiler."""
    from torch.profiler import ProfilerActivity, profile

    counts: list[int] = []
    take_step = MultiTaskNet.train_step

    def profiled(self: MultiTaskNet, batch: Any, **params: Any) -> Any:
        if len(counts) >= 3:
            return take_step(self, batch, **params)
        with profile(activities=[ProfilerActivity.CUDA]) as profiler:
            result = take_step(self, batch, **params)
            torch.cuda.synchronize()
        counts.append(sum(event.count for event in profiler.key_averages()))
        return result

    MultiTaskNet.train_step = profiled  # type: ignore[method-assign]
    try:
        make_pipeline(device, max_epochs=1).fit(X, Y)
    finally:
        MultiTaskNet.train_step = take_step  # type: ignore[method-assign]
    return {"kernels and copies": counts}


CHECKS = [
    fit_predict_attend,
    predicts_live,
    searches,
    two_fits_are_equal,
    generators_are_left_alone,
    no_waits_in_a_step,
    loads_without_a_gpu,
    memory_comes_back,
    kernels_of_a_step,
]
