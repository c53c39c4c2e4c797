"""Measure a fit of the default pipeline, its two trainings side by side and in turn.

Run from the repository's root, on an otherwise idle machine::

    python tests/benchmarks/fit_seconds.py --ami AMI --meld MELD --esconv ESCONV \\
        --cache CACHE --json DIR/fit_seconds.json

The vectors of the encoder are in the cache before anything is timed. Seconds of the
trainings are from the first weight drawn to the last step of both networks; those of
the whole fit are of all steps of the pipeline.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import torch
from labelled_corpora import draw_labels, read_corpus

from hanrock_sk import conversation_pipeline
from hanrock_sk.estimators import fitting
from hanrock_sk.text import minilm_l6

NAMES = {"ami": "AMI", "meld": "MELD", "esconv": "ESConv"}
HEADER = ["corpus", "in turn, s", "side by side, s", "the whole fit, s"]


def fit(X: Any, y: Any, cache: str, side_by_side: bool) -> tuple[float, float]:
    """Fit once; return the seconds of both trainings, and of the whole."""
    took: list[float] = []
    train_both = fitting.train_both

    def timed(
        first: Callable[[], None], second: Callable[[Event], None], together: bool
    ) -> None:
        began = time.perf_counter()
        train_both(first, second, together and side_by_side)
        took.append(time.perf_counter() - began)

    fitting.train_both = timed
    try:
        began = time.perf_counter()
        pipeline = conversation_pipeline(
            random_state=0, embeddings=minilm_l6(cache=cache)
        )
        pipeline.fit(X, y)
        return took[0], time.perf_counter() - began
    finally:
        fitting.train_both = train_both


def main() -> None:
    """Go through the corpora."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for corpus in NAMES:
        parser.add_argument(f"--{corpus}", help="its folder")
    parser.add_argument("--labels", type=int, default=200)
    parser.add_argument("--cache", required=True)
    parser.add_argument("--json", required=True)
    options = parser.parse_args()
    rows = []
    for corpus, name in NAMES.items():
        folder = getattr(options, corpus)
        if folder is None:
            continue
        (X, y), _ = read_corpus(corpus, folder)
        y = draw_labels(X, y, options.labels, 0)
        encoded = conversation_pipeline(
            random_state=0, embeddings=minilm_l6(cache=options.cache), max_epochs=1
        )
        encoded.fit(X, y)
        in_turn, _ = fit(X, y, options.cache, side_by_side=False)
        side_by_side, whole = fit(X, y, options.cache, side_by_side=True)
        rows.append([name, *(f"{s:.0f}" for s in (in_turn, side_by_side, whole))])
        print(*rows[-1], flush=True)
    result = {
        "labels": options.labels,
        "threads": torch.get_num_threads(),
        "processor": torch.backends.cpu.get_cpu_capability(),
        "machine": platform.processor() or platform.machine(),
        "date": date.today().isoformat(),
        "tables": [{"header": HEADER, "rows": rows}],
    }
    Path(options.json).write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
