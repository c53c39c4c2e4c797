"""Measure what training on runs of neighbours costs in quality, and saves in time.

Run from the repository's root, on MELD or AMI::

    python tests/benchmarks/run_length.py meld MELD --json DIR/meld.json
    python tests/benchmarks/run_length.py ami AMI --epochs 6 --narrow \\
        --json DIR/ami.json

The pipeline of `examples/quickstart.py` is trained on the published training list with
the default `run_length` and with 1, which shuffles talkturns fully, and scored on the
development list, for each seed. Seconds are those of the epochs; those of the
processor are of the whole fit, and on one thread they do not count what else the
machine does. All threads of the machine are used unless OMP_NUM_THREADS says otherwise;
fits take turns, so that a machine that becomes slower does so for both.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples"))

from quickstart import load, make_pipeline_for, scores

from hanrock_sk import HANRockClassifier

DEFAULT = HANRockClassifier().run_length


def train(data: tuple, run_length: int, options: argparse.Namespace) -> dict:
    """Train once; the scores, the epochs and their seconds."""
    X, y, X_new, y_new = data
    pipeline = make_pipeline_for(X, False, options)
    pipeline.set_params(model__run_length=run_length, model__verbose=0)
    if options.narrow:
        pipeline.set_params(
            model__word_gru=64, model__pri_gru=128, model__attention_units=64
        )
    began = time.process_time()
    pipeline.fit(X, y)
    busy = time.process_time() - began
    history = pipeline["model"].history_
    return scores(y_new, pipeline.predict(X_new), False) | {
        "epochs": len(history),
        "best epoch": pipeline["model"].best_epoch_,
        "seconds": sum(record["seconds"] for record in history),
        "processor seconds": busy,
    }


def main() -> None:
    """Train with both run lengths for each seed; print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpus", choices=["ami", "meld"])
    parser.add_argument("path")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--epochs", type=int, default=12, help="at the most")
    parser.add_argument("--narrow", action="store_true", help="half as wide")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--json", type=Path, help="where to write the results")
    options = parser.parse_args()
    options.ami = options.path if options.corpus == "ami" else None
    options.meld = options.path if options.corpus == "meld" else None
    options.target, options.words, options.validation = None, False, 0.1
    warnings.filterwarnings("ignore", message=".*max_words")
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
    data = load(options)
    results: dict[int, list[dict]] = {DEFAULT: [], 1: []}
    for seed in options.seeds:
        options.seed = seed
        for run_length, found in results.items():
            found.append(train(data, run_length, options))
            print(f"seed {seed}, run_length {run_length}: {found[-1]}", flush=True)
        if options.json:
            options.json.write_text(json.dumps(results, indent=1) + "\n")
    print("\nMean over the seeds, and its standard error")
    for name in results[1][0]:
        for run_length, found in results.items():
            values = [trained[name] for trained in found]
            error = np.std(values, ddof=1) / len(values) ** 0.5 if values[1:] else 0
            print(
                f"{name:18s} run_length {run_length:2d} "
                f"{np.mean(values):9.4f} +- {error:.4f}"
            )


if __name__ == "__main__":
    main()
