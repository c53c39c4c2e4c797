"""Real values with few labels: how well they are predicted, and by what else.

``conversation_pipeline("regression")`` with `minilm_l6`, nothing tuned, against ridge
regressions on the features of `baselines`, their alpha chosen by grouped
cross-validation, and the median of the training labels. AMI: seconds until the next
speaker begins. MELD: sentiment as -1, 0 and 1. Trained on draws of the published
training list (see `practice`), scored on the development list. Run from the
repository's root; a stopped run goes on::

    python tests/benchmarks/practice_values.py --ami AMI --meld MELD \\
        --json docs/benchmarks/practice_values.json --cache CACHE
"""

from __future__ import annotations

import argparse
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from baselines import BASELINES, Sentences, fit_ridge
from cells import mean_tables, read_cells, write_cells
from labelled_corpora import draw_labels, is_label, read_values
from scipy.stats import spearmanr
from sklearn.metrics import mean_absolute_error, r2_score

from hanrock_sk import conversation_pipeline
from hanrock_sk.text import minilm_l6

TITLES = {"ami": "AMI, seconds until the next speaker", "meld": "MELD, sentiment"}

MODELS = {
    "median": "median",
    "tfidf": "TF-IDF + ridge",
    "tfidf3": "TF-IDF of 3 talkturns + ridge",
    "sentences5": "sentence vectors of 5 talkturns + ridge",
    "hanrock": "`conversation_pipeline`",
}

METRICS = {"r2": "R2", "absolute_error": "mean absolute error", "rank": "rank corr."}


def predict(
    name: str, data: list, y: np.ndarray, draw: int, sentences: Sentences, cache: Any
) -> np.ndarray:
    """Fit a model; its predictions of the labelled development talkturns."""
    (X, _), (X_new, y_new) = data
    if name in BASELINES:
        return fit_ridge(name, data, y, sentences)
    values = np.array([np.nan if value is None else value for value in y], dtype=float)
    wanted = is_label(y_new)
    if name == "median":
        return np.full(wanted.sum(), np.nanmedian(values))
    pipeline = conversation_pipeline(
        "regression", embeddings=minilm_l6(cache=cache), random_state=draw
    )
    return pipeline.fit(X, values).predict(X_new)[wanted]


def score(true: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Score predictions; a constant has no ranks."""
    constant = np.ptp(predicted) == 0
    return {
        "r2": r2_score(true, predicted),
        "absolute_error": mean_absolute_error(true, predicted),
        "rank": 0.0 if constant else float(spearmanr(true, predicted)[0]),
    }


def main() -> None:
    """Go through all cells that the file does not have yet, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--ami", help="its folder")
    parser.add_argument("--meld", help="its folder")
    parser.add_argument("--labels", default="200,1000")
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--cache", help="folder for the encoder's vectors")
    options = parser.parse_args()
    cells = read_cells(options.json)
    done = {(c["corpus"], c["model"], c["labels"], c["draw"]) for c in cells}
    sentences = Sentences(options.cache)
    for corpus in filter(vars(options).get, ("meld", "ami")):
        data = read_values(corpus, vars(options)[corpus])
        y_new = data[1][1]
        true = y_new[is_label(y_new)].astype(float)
        for n in map(int, options.labels.split(",")):
            for draw in range(options.draws):
                y = draw_labels(*data[0], n, draw)
                for name in options.models.split(","):
                    if (corpus, name, n, draw) in done:
                        continue
                    began = time.perf_counter()
                    found = predict(name, data, y, draw, sentences, options.cache)
                    cell = {"corpus": corpus, "model": name, "labels": n, "draw": draw}
                    cell |= score(true, found)
                    cell |= {"seconds": round(time.perf_counter() - began)}
                    cell |= {"date": date.today().isoformat()}
                    cells.append(cell)
                    tables = mean_tables(cells, "corpus", TITLES, MODELS, METRICS)
                    write_cells(options.json, cells, tables)
                    print(cell, flush=True)
    tables = mean_tables(cells, "corpus", TITLES, MODELS, METRICS)
    print("\n\n".join(table.markdown() for table in tables))


if __name__ == "__main__":
    main()
