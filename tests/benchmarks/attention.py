"""How far attention tells what predictions rest on, on three practice corpora.

Run from the repository's root, with the folders of the corpora::

    python tests/benchmarks/attention.py run --ami AMI --meld MELD --esconv ESCONV \\
        --json docs/benchmarks/attention.json
    python tests/benchmarks/attention.py table --json docs/benchmarks/attention.json

For each corpus, `conversation_pipeline` is trained on whole conversations with about
500 labels, with two seeds, once with `minilm_l6` and once with words learnt from
scratch. `hanrock_sk.explain.faithfulness` then reads the first 150 labelled talkturns
of the development list that have three words or more.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
import warnings
from datetime import date
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from labelled_corpora import draw_labels, is_label, read_corpus  # noqa: E402

from hanrock_sk import conversation_pipeline, explain  # noqa: E402
from hanrock_sk.text import minilm_l6, tokenize  # noqa: E402

CORPORA = ("ami", "meld", "esconv")
LABELS, READ, SEEDS = 500, 150, (0, 1)
VECTORS = {"minilm_l6": minilm_l6, "scratch": lambda: None}


def talkturns_of(name: str, folder: str):
    """Return what is trained on, and what is read, with the rows to read."""
    (X, y), (new, truth) = read_corpus(name, folder)
    kept = draw_labels(X, y, LABELS, 0)
    some = X["conversation"].isin(set(X["conversation"][is_label(kept)])).to_numpy()
    X, y = X[some].reset_index(drop=True), kept[some]
    long_enough = np.array([len(tokenize(text)) >= 3 for text in new["text"]])
    rows = np.flatnonzero(is_label(truth) & long_enough)[:READ]
    read = new["conversation"].isin(set(new["conversation"][rows])).to_numpy()
    place = np.cumsum(read) - 1
    return X, y, new[read].reset_index(drop=True), truth[read], place[rows]


def measure(name: str, folder: str, vectors: str) -> dict:
    """Train with every seed, and test attention."""
    X, y, new, truth, rows = talkturns_of(name, folder)
    begun = time.perf_counter()
    models = [
        conversation_pipeline(
            embeddings=VECTORS[vectors](), device="cpu", random_state=seed
        ).fit(X, y)
        for seed in SEEDS
    ]
    trained = time.perf_counter()
    result = explain.faithfulness(models, new, truth, rows=rows.tolist())
    return {
        "corpus": name,
        "vectors": vectors,
        "trained_on": int(is_label(y).sum()),
        "talkturns": result.n_talkturns,
        "correlation": result.correlation,
        "comprehensiveness": result.comprehensiveness,
        "sufficiency": result.sufficiency,
        "score": result.score,
        "primary_share": result.fusion.primary,
        "agreement": result.agreement,
        "says": str(result),
        "seconds": [trained - begun, time.perf_counter() - trained],
        "date": date.today().isoformat(),
        "machine": platform.processor() or platform.machine(),
    }


def run(arguments: argparse.Namespace) -> None:
    """Measure, and write each result as soon as it is there."""
    path = Path(arguments.json)
    done = json.loads(path.read_text()) if path.exists() else []
    for vectors in VECTORS:
        for name in CORPORA:
            folder = getattr(arguments, name)
            key = (name, vectors)
            if not folder or key in {(d["corpus"], d["vectors"]) for d in done}:
                continue
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                done.append(measure(name, folder, vectors))
            print(*key, done[-1]["says"], done[-1]["seconds"], flush=True)
            path.write_text(json.dumps(done, indent=1) + "\n")


def table(arguments: argparse.Namespace) -> None:
    """Print the results as a table of Markdown."""
    print(
        "| corpus | words | words: shown | primary | auxiliary | talkturns: shown | "
        "primary | auxiliary | without words by attention | random | occlusion | "
        "score | uniform |"
    )
    print("|" + " --- |" * 13)
    for each in json.loads(Path(arguments.json).read_text()):
        cells = [each["corpus"], each["vectors"]]
        for level in ("words", "talkturns"):
            ranked = each["correlation"][level]
            cells += [
                f"{ranked[k]:.2f}" if k in ranked else ""
                for k in ("shown", "primary", "auxiliary")
            ]
        left = each["comprehensiveness"]
        cells += [f"{left[k]:.3f}" for k in ("attention", "random", "occlusion")]
        cells += [f"{each['score'][k]:.3f}" for k in ("as it is", "uniform")]
        print(f"| {' | '.join(cells)} |")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(required=True)
    runs = commands.add_parser("run")
    for name in CORPORA:
        runs.add_argument(f"--{name}")
    runs.set_defaults(act=run)
    tables = commands.add_parser("table")
    tables.set_defaults(act=table)
    for command in (runs, tables):
        command.add_argument("--json", required=True)
    arguments = parser.parse_args()
    arguments.act(arguments)


if __name__ == "__main__":
    main()
