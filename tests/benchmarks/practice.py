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
- ``han``: the same without auxiliary tasks; ``scratch``: without any pretrained words.

Each finished cell is appended to the JSON file: a run can be stopped, and goes on.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, f1_score
from sklearn.model_selection import GridSearchCV, GroupKFold

from hanrock_sk import conversation_pipeline
from hanrock_sk.datasets import load_ami, load_meld
from hanrock_sk.text import minilm_l6, tokenize

BASELINES = ("tfidf", "tfidf3", "sentences5")
NUMBERS = (100, 200, 500, 1000, None)
DRAWS = 5
BINS = 15
MANY_LABELS = 15_000
"""With more, C stays 1: 25 fits of a regression on 40,000 labels take an hour."""

COLUMNS = ["conversation", "speaker", "start", "end", "text"]


def read_esconv(folder: str, part: str) -> tuple[pd.DataFrame, np.ndarray]:
    """Read the conversations whose names begin with `part`."""
    table = pd.read_csv(
        Path(folder, "esconv.tsv.gz"), sep="\t", keep_default_na=False, dtype=str
    )
    table = table[table["conversation"].str.startswith(part)].reset_index(drop=True)
    labels = table["strategy"].to_numpy(dtype=object)
    labels[labels == ""] = None
    return table[["conversation", "speaker", "text"]], labels


def read_corpus(name: str, folder: str) -> list[tuple[pd.DataFrame, np.ndarray]]:
    """Read training and development."""
    parts = []
    for subset in ("train", "dev"):
        if name == "esconv":
            parts.append(read_esconv(folder, {"train": "dev", "dev": "test"}[subset]))
            continue
        X, y = (load_ami if name == "ami" else load_meld)(folder, subset=subset)
        columns = COLUMNS if name == "ami" else ["conversation", "speaker", "text"]
        parts.append((X[columns].reset_index(drop=True), np.asarray(y, dtype=object)))
    return parts


def is_label(y: np.ndarray) -> np.ndarray:
    """Which labels are there."""
    return np.array([label is not None and label == label for label in y])


def draw_labels(X: pd.DataFrame, y: np.ndarray, n: int | None, seed: int) -> np.ndarray:
    """Keep the labels of some whole conversations, the first `n` of them."""
    if n is None:
        return y
    generator = np.random.default_rng(seed)
    there = is_label(y)
    rows: list[int] = []
    by_name = X.groupby("conversation", sort=True).indices
    for name in generator.permutation(sorted(by_name)):
        rows += [row for row in by_name[name] if there[row]]
        if len(rows) >= n:
            break
    kept = np.full(len(y), None, dtype=object)
    kept[rows[:n]] = y[rows[:n]]
    return kept


def before(X: pd.DataFrame, steps: int) -> np.ndarray:
    """Return the row of the talkturn some steps earlier in the conversation, or -1."""
    rows = np.full(len(X), -1)
    for members in X.groupby("conversation", sort=False).indices.values():
        rows[members[steps:]] = members[:-steps] if len(members) > steps else []
    return rows


class Sentences:
    """Sentence vectors, each distinct text encoded once."""

    def __init__(self, cache: str | None) -> None:
        self.encoder = minilm_l6(layer=-1)
        self.file = Path(cache, "sentences.joblib") if cache else None
        self.known: dict[str, np.ndarray] = {}
        if self.file is not None and self.file.exists():
            self.known = joblib.load(self.file)

    def __call__(self, texts: list[str]) -> np.ndarray:
        """Look up, or encode."""
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        if new:
            self.known |= dict(
                zip(new, self.encoder.encode_sentences(new), strict=True)
            )
        return np.stack([self.known[text] for text in texts])


def context_of(X: pd.DataFrame, own: Any, n_before: int) -> list[Any]:
    """Return features of the talkturn, and of each of those before it."""
    parts = [own]
    for steps in range(1, n_before + 1):
        rows = before(X, steps)
        part = own[np.maximum(rows, 0)]
        parts.append(part.multiply((rows >= 0)[:, None]).tocsr()) if hasattr(
            part, "multiply"
        ) else parts.append(part * (rows >= 0)[:, None])
    return parts


def fit_baseline(
    name: str, data: list, y: np.ndarray, sentences: Callable
) -> tuple[np.ndarray, np.ndarray]:
    """Fit a baseline; classes, and probabilities of the development talkturns."""
    (X, _), (X_new, y_new) = data
    there, wanted = is_label(y), is_label(y_new)
    if name == "sentences5":
        features = [
            np.hstack(context_of(table, sentences(table["text"].tolist()), 4))
            for table in (X, X_new)
        ]
    else:
        tfidf = TfidfVectorizer(
            tokenizer=tokenize, token_pattern=None, lowercase=False,
            ngram_range=(1, 2), sublinear_tf=True,
        ).fit(X["text"][there])  # fmt: skip
        n_before = 2 if name == "tfidf3" else 0
        features = [
            hstack(context_of(table, tfidf.transform(table["text"]), n_before)).tocsr()
            for table in (X, X_new)
        ]
    groups = X["conversation"][there]
    folds = min(5, groups.nunique())
    model = LogisticRegression(max_iter=300)
    if folds > 1 and there.sum() <= MANY_LABELS:
        model = GridSearchCV(
            model, {"C": [0.3, 1, 3, 10, 30]}, cv=GroupKFold(folds),
            scoring="f1_weighted", error_score=0.0,
        )  # fmt: skip
        model.fit(features[0][there], y[there].astype(str), groups=groups)
    else:
        model.fit(features[0][there], y[there].astype(str))
    return model.classes_, model.predict_proba(features[1][wanted])


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
        axis.set(title=corpus, xlabel="labels")
    np.atleast_1d(axes)[0].set_ylabel("weighted F1, mean over draws")
    handles, labels = np.atleast_1d(axes)[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncols=3, frameon=False)
    figure.tight_layout(rect=(0, 0.14, 1, 1))
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
    for action in (runs, tables, plots):
        action.add_argument("--json", required=True)
    options = parser.parse_args()
    options.act(options)


if __name__ == "__main__":
    main()
