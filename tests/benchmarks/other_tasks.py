"""Tasks that no default was chosen on, with few labels.

The defaults were chosen on folds of three tasks (see `practice`). Here are four others,
of the same corpora's training lists: MELD's sentiment, and of AMI's talkturns all
fifteen dialogue acts, whether an extractive summary links to them (one in seven), and
the role of who speaks. Conversations are drawn to train on and to score on, then labels
as in `practice`; models and scores are those of `practice`, too. Run from the
repository's root; a stopped run goes on::

    python tests/benchmarks/other_tasks.py --ami AMI --meld MELD \\
        --json docs/benchmarks/other_tasks.json --cache CACHE
"""

from __future__ import annotations

import argparse
import time
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from baselines import BASELINES, Sentences, fit_baseline
from cells import mean_tables, read_cells, write_cells
from labelled_corpora import draw_labels
from practice import fit_ours, score

from hanrock_sk.datasets import load_meld

TASKS = {
    "sentiment": "MELD, three sentiments",
    "acts": "AMI, fifteen dialogue acts",
    "summary": "AMI, in the summary or not",
    "role": "AMI, four roles of speakers",
}

MODELS = {
    "tfidf": "TF-IDF + LR",
    "tfidf3": "TF-IDF of 3 talkturns + LR",
    "sentences5": "sentence vectors of 5 talkturns + LR",
    "hanrock": "`conversation_pipeline`",
}

METRICS = {
    "weighted_f1": "weighted F1",
    "balanced_accuracy": "balanced accuracy",
    "calibration_error": "expected calibration error",
}

CONVERSATIONS = {"meld": (700, 250), "ami": (20, 8)}
"""How many to train on, and to score on."""


@cache
def read_ami(folder: str) -> pd.DataFrame:
    """Read the training meetings' dialogue acts, with all that is told of them."""
    table = pd.read_csv(
        Path(folder, "ami_dialogue_acts.tsv.gz"), sep="\t", keep_default_na=False
    )
    train = Path(folder, "train.txt").read_text().split()
    return table[table["meeting"].isin(train)].rename(
        columns={"meeting": "conversation"}
    )


def read_task(
    name: str, options: argparse.Namespace
) -> tuple[pd.DataFrame, np.ndarray, str]:
    """Read a task's talkturns, labels, and corpus."""
    if name == "sentiment":
        X, y = load_meld(options.meld, target="sentiment", subset="train")
        return X[["conversation", "speaker", "text"]], np.asarray(y, object), "meld"
    table = read_ami(options.ami)
    labels = {
        "acts": table["da_type"],
        "summary": np.where(table["n_summary_links"] > 0, "yes", "no"),
        "role": table["role"],
    }
    columns = ["conversation", "speaker", "start", "end", "text"]
    return table[columns], np.asarray(labels[name], object), "ami"


def draw_conversations(
    X: pd.DataFrame, y: np.ndarray, corpus: str, seed: int
) -> list[tuple[pd.DataFrame, np.ndarray]]:
    """Draw conversations to train on, and others to score on."""
    drawn = np.random.default_rng(1000 + seed).permutation(X["conversation"].unique())
    n, n_new = CONVERSATIONS[corpus]
    parts = []
    for names in (drawn[:n], drawn[n : n + n_new]):
        rows = X["conversation"].isin(names).to_numpy()
        parts.append((X[rows].reset_index(drop=True), y[rows]))
    return parts


def main() -> None:
    """Go through all cells that the file does not have yet, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--ami", required=True, help="its folder")
    parser.add_argument("--meld", required=True, help="its folder")
    parser.add_argument("--labels", default="200,1000")
    parser.add_argument("--draws", type=int, default=2)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--cache", help="folder for the encoder's vectors")
    options = parser.parse_args()
    cells = read_cells(options.json)
    done = {(c["task"], c["model"], c["labels"], c["draw"]) for c in cells}
    sentences = Sentences(options.cache)
    order = [
        (draw, n, task)
        for draw in range(options.draws)
        for n in map(int, options.labels.split(","))
        for task in TASKS
    ]
    for draw, n, task in order:
        data = draw_conversations(*read_task(task, options), draw)
        y = draw_labels(*data[0], n, draw)
        for name in MODELS:
            if (task, name, n, draw) in done:
                continue
            began = time.perf_counter()
            if name in BASELINES:
                classes, P = fit_baseline(name, data, y, sentences)
            else:
                classes, P, _ = fit_ours(name, data, y, draw, options.cache)
            cell = {"task": task, "model": name, "labels": n, "draw": draw}
            cell |= score(classes, P, data[1][1])
            cell |= {"seconds": round(time.perf_counter() - began)}
            cell |= {"date": date.today().isoformat()}
            cells.append(cell)
            tables = mean_tables(cells, "task", TASKS, MODELS, METRICS)
            write_cells(options.json, cells, tables)
            print(cell, flush=True)
    tables = mean_tables(cells, "task", TASKS, MODELS, METRICS)
    print("\n\n".join(table.markdown() for table in tables))


if __name__ == "__main__":
    main()
