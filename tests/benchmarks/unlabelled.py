"""Measure what talkturns without a label add to the training of few labels.

Run from the repository's root::

    python tests/benchmarks/unlabelled.py --json docs/benchmarks/unlabelled.json

Synthetic conversations whose voice, face and timing carry the hidden emotion: 100
talkturns have a label, 2,000 have none, and what is predicted is the label of other
conversations from their words. HAN-ROCK is trained with ``train_unlabelled`` on and
off, ten seeds in pairs; the same again with measurements shuffled across talkturns,
which tell nothing. Only words are read, so that measurements can help by supervision
alone. Printed is the mean difference of balanced accuracy with a 95 % interval
(Student's t over seeds).
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.metrics import balanced_accuracy_score
from sklearn.pipeline import make_pipeline

from hanrock_sk import AuxiliaryTargets, AuxiliaryWeights, HANRockClassifier
from hanrock_sk.datasets import make_conversations

LABELS, UNLABELLED, NEW = 100, 2000, 3000


def make_data(seed: int, shuffled: bool) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Make conversations and their labels; say which rows are to learn from."""
    X, y = make_conversations(
        n_conversations=(LABELS + UNLABELLED + NEW) // 20 + 10,
        n_talkturns=20,
        text_signal=0.9,
        feature_signal=2.0,
        label_noise=0.0,
        random_state=seed,
    )
    if shuffled:
        order = np.random.default_rng(seed).permutation(len(X))
        shown = [
            name for name in X.columns if name.startswith(("tone", "au", "speech"))
        ]
        shown += ["delay", "positive_expression", "smile", "head_nod", "lean_forward"]
        X[shown] = X[shown].to_numpy(dtype=object)[order]
        X[shown] = X[shown].infer_objects()
    first = X["conversation"].to_numpy()
    training = np.arange(len(X)) < LABELS + UNLABELLED
    training &= first != first[LABELS + UNLABELLED]  # no conversation in both
    return X, y, training


def score(seed: int, shuffled: bool, **params: object) -> float:
    """Balanced accuracy on conversations that are new."""
    X, y, training = make_data(seed, shuffled)
    few = y[training].astype(object)
    few[LABELS:] = None
    model = make_pipeline(
        AuxiliaryTargets(history=0, future=0),
        AuxiliaryWeights(random_state=seed),
        HANRockClassifier(random_state=seed, device="cpu", **params),
    )
    model.fit(X[training].reset_index(drop=True), few)
    rest = X[~training].reset_index(drop=True)
    return balanced_accuracy_score(y[~training], model.predict(rest))


def interval(differences: list[float]) -> tuple[float, float, float]:
    """Mean and 95 % interval."""
    mean, error = np.mean(differences), stats.sem(differences)
    low, high = stats.t.interval(0.95, len(differences) - 1, mean, error)
    return float(mean), float(low), float(high)


def main() -> None:
    """Run all pairs, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--seeds", type=int, default=10)
    options = parser.parse_args()
    results: dict[str, object] = {}
    for shuffled in (False, True):
        began, pairs = time.perf_counter(), []
        for seed in range(options.seeds):
            pairs.append(
                [score(seed, shuffled, train_unlabelled=on) for on in (True, False)]
            )
            print(shuffled, seed, np.round(pairs[-1], 3), flush=True)
        mean, low, high = interval([on - off for on, off in pairs])
        name = "shuffled" if shuffled else "measured"
        print(f"{name}: {mean:+.3f} ({low:+.3f} to {high:+.3f})", flush=True)
        results[name] = {
            "pairs": np.round(pairs, 4).tolist(),
            "mean": mean,
            "low": low,
            "high": high,
            "seconds": time.perf_counter() - began,
        }
    if options.json:
        results["machine"] = platform.processor() or platform.machine()
        results["date"] = date.today().isoformat()
        options.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
