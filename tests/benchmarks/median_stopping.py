"""Measure what median stopping saves and costs: the same search with and without it.

Run from the repository's root, on MELD or AMI::

    python tests/benchmarks/median_stopping.py meld MELD --out DIR
    python tests/benchmarks/median_stopping.py ami AMI --out DIR \\
        --size core --conversations 3

A search of one of the sizes in `experiment_sizes` for each seed, trained on four fifths
of the groups of speakers (in MELD, the dialogues) of the published training list and
scored on the rest. Fits are kept in DIR, so that a killed run goes on, and that with
the rule, a trial which it does not stop is loaded; the seconds of epochs are added up.
The last line is the mean of the seeds.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from sklearn.model_selection import GroupShuffleSplit, RandomizedSearchCV
from sklearn.pipeline import Pipeline

from hanrock_sk import (
    AuxiliaryTargets,
    AuxiliaryWeights,
    HANRockClassifier,
    MonahNarrator,
    Timings,
)
from hanrock_sk.datasets import load_ami, load_meld
from hanrock_sk.evaluation import labelled_scorer
from hanrock_sk.text import glove_6b_50d
from hanrock_sk.tuning import MedianStopping

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples"))

from experiment_sizes import SIZES


class NotingScorer:
    """Scores, and notes the epochs of each trial and their seconds."""

    def __init__(self) -> None:
        self.epochs: list[int] = []
        self.seconds: list[float] = []

    def __call__(self, estimator, X, y):
        history = estimator["model"].history_
        self.epochs.append(len(history))
        self.seconds.append(sum(record["seconds"] for record in history))
        return labelled_scorer("f1_weighted")(estimator, X, y)


def load(options: argparse.Namespace):
    """Return talkturns, labels and the groups to divide by."""
    loader = {"ami": load_ami, "meld": load_meld}[options.corpus]
    X, y = loader(options.path, subset="train")
    if options.conversations:
        drawn = np.random.default_rng(0).permutation(X["conversation"].unique())
        rows = X["conversation"].isin(drawn[: options.conversations]).to_numpy()
        X, y = X[rows].reset_index(drop=True), y[rows]
    return X, y, X["group" if options.corpus == "ami" else "conversation"]


def search(X, y, groups, seed: int, rule: bool, options: argparse.Namespace):
    """Run a search; what it found, the epochs it took and their seconds."""
    size = SIZES[options.size]
    pipeline = Pipeline(
        [
            ("timings", Timings()),
            ("narrate", MonahNarrator()),
            (
                "targets",
                AuxiliaryTargets(
                    prosody=["delay", "speech_rate", "duration", "overlap"]
                ),
            ),
            ("weights", AuxiliaryWeights(random_state=seed)),
            (
                "model",
                HANRockClassifier(
                    **size.network,
                    pri_gru=size.units - 1,
                    embeddings=glove_6b_50d(),
                    max_epochs=options.max_epochs,
                    validation_fraction=0.1,
                    patience=options.patience,
                    random_state=seed,
                    memory=str(options.out / "fits"),
                ),
            ),
        ]
    )
    scorer = NotingScorer()
    found = RandomizedSearchCV(
        pipeline,
        size.space,
        n_iter=options.trials,
        cv=GroupShuffleSplit(1, test_size=0.2, random_state=0),
        scoring=scorer,
        error_score="raise",
        refit=False,
        random_state=seed,
    )
    if rule:
        found.set_callbacks(MedianStopping(options.out / f"journal-{seed}"))
    found.fit(X, y, groups=groups)
    return {
        "best": float(found.best_score_),
        "epochs": sum(scorer.epochs),
        "hours": sum(scorer.seconds) / 3600,
        "epochs of each trial": scorer.epochs,
        "scores": found.cv_results_["mean_test_score"].tolist(),
    }


def main() -> None:
    """Search with and without the rule, for each seed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpus", choices=["ami", "meld"])
    parser.add_argument("path")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--trials", type=int, default=15)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--max-epochs", type=int, default=20)
    parser.add_argument(
        "--patience", type=int, help="none, as in the paper, if left out"
    )
    parser.add_argument("--conversations", type=int, help="so many of them")
    parser.add_argument("--size", choices=SIZES, default="small", help="of networks")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    X, y, groups = load(options)
    print(f"{len(X)} talkturns, {options.trials} trials of {options.max_epochs} epochs")
    results = {}
    for seed in options.seeds:
        both = [search(X, y, groups, seed, rule, options) for rule in (False, True)]
        results[seed] = dict(zip(("without", "with"), both, strict=True))
        for name, found in results[seed].items():
            print(
                f"seed {seed} {name:8s} best {found['best']:.4f}, "
                f"{found['epochs']} epochs, {found['hours']:.2f} hours",
                flush=True,
            )
        (options.out / "results.json").write_text(json.dumps(results, indent=1))
    without, with_rule = (
        {n: np.mean([r[rule][n] for r in results.values()]) for n in ("best", "epochs")}
        for rule in ("without", "with")
    )
    share = with_rule["epochs"] / without["epochs"]
    lost = without["best"] - with_rule["best"]
    print(f"{share:.0%} of the epochs; {lost:+.4f} of the best score lost")


if __name__ == "__main__":
    main()
