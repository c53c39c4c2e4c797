"""Measure a search, a large prediction and a live conversation with `minilm_l6`.

Run from the repository's root, on an otherwise idle Linux machine::

    python tests/benchmarks/encoder_at_work.py \\
        --json docs/benchmarks/encoder_at_work.json

- *Search*: 30 trials in 3 folds through a Pipeline, with ``cache=``. Counted are the
  texts that the encoder reads; it fails if that is not each distinct text once.
- *Predict*: a table of 100,000 talkturns of 5 to 25 words, all texts distinct. Printed
  is the most memory that the process ever had resident.
- *Live*: a conversation is heard talkturn by talkturn, on one thread. It fails if a
  probability differs from that of `predict_proba` by more than 0.00001.

Each is a process of its own. Networks train for one epoch: how fast they predict does
not depend on it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

LARGEST_DIFFERENCE = 1e-5
WARM_UP = 20  # talkturns; by then the window is full
TALK = (
    "well so yes no we you they think want said go know really like time people work "
    "home today never always again maybe because there where what money doctor sleep "
    "better worse happy sad angry afraid week month talk listen help friend mother"
)
WORDS = TALK.split()


def make_talkturns(n: int, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Make talkturns of 5 to 25 words in conversations of 50, and labels."""
    generator = np.random.default_rng(seed)
    lengths = generator.integers(5, 26, size=n)
    texts = [" ".join(generator.choice(WORDS, size)) for size in lengths]
    columns = {
        "conversation": np.arange(n) // 50,
        "speaker": np.where(np.arange(n) % 2, "client", "therapist"),
        "text": texts,
    }
    return pd.DataFrame(columns), generator.choice(["a", "b", "c"], size=n)


def make_pipeline(cache: str | None = None) -> Any:
    """Make the default pipeline, to be trained for a moment."""
    from hanrock_sk import conversation_pipeline
    from hanrock_sk.text import minilm_l6

    return conversation_pipeline(
        embeddings=minilm_l6(cache=cache), random_state=0, max_epochs=1,
        calibrate=False, device="cpu",
    )  # fmt: skip


def search() -> dict[str, Any]:
    """Count the texts encoded in a search."""
    from sklearn.model_selection import GroupKFold, RandomizedSearchCV

    from hanrock_sk.evaluation import labelled_scorer
    from hanrock_sk.text.encoder import Encoder

    encoded: list[int] = []
    read = Encoder.read

    def counting(self: Encoder, pieces: Any, *rest: Any, **more: Any) -> Any:
        encoded.append(len(pieces))
        return read(self, pieces, *rest, **more)

    Encoder.read = counting  # type: ignore[method-assign]
    X, y = make_talkturns(600)
    with tempfile.TemporaryDirectory() as cache:
        tried = RandomizedSearchCV(
            make_pipeline(cache),
            {"model__lr": [0.001, 0.002, 0.004], "model__pri_gru": list(range(2, 32))},
            n_iter=30, cv=GroupKFold(3), scoring=labelled_scorer("accuracy"),
            random_state=0,
        )  # fmt: skip
        began = time.perf_counter()
        tried.fit(X, y, groups=X["conversation"])
    return {
        "fits": 91,
        "distinct_texts": int(X["text"].nunique()),
        "texts_encoded": sum(encoded),
        "seconds": time.perf_counter() - began,
    }


def predict(n: int = 100_000) -> dict[str, Any]:
    """Predict a large table; return what memory that took at most."""
    from large_tables import peak_mib

    model = make_pipeline().fit(*make_talkturns(400))
    X, _ = make_talkturns(n, seed=1)
    before = peak_mib()
    began = time.perf_counter()
    model.predict(X)
    return {
        "talkturns": n,
        "distinct_texts": int(X["text"].nunique()),
        "peak_mib_before": before,
        "peak_mib": peak_mib(),
        "seconds": time.perf_counter() - began,
    }


def live(n: int = 300) -> dict[str, Any]:
    """Hear a conversation, and compare with what is predicted of it as a whole."""
    import torch

    from hanrock_sk.live import LiveConversation

    torch.set_num_threads(1)
    pipeline = make_pipeline().fit(*make_talkturns(400))
    X, _ = make_talkturns(n, seed=1)
    X["conversation"] = 0
    expected = pipeline.predict_proba(X)
    conversation, took, heard = LiveConversation(pipeline), [], []
    for talkturn in X.to_dict("records"):
        began = time.perf_counter()
        said = conversation.add(talkturn)
        took.append(1000 * (time.perf_counter() - began))
        heard.append(list(said.probabilities.values()))
    median, most = np.percentile(took[WARM_UP:], [50, 95])
    return {
        "talkturns": n,
        "median_ms": median,
        "percentile_95_ms": most,
        "largest_difference": float(np.abs(heard - expected).max()),
    }


PARTS = {"search": search, "predict": predict, "live": live}


def main() -> None:
    """Measure, print, write JSON; or be one of the processes."""
    if sys.argv[1:2] == ["--part"]:
        print(json.dumps(PARTS[sys.argv[2]]()))
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", nargs="*", default=list(PARTS), choices=PARTS)
    parser.add_argument("--json", type=Path, help="where to write the results")
    options = parser.parse_args()
    results: dict[str, Any] = {"date": date.today().isoformat()}
    if options.json and options.json.exists():
        results = json.loads(options.json.read_text()) | results
    for part in options.parts:
        command = [sys.executable, __file__, "--part", part]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        results[part] = json.loads(done.stdout.splitlines()[-1])
        print(part, json.dumps(results[part]), flush=True)
        if options.json:
            options.json.write_text(json.dumps(results, indent=1) + "\n")
    searched, heard = results.get("search"), results.get("live")
    sys.exit(
        bool(searched and searched["texts_encoded"] != searched["distinct_texts"])
        or bool(heard and heard["largest_difference"] > LARGEST_DIFFERENCE)
    )


if __name__ == "__main__":
    main()
