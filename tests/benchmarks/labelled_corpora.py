"""The three corpora that benchmarks are run on, and draws of a few of their labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from hanrock_sk.datasets import load_ami, load_meld

VALUES = {"negative": -1.0, "neutral": 0.0, "positive": 1.0}

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


def read_values(name: str, folder: str) -> list[tuple[pd.DataFrame, np.ndarray]]:
    """Read training and development with real values for labels."""
    parts = []
    for subset in ("train", "dev"):
        if name == "ami":
            X, y = load_ami(folder, target="gap", subset=subset)
        else:
            X, words = load_meld(folder, target="sentiment", subset=subset)
            y = np.array([VALUES.get(word, np.nan) for word in words])
        columns = COLUMNS if name == "ami" else ["conversation", "speaker", "text"]
        parts.append((X[columns].reset_index(drop=True), np.asarray(y, dtype=object)))
    return parts


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
