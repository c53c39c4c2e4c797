"""The practice benchmark: how good with 100, 200, 500, 1,000 or all labels.

Run from the repository's root, with the folders of the corpora::

    python tests/benchmarks/practice.py run --ami AMI --meld MELD --esconv ESCONV \\
        --json docs/benchmarks/practice.json --cache CACHE
    python tests/benchmarks/practice.py table --json docs/benchmarks/practice.json
    python tests/benchmarks/practice.py plot --json docs/benchmarks/practice.json \\
        --image docs/images/learning_curves.png

Trained on the published training list and scored on the development list: AMI (four
dialogue acts), MELD (seven emotions), ESConv (eight strategies of the supporter;
trained on the conversations named dev..., scored on those named test...). A draw takes
whole conversations at random until they hold the number of labels; labels beyond it are
blanked, talkturns stay. What is compared:

- ``tfidf``: TF-IDF of the talkturn's words and pairs of words, logistic regression;
- ``tfidf3``: the same of the talkturn and the two before it;
- ``sentences5``: `minilm_l6`'s sentence vectors of the talkturn and the four before it,
  logistic regression; C of all three by grouped cross-validation;
- ``hanrock``: `conversation_pipeline` with `minilm_l6`, nothing tuned;
- ``han``: the same without auxiliary tasks, not calibrated, which would change no
  class; ``scratch``: without any pretrained words.

Each finished cell is appended to the JSON file: a run can be stopped, and goes on.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
import warnings
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from baselines import BASELINES, Sentences, fit_baseline
from labelled_corpora import draw_labels, is_label, read_corpus
from sklearn.metrics import balanced_accuracy_score, f1_score

from hanrock_sk import conversation_pipeline
from hanrock_sk.text import minilm_l6

DRAWS = 5
BINS = 15
NAMES = {"ami": "AMI", "esconv": "ESConv", "meld": "MELD"}


def fit_ours(
    name: str, data: list, y: np.ndarray, seed: int, cache: str | None
) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    """Fit the default pipeline."""
    (X, _), (X_new, y_new) = data
    kind, *options = name.split("-")
    params: dict[str, Any] = {"architecture": "rock" if kind == "rock" else kind}
    if kind in ("hanrock", "scratch"):
        params = {}
    params["embeddings"] = None if kind == "scratch" else minilm_l6(cache=cache)
    if kind == "han":
        params["calibrate"] = False
    pipeline = conversation_pipeline(random_state=seed, **params)
    if "bare" in options:
        pipeline.set_params(columns="passthrough")
    began = time.perf_counter()
    pipeline.fit(X, y)
    seconds = time.perf_counter() - began
    P = pipeline.predict_proba(X_new)[is_label(y_new)]
    model = pipeline["model"]
    more = {"seconds": seconds, "epochs": model.n_iter_}
    more["loss"] = [round(r["train_loss"]["primary"], 4) for r in model.history_]
    return model.classes_, P, more


def expected_calibration_error(confidence: np.ndarray, right: np.ndarray) -> float:
    """Average the distance between confidence and accuracy over equal bins."""
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return float(
        sum(
            abs(right[bins == b].mean() - confidence[bins == b].mean())
            * (bins == b).mean()
            for b in range(BINS)
            if (bins == b).any()
        )
    )


def score(classes: np.ndarray, P: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Score the labelled development talkturns."""
    y = y[is_label(y)].astype(str)
    predicted = classes.astype(str)[P.argmax(axis=1)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {
            "weighted_f1": f1_score(y, predicted, average="weighted"),
            "balanced_accuracy": balanced_accuracy_score(y, predicted),
            "accuracy": float((y == predicted).mean()),
            "calibration_error": expected_calibration_error(
                P.max(axis=1), predicted == y
            ),
        }


def run(options: argparse.Namespace) -> None:
    """Go through all cells that the file does not have yet."""
    file = Path(options.json)
    cells = json.loads(file.read_text()) if file.exists() else []
    done = {(c["corpus"], c["model"], c["labels"], c["draw"]) for c in cells}
    sentences = Sentences(options.cache)
    numbers = [None if n == "all" else int(n) for n in options.labels.split(",")]
    for corpus in options.corpora.split(","):
        data = read_corpus(corpus, getattr(options, corpus))
        for n in numbers:
            for draw in range(options.draws if n else options.all_draws):
                y = draw_labels(*data[0], n, draw)
                for name in options.models.split(","):
                    if (corpus, name, n, draw) in done:
                        continue
                    if n is None and name in BASELINES and draw:
                        continue  # nothing is drawn
                    began = time.perf_counter()
                    more: dict[str, Any] = {}
                    if name in BASELINES:
                        classes, P = fit_baseline(name, data, y, sentences)
                        more["seconds"] = time.perf_counter() - began
                    else:
                        classes, P, more = fit_ours(name, data, y, draw, options.cache)
                    cell = {"corpus": corpus, "model": name, "labels": n, "draw": draw}
                    cell |= score(classes, P, data[1][1]) | more
                    cell |= {"machine": platform.processor() or platform.machine()}
                    cell |= {"date": date.today().isoformat()}
                    cells.append(cell)
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_text(
                        "[\n" + ",\n".join(json.dumps(c) for c in cells) + "\n]\n"
                    )
                    print(
                        f"{corpus:7}{name:12}{n or 'all':>6}{draw:>3} "
                        f"F1 {cell['weighted_f1']:.3f}  bal "
                        f"{cell['balanced_accuracy']:.3f}  ECE "
                        f"{cell['calibration_error']:.3f}  {cell['seconds']:.0f} s",
                        flush=True,
                    )


def means(file: str, metric: str) -> pd.DataFrame:
    """Average over draws: a row a corpus and number of labels, a column a model."""
    cells = pd.DataFrame(json.loads(Path(file).read_text()))
    cells["labels"] = cells["labels"].fillna(np.inf)
    return cells.pivot_table(metric, ["corpus", "labels"], "model", aggfunc="mean")


def table(options: argparse.Namespace) -> None:
    """Print the means as Markdown, and what the best baseline is beaten by."""
    for metric in ("weighted_f1", "balanced_accuracy", "calibration_error", "seconds"):
        wide = means(options.json, metric)
        if metric == "weighted_f1":
            best = wide[[name for name in BASELINES if name in wide]].max(axis=1)
            for name in wide.columns.difference(BASELINES):
                wide[f"{name} - best"] = wide[name] - best
        wide.index = [
            f"{c}, {'all' if n == np.inf else int(n)} labels" for c, n in wide.index
        ]
        print(f"\n{metric}\n")
        print("| | " + " | ".join(wide.columns) + " |")
        print("| --- |" + " --- |" * len(wide.columns))
        for name, row in wide.iterrows():
            print(f"| {name} | " + " | ".join(f"{v:.3f}" for v in row) + " |")


def plot(options: argparse.Namespace) -> None:
    """Draw the learning curves."""
    import matplotlib.pyplot as plt

    names = {
        "hanrock": "conversation_pipeline",
        "sentences5": "sentence vectors of 5 talkturns + LR",
        "tfidf3": "TF-IDF of 3 talkturns + LR",
        "tfidf": "TF-IDF + LR",
        "scratch": "conversation_pipeline, no pretrained words",
    }
    wide = means(options.json, "weighted_f1")
    corpora = list(dict.fromkeys(wide.index.get_level_values("corpus")))
    figure, axes = plt.subplots(1, len(corpora), figsize=(4 * len(corpora), 3.6))
    for axis, corpus in zip(np.atleast_1d(axes), corpora, strict=True):
        part = wide.loc[corpus]
        ticks = range(len(part))
        for name, label in names.items():
            if name in part:
                style = "-o" if name == "hanrock" else "--."
                axis.plot(ticks, part[name], style, label=label)
        axis.set_xticks(ticks, ["all" if n == np.inf else int(n) for n in part.index])
        axis.set(title=NAMES[corpus], xlabel="labels")
    np.atleast_1d(axes)[0].set_ylabel("weighted F1, mean over draws")
    handles, labels = np.atleast_1d(axes)[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncols=3, frameon=False)
    figure.tight_layout(rect=(0, 0.14, 1, 1))
    figure.savefig(options.image, dpi=120)


def plot_losses(options: argparse.Namespace) -> None:
    """Draw the primary task's training loss, with and without auxiliary tasks."""
    import matplotlib.pyplot as plt

    cells = [
        cell
        for cell in json.loads(Path(options.json).read_text())
        if cell["model"] in ("hanrock", "han") and cell["labels"] in (200, 1000)
    ]
    panels = sorted({(cell["corpus"], cell["labels"]) for cell in cells})
    corpora = list(dict.fromkeys(corpus for corpus, _ in panels))
    figure, axes = plt.subplots(
        2,
        len(corpora),
        figsize=(4 * len(corpora), 5),
        squeeze=False,
        layout="constrained",
    )
    for (corpus, n), axis in zip(
        [(corpus, n) for n in (200, 1000) for corpus in corpora], axes.flat, strict=True
    ):
        for name, label, style in (("hanrock", "rock", "-"), ("han", "han", "k--")):
            curves = [
                cell["loss"]
                for cell in cells
                if (cell["corpus"], cell["labels"], cell["model"]) == (corpus, n, name)
            ]
            if curves:
                axis.plot(np.mean(curves, axis=0), style, label=label)
        axis.set(title=f"{NAMES[corpus]}, {n:,} labels", xlabel="epoch")
        axis.legend(frameon=False)
    figure.supylabel("training loss of the primary task", fontsize="medium")
    figure.savefig(options.image, dpi=120)


def main() -> None:
    """Run, tabulate or draw."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    actions = parser.add_subparsers(required=True)
    runs = actions.add_parser("run")
    for corpus in ("ami", "meld", "esconv"):
        runs.add_argument(f"--{corpus}", help="its folder")
    runs.add_argument("--corpora", default="meld,esconv,ami")
    runs.add_argument("--models", default="tfidf,tfidf3,sentences5,hanrock,han,scratch")
    runs.add_argument("--labels", default="100,200,500,1000,all")
    runs.add_argument("--draws", type=int, default=DRAWS)
    runs.add_argument("--all-draws", type=int, default=3, help="seeds with all labels")
    runs.add_argument("--cache", help="folder for the encoder's vectors")
    runs.set_defaults(act=run)
    tables = actions.add_parser("table")
    tables.set_defaults(act=table)
    plots = actions.add_parser("plot")
    plots.add_argument("--image", required=True)
    plots.set_defaults(act=plot)
    losses = actions.add_parser("losses")
    losses.add_argument("--image", required=True)
    losses.set_defaults(act=plot_losses)
    for action in (runs, tables, plots, losses):
        action.add_argument("--json", required=True)
    options = parser.parse_args()
    options.act(options)


if __name__ == "__main__":
    main()
