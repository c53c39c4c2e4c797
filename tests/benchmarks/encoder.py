"""Measure how many texts a second an encoder reads, beside sentence-transformers.

Run from the repository's root, on an otherwise idle machine::

    python tests/benchmarks/encoder.py --json DIR/encoder.json

Both have the weights of `minilm_l6` and read the same distinct texts, in turns:
`ContextualVectors.encode_words` gives a vector a word, `SentenceTransformer.encode` one
a text. Neither remembers anything between rounds. Texts are those of a folder of AMI
(``--ami``), or else of drawn words, as long as AMI's. It fails if ours reads fewer than
80 % of the texts that sentence-transformers reads in the same time, by the medians over
rounds, or if the vectors of whole texts differ by more than 0.00001. Seconds of the
processor do not count what else the machine does, on one thread (OMP_NUM_THREADS=1).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]

from engine import machine  # noqa: E402
from sentence_transformers import SentenceTransformer  # noqa: E402

from hanrock_sk.datasets import load_ami  # noqa: E402
from hanrock_sk.text import minilm_l6, token_spans  # noqa: E402
from hanrock_sk.text.encoder_files import encoder_folder  # noqa: E402
from hanrock_sk.text.vector_memo import MEMO  # noqa: E402

VOCABULARY = """
well i think we should make the remote control yellow because people do not like it when
there are too many buttons unbelievable fashionable batteries
"""
LARGEST_DIFFERENCE = 1e-5


def make_texts(ami: Path | None, n_texts: int) -> list[str]:
    """Take distinct texts of AMI, or draw some."""
    generator = np.random.default_rng(0)
    if ami is not None:
        distinct = sorted(set(load_ami(ami)[0]["text"]))
        chosen = generator.permutation(len(distinct))[:n_texts]
        return [distinct[number] for number in chosen]
    words = VOCABULARY.split()
    lengths = 1 + generator.geometric(1 / 9, size=n_texts)
    return [
        f"{' '.join(generator.choice(words, size=length))}, {number}."
        for number, length in enumerate(lengths)
    ]


def main() -> None:
    """Measure, print, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ami", type=Path, help="a folder with AMI's dialogue acts")
    parser.add_argument("--texts", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--least-share", type=float, default=0.8)
    parser.add_argument("--json", type=Path, help="where to write the results")
    arguments = parser.parse_args()

    texts = make_texts(arguments.ami, arguments.texts)
    spans = [token_spans(text)[1] for text in texts]
    ours = minilm_l6(layer=-1)
    folder = encoder_folder(ours.model, local_files_only=True)
    theirs = SentenceTransformer(str(folder), device="cpu")
    readers = {
        "encode_words": lambda: ours.encode_words(texts, spans),
        "SentenceTransformer": lambda: theirs.encode(texts, show_progress_bar=False),
    }
    difference = np.abs(
        ours.encode_sentences(texts[:200]) - theirs.encode(texts[:200])
    ).max()
    seconds: dict[str, list[float]] = {name: [] for name in readers}
    busy: dict[str, list[float]] = {name: [] for name in readers}
    for _ in range(arguments.rounds):
        for name, read in readers.items():
            MEMO.clear()
            begun, busy_before = time.perf_counter(), time.process_time()
            read()
            seconds[name].append(time.perf_counter() - begun)
            busy[name].append(time.process_time() - busy_before)
    speed, busy_speed = (
        {name: len(texts) / float(np.median(taken)) for name, taken in kind.items()}
        for kind in (seconds, busy)
    )
    share, busy_share = (
        kind["encode_words"] / kind["SentenceTransformer"]
        for kind in (speed, busy_speed)
    )
    print("texts a second        on the clock   of the processor")
    for name in readers:
        print(f"{name:20} {speed[name]:13.0f} {busy_speed[name]:18.0f}")
    print(f"{'share':20} {share:13.0%} {busy_share:18.0%}")
    print(f"Whole texts differ by {difference:.1e} at most.")
    if arguments.json:
        results = {
            "machine": machine(),
            "texts": "AMI" if arguments.ami else "drawn words",
            "n_texts": len(texts),
            "words a text": float(np.mean([len(words) for words in spans])),
            "seconds": seconds,
            "processor seconds": busy,
            "texts a second": speed,
            "texts a processor second": busy_speed,
            "share": share,
            "share by processor seconds": busy_share,
            "largest difference of whole texts": float(difference),
        }
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")
    if share < arguments.least_share or difference > LARGEST_DIFFERENCE:
        raise SystemExit("too slow, or not the same")


if __name__ == "__main__":
    main()
