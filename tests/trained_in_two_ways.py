"""Pipelines trained with a number of threads, for comparison across processes."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import numpy as np
import torch
from sklearn.pipeline import Pipeline, make_pipeline

from hanrock_sk import (
    AuxiliaryTargets,
    AuxiliaryWeights,
    HANRockClassifier,
    HANRockRegressor,
    MonahNarrator,
    Timings,
)
from hanrock_sk.datasets import make_conversations

KINDS = {"classification": HANRockClassifier, "regression": HANRockRegressor}

# Wide enough that torch does hand work to its threads.
SIZES = {
    "content_size": 4,
    "word_gru": 64,
    "pri_gru": 64,
    "embedding_dim": 64,
    "attention_units": 64,
    "max_epochs": 2,
    "batch_size": 32,
    "device": "cpu",
    "random_state": 0,
}


def data(task):
    X, y = make_conversations(5, 8, task=task, missing_labels=0.1, random_state=0)
    return X.drop(columns=["delay", "speech_rate"]), y


def said(pipeline: Pipeline, X) -> np.ndarray:
    """Probabilities, or values."""
    return getattr(pipeline, "predict_proba", pipeline.predict)(X)


def train(n_threads: int) -> tuple[dict[str, np.ndarray], dict[str, Pipeline]]:
    """Fit a pipeline for each task; return all there is to compare, and them."""
    torch.set_num_threads(n_threads)
    assert torch.get_num_threads() == n_threads
    found, pipelines = {}, {}
    for task, kind in KINDS.items():
        X, y = data(task)
        pipeline = make_pipeline(
            Timings(),
            MonahNarrator(),
            AuxiliaryTargets(),
            AuxiliaryWeights(random_state=0),
            kind(**SIZES),
        ).fit(X, y)
        model = pipeline[-1]
        table = pipeline[:-1].transform(X)
        found[f"{task} narrative"] = table["narrative"].to_numpy(str)
        found[f"{task} task weights"] = np.array(list(pipeline[-2].weights_.values()))
        found[f"{task} vocabulary"] = np.array(model.vocabulary_.words)
        found[f"{task} losses"] = np.array([epoch["loss"] for epoch in model.history_])
        for name, tensor in model.net_.module_.state_dict().items():
            found[f"{task} network {name}"] = tensor.numpy()
        found[f"{task} said"] = said(pipeline, X)
        pipelines[task] = pipeline
    return found, pipelines


def main(folder: Path) -> None:
    """Train with one thread and with two, and read the models trained elsewhere."""
    for n_threads in (1, 2):
        np.savez(folder / f"{n_threads}.npz", **train(n_threads)[0])
    with open(folder / "models.pickle", "rb") as file:
        pipelines = pickle.load(file)
    np.savez(
        folder / "read.npz",
        **{task: said(pipelines[task], data(task)[0]) for task in KINDS},
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
