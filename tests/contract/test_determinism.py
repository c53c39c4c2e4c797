"""The same in another process, with another hash seed, and with another thread more."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import trained_in_two_ways
from trained_in_two_ways import KINDS, train

import hanrock_sk

TRAINED = 1e-3
"""Between trainings with one thread and with two: sums of products are cut into other
pieces, and every step adds its rounding to that of the steps before."""

PREDICTED = 1e-5
"""Between predictions of one and the same model with one thread and with two."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """What came of it here, and in a fresh process: with one thread, with two; and what
    the fresh process read, with two, from the models trained here."""
    folder = tmp_path_factory.mktemp("runs")
    n_threads = torch.get_num_threads()
    here, pipelines = train(1)
    torch.set_num_threads(n_threads)
    (folder / "models.pickle").write_bytes(pickle.dumps(pipelines))
    subprocess.run(
        [sys.executable, trained_in_two_ways.__file__, str(folder)],
        check=True,
        env=os.environ
        | {
            "OMP_NUM_THREADS": "2",
            "MKL_NUM_THREADS": "2",
            "OMP_WAIT_POLICY": "PASSIVE",  # threads that wait leave the core to others
            "PYTHONHASHSEED": "1",
            "PYTHONPATH": str(Path(hanrock_sk.__file__).parents[1]),
        },
        cwd=folder,
    )
    found = {}
    for name in ("1", "2", "read"):
        with np.load(folder / f"{name}.npz") as saved:
            found[name] = dict(saved)
    return here, found["1"], found["2"], found["read"]


def test_another_process_does_the_same_to_the_last_bit(runs):
    here, there, *_ = runs
    assert there.keys() == here.keys()
    assert len(here) > 50
    for name, values in here.items():
        assert np.array_equal(there[name], values), name


def test_words_and_task_weights_do_not_depend_on_threads(runs):
    here, _, two, _ = runs
    for name, values in here.items():
        if name.endswith(("narrative", "task weights", "vocabulary")):
            assert np.array_equal(two[name], values), name


def test_training_with_two_threads_is_near(runs):
    here, _, two, _ = runs
    for name, values in here.items():
        if name.endswith(("said", "losses")) or " network " in name:
            np.testing.assert_allclose(
                two[name], values, rtol=0, atol=TRAINED, err_msg=name
            )


def test_predicting_with_two_threads_is_nearer(runs):
    here, *_, read = runs
    for task in KINDS:
        np.testing.assert_allclose(
            read[task], here[f"{task} said"], rtol=0, atol=PREDICTED
        )
