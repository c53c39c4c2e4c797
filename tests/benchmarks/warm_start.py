"""Is a model of one corpus a good beginning for another? ESConv from MELD.

Run from the repository's root, with the folders of the corpora::

    nice -n 15 python tests/benchmarks/warm_start.py --meld MELD --esconv ESCONV \\
        --json docs/benchmarks/warm_start.json --cache CACHE

A model is trained on MELD's emotions with `conversation_pipeline` and `minilm_l6`. Then
100 labels of ESConv (eight strategies of the supporter) are drawn in whole
conversations, and trained on twice: from nothing, and with `init_from` the model of
MELD. Both are scored on ESConv conversations named test.... Nothing is tuned.
"""

from __future__ import annotations

import argparse
import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from labelled_corpora import draw_labels, is_label, read_corpus
from practice import score

from hanrock_sk import conversation_pipeline
from hanrock_sk.text import minilm_l6

LABELS = 100
METRICS = ("weighted_f1", "balanced_accuracy", "accuracy")


def first_conversations(
    X: pd.DataFrame, y: np.ndarray, n: int
) -> tuple[pd.DataFrame, np.ndarray]:
    """Keep the first `n` conversations."""
    kept = X["conversation"].isin(X["conversation"].unique()[:n]).to_numpy()
    return X[kept].reset_index(drop=True), y[kept]


def labelled_conversations(
    X: pd.DataFrame, y: np.ndarray
) -> tuple[pd.DataFrame, np.ndarray]:
    """Keep the conversations that have a label."""
    named = set(X["conversation"][is_label(y)])
    kept = X["conversation"].isin(named).to_numpy()
    return X[kept].reset_index(drop=True), y[kept]


def pipeline(seed: int, cache: str | None, **params: Any) -> Any:
    """Make the default pipeline."""
    return conversation_pipeline(
        random_state=seed, embeddings=minilm_l6(cache=cache), **params
    )


def mean_and_interval(differences: list[float], draws: int = 10_000) -> list[float]:
    """Return the mean difference and its 95 % interval over resampled draws."""
    values = np.array(differences)
    generator = np.random.default_rng(0)
    drawn = generator.choice(values, (draws, len(values))).mean(axis=1)
    return [float(values.mean()), *np.percentile(drawn, [2.5, 97.5]).tolist()]


def main() -> None:
    """Train, score, and write the file after every fit."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("meld", "esconv", "json", "cache"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--dialogues", type=int, default=300)
    parser.add_argument("--scored", type=int, default=40)
    parser.add_argument("--draws", type=int, default=5)
    options = parser.parse_args()
    source = first_conversations(
        *read_corpus("meld", options.meld)[0], options.dialogues
    )
    (X, y), held_out = read_corpus("esconv", options.esconv)
    X_test, y_test = first_conversations(*held_out, options.scored)
    began = time.process_time()
    meld = pipeline(0, options.cache).fit(*source)
    result: dict[str, Any] = {
        "date": date.today().isoformat(),
        "source": f"MELD, {options.dialogues} dialogues, {len(source[0])} labels",
        "labels": LABELS,
        "scored": int(is_label(y_test).sum()),
        "source_core_seconds": round(time.process_time() - began),
        "cells": [],
    }
    for draw in range(options.draws):
        drawn = labelled_conversations(X, draw_labels(X, y, LABELS, draw))
        for name, init_from in (("nothing", None), ("meld", meld)):
            began = time.process_time()
            model = pipeline(draw, options.cache, init_from=init_from).fit(*drawn)
            P = model.predict_proba(X_test)[is_label(y_test)]
            cell = {"draw": draw, "from": name}
            cell |= score(model["model"].classes_, P, y_test)
            cell |= {"core_seconds": round(time.process_time() - began)}
            result["cells"].append(cell)
            print(cell, flush=True)
            for metric in METRICS:
                by = [
                    [c[metric] for c in result["cells"] if c["from"] == start]
                    for start in ("meld", "nothing")
                ]
                pairs = list(zip(*by, strict=False))
                if pairs:
                    result[f"{metric}_difference"] = mean_and_interval(
                        [one - other for one, other in pairs]
                    )
            Path(options.json).write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
