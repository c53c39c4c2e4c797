"""The same in another process, with another hash seed, and with another thread more."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

TRAINED = 1e-3
"""Between trainings with one thread and with two: sums of products are cut into other
pieces, and every step adds its rounding to that of the steps before."""

PREDICTED = 1e-5
"""Between predictions of one and the same model with one thread and with two."""

# Wide enough that torch does hand work to its threads.
FRESH_PROCESS = """
import pickle, sys
import numpy as np
import torch
from sklearn.pipeline import make_pipeline
from hanrock_sk import (
    AuxiliaryTargets, AuxiliaryWeights, HANRockClassifier, HANRockRegressor,
    MonahNarrator, Timings,
)
from hanrock_sk.datasets import make_conversations

n_threads, file, model_file = int(sys.argv[1]), sys.argv[2], sys.argv[3]
torch.set_num_threads(n_threads)
assert torch.get_num_threads() == n_threads
found = {}
for task, kind in [
    ("classification", HANRockClassifier), ("regression", HANRockRegressor)
]:
    X, y = make_conversations(5, 8, task=task, missing_labels=0.1, random_state=0)
    X = X.drop(columns=["delay", "speech_rate"])
    pipeline = make_pipeline(
        Timings(), MonahNarrator(), AuxiliaryTargets(),
        AuxiliaryWeights(random_state=0),
        kind(
            content_size=4, word_gru=64, pri_gru=64, embedding_dim=64,
            attention_units=64, max_epochs=2, batch_size=32, device="cpu",
            random_state=0,
        ),
    ).fit(X, y)
    model = pipeline[-1]
    found[f"{task} table"] = pipeline[:-1].transform(X)["narrative"].to_numpy(str)
    found[f"{task} task weights"] = list(pipeline[-2].weights_.values())
    found[f"{task} words"] = np.array(model.vocabulary_.words)
    found[f"{task} losses"] = [epoch["loss"] for epoch in model.history_]
    for name, tensor in model.net_.module_.state_dict().items():
        found[f"{task} network {name}"] = tensor.numpy()
    say = getattr(pipeline, "predict_proba", pipeline.predict)
    found[f"{task} said"] = say(X)
    if n_threads == 1:
        with open(model_file + task, "wb") as saved:
            pickle.dump(pipeline, saved)
    else:  # the model that one thread trained, read by two
        with open(model_file + task, "rb") as saved:
            pipeline = pickle.load(saved)
        say = getattr(pipeline, "predict_proba", pipeline.predict)
        found[f"{task} said of the same model"] = say(X)
np.savez(file, **found)
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """What three fresh processes came to: one thread, one thread again, two."""
    folder = tmp_path_factory.mktemp("runs")
    found = []
    for number, n_threads in enumerate([1, 1, 2]):
        environment = os.environ | {
            "PYTHONHASHSEED": str(number + 1),
            "OMP_NUM_THREADS": str(n_threads),
            "MKL_NUM_THREADS": str(n_threads),
        }
        file = folder / f"{number}.npz"
        subprocess.run(
            [
                sys.executable, "-c", FRESH_PROCESS, str(n_threads), str(file),
                str(folder / "model-"),
            ],
            check=True,
            env=environment,
            cwd=REPOSITORY,
        )  # fmt: skip
        with np.load(file) as saved:
            found.append(dict(saved))
    return found


def test_another_process_does_the_same_to_the_last_bit(runs):
    first, again, _ = runs
    assert first.keys() == again.keys()
    assert len(first) > 50
    for name, values in first.items():
        assert np.array_equal(again[name], values), name


def test_words_and_task_weights_do_not_depend_on_threads(runs):
    one, _, two = runs
    for name, values in one.items():
        if name.endswith(("table", "task weights", "words")):
            assert np.array_equal(two[name], values), name


def test_training_with_two_threads_is_near(runs):
    one, _, two = runs
    for name, values in one.items():
        if name.endswith(("said", "losses")) or " network " in name:
            np.testing.assert_allclose(two[name], values, rtol=0, atol=TRAINED)


def test_predicting_with_two_threads_is_nearer(runs):
    one, _, two = runs
    for task in ("classification", "regression"):
        found = two[f"{task} said of the same model"]
        np.testing.assert_allclose(found, one[f"{task} said"], rtol=0, atol=PREDICTED)
