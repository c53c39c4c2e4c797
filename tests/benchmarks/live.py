"""Measure how long a person waits for the prediction of what they just said.

Run from the repository's root, on an otherwise idle machine::

    python tests/benchmarks/live.py --json docs/benchmarks/live.json

One conversation is heard talkturn by talkturn, on one thread: by the estimator alone,
which reads narratives, and by the Pipeline, which narrates them first. It fails if a
probability differs from that of `predict_proba` on the whole conversation by more than
0.00001. Sizes: content size 18, vocabulary 5000, word vectors of 300 dimensions, word
GRU 128, P 256, A 1, attention 128, 16 auxiliary targets, 5 to 30 words a talkturn
before narration.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]

from engine import machine  # noqa: E402
from random_talkturns import make_table, with_targets, word_vectors  # noqa: E402
from sklearn.pipeline import Pipeline  # noqa: E402

from hanrock_sk import HANRockClassifier, MonahNarrator  # noqa: E402
from hanrock_sk.live import LiveConversation  # noqa: E402

LARGEST_DIFFERENCE = 1e-5
WARM_UP = 20  # talkturns; by then the window is full


def make_talkturns(n_talkturns: int):
    """Make talkturns with everything a narrator tells of."""
    table = make_table(n_talkturns, (5, 30))
    generator = np.random.default_rng(2)
    measured = {
        "delay": generator.exponential(0.5, n_talkturns),
        "speech_rate": generator.normal(180, 40, n_talkturns),
    }
    for tone in ("happy", "angry", "sad", "fear"):
        measured[f"tone_{tone}"] = generator.random(n_talkturns)
    for action in ("smile", "positive_expression", "head_nod", "lean_forward"):
        measured[action] = generator.random(n_talkturns) < 0.2
    return table.with_columns(
        speaker=np.array(["woman", "man"])[np.arange(n_talkturns) % 2], **measured
    )


def train() -> Pipeline:
    """Train for a moment; how fast a network predicts does not depend on it."""
    X, y = with_targets(make_talkturns(400), 1)
    model = HANRockClassifier(
        content_size=18, word_gru=128, pri_gru=256, aux_gru=1, attention_units=128,
        embeddings=word_vectors(), freeze_embeddings=True, min_count=1, max_epochs=1,
        validation_fraction=0, device="cpu", random_state=0,
    )  # fmt: skip
    pipeline = Pipeline([("narrate", MonahNarrator()), ("model", model)]).fit(X, y)
    # Random labels teach nothing: without this all probabilities would be about 1/4,
    # whatever was read, and a wrong one would hardly differ from a right one.
    with torch.no_grad():
        model.net_.module_.primary_head.weight.mul_(30)
    return pipeline


def hear(conversation, talkturns: list) -> tuple[np.ndarray, np.ndarray]:
    """Add talkturns one by one; return milliseconds and probabilities of each."""
    took, found = [], []
    for talkturn in talkturns:  # each one the arguments of `add`
        began = time.perf_counter()
        said = conversation.add(*talkturn)
        took.append(1000 * (time.perf_counter() - began))
        found.append(list(said.probabilities.values()))
    return np.array(took), np.array(found)


def main() -> None:
    """Measure, print a table, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--talkturns", type=int, default=500)
    parser.add_argument("--json", type=Path, help="where to write the results")
    options = parser.parse_args()
    torch.set_num_threads(1)

    pipeline = train()
    talkturns = make_talkturns(options.talkturns).with_columns(conversation=0)
    told = pipeline[:-1].transform(talkturns)
    narratives = told.select("narrative", "speaker").rows()
    expected = pipeline.predict_proba(talkturns)
    results = {"machine": machine(), "talkturns": len(talkturns)}
    print(json.dumps(results["machine"]))
    print("                     median   95 %   longest      largest difference")
    largest = 0.0
    for name, conversation, heard in (
        ("estimator", pipeline["model"].live(), narratives),
        (
            "pipeline",
            LiveConversation(pipeline),
            [(row,) for row in talkturns.to_dicts()],
        ),
    ):
        milliseconds, found = hear(conversation, heard)
        median, most = np.percentile(milliseconds[WARM_UP:], [50, 95])
        longest = milliseconds[WARM_UP:].max()
        difference = np.abs(found - expected).max()
        largest = max(largest, difference)
        results[name] = {
            "median_ms": median,
            "percentile_95_ms": most,
            "longest_ms": longest,
            "largest_difference": difference,
        }
        print(
            f"{name:12s} {median:11.2f} ms {most:6.2f} {longest:9.2f} "
            f"{difference:17.1g}"
        )
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(results, indent=1) + "\n")
    sys.exit(int(largest > LARGEST_DIFFERENCE))


if __name__ == "__main__":
    main()
