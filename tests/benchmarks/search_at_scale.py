"""Measure a search on one and on two workers: results, time, memory, threads.

Run from the repository's root, without OMP_NUM_THREADS, as users do::

    python tests/benchmarks/search_at_scale.py [--trials 30] [--backends loky dask]

Each worker notes its resident memory and the threads torch gives it after each trial.
Memory grows in the first trials, by what is loaded late and by what the allocator
keeps; what counts is the time after them. It fails if two workers find something else
than one, if a worker grows by more than a tenth in the second half of its trials, or if
the workers' threads together outnumber the cores.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import psutil
import torch
from sklearn.model_selection import GroupShuffleSplit, RandomizedSearchCV
from sklearn.pipeline import Pipeline

from hanrock_sk import (
    AuxiliaryTargets,
    AuxiliaryWeights,
    HANRockClassifier,
    MonahNarrator,
)
from hanrock_sk.datasets import make_conversations
from hanrock_sk.evaluation import labelled_scorer
from hanrock_sk.tuning import search_space


@dataclass
class NotingScorer:
    """Scores, and notes memory (MB) and threads of the worker in a folder."""

    folder: Path

    def __call__(self, estimator, X, y):
        score = labelled_scorer("balanced_accuracy")(estimator, X, y)
        memory = psutil.Process().memory_info().rss / 2**20
        with open(self.folder / f"{os.getpid()}.txt", "a") as file:
            file.write(f"{memory} {torch.get_num_threads()}\n")
        return score


@contextmanager
def workers(backend: str):
    """Two workers of a kind; or none but this process."""
    if backend == "dask":
        import dask
        from distributed import Client, LocalCluster

        with (
            # Its workers log their last 1,000 events, tasks with their data included.
            dask.config.set({"distributed.admin.low-level-log-length": 10}),
            LocalCluster(2, threads_per_worker=1, dashboard_address=None) as cluster,
            Client(cluster),
            joblib.parallel_config("dask"),
        ):
            yield
    else:
        n_jobs = 2 if backend == "loky" else 1
        with joblib.parallel_config(backend, n_jobs=n_jobs):
            yield


def search(n_trials: int, folder: Path) -> RandomizedSearchCV:
    """A search of real shape but small sizes, three epochs a trial."""
    X, y = make_conversations(60, 20, random_state=0)
    pipeline = Pipeline(
        [
            ("narrate", MonahNarrator()),
            ("targets", AuxiliaryTargets()),
            ("weights", AuxiliaryWeights(random_state=0)),
            (
                "model",
                HANRockClassifier(
                    word_gru=32, pri_gru=32, attention_units=32, max_epochs=3,
                    device="cpu", random_state=0,
                ),
            ),
        ]
    )  # fmt: skip
    found = RandomizedSearchCV(
        pipeline, search_space(size="small"), n_iter=n_trials, random_state=0,
        cv=GroupShuffleSplit(1, random_state=0), scoring=NotingScorer(folder),
        error_score="raise", refit=False,
    )  # fmt: skip
    return found.fit(X, y, groups=X["conversation"])


def measure(backend: str, n_trials: int) -> tuple[np.ndarray, bool]:
    """Run the search on a kind of workers and report on them."""
    with tempfile.TemporaryDirectory() as folder, workers(backend):
        began = time.perf_counter()
        found = search(n_trials, Path(folder))
        seconds = time.perf_counter() - began
        notes = [np.loadtxt(path, ndmin=2) for path in Path(folder).iterdir()]
    print(f"{backend}: {seconds:.0f} s, best {found.best_score_:.4f}")
    ok = True
    for note in notes:
        memory, half = note[:, 0], len(note) // 2
        print(
            f"  a worker of {len(note)} trials: {memory[0]:.0f} MB after the first, "
            f"{memory[half]:.0f} MB half way, {memory[-1]:.0f} MB at the end; "
            f"{note[0, 1]:.0f} threads"
        )
        ok &= memory[-1] < 1.1 * memory[half]
    ok &= sum(note[0, 1] for note in notes) <= max(joblib.cpu_count(), len(notes))
    return found.cv_results_["mean_test_score"], ok


def main() -> None:
    """Compare the kinds of workers."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--trials", type=int, default=30)
    parser.add_argument("--backends", nargs="*", default=["loky", "dask"])
    options = parser.parse_args()
    alone, ok = measure("sequential", options.trials)
    for backend in options.backends:
        scores, fine = measure(backend, options.trials)
        difference = np.abs(scores - alone).max()
        best = "same" if scores.argmax() == alone.argmax() else "OTHER"
        print(f"  {best} best trial; largest difference of scores {difference:.2g}")
        ok &= fine and best == "same"
    sys.exit(not ok)


if __name__ == "__main__":
    main()
