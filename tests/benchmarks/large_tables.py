"""Measure memory and speed on tables of up to a million talkturns.

Run from the repository's root, on an otherwise idle Linux machine::

    python tests/benchmarks/large_tables.py --json docs/benchmarks/large_tables.json

It fits on a table of 100,000 talkturns, of which a part has labels, so that an epoch
stays short while the whole table is held; and it predicts tables of 1,000 to 1,000,000
talkturns of 15 words. Every measurement is a process of its own: its peak memory, the
most it ever had resident, is then its own, too. What a process had at its peak before
`fit` or `predict`, with libraries, table and model, stands next to it. The speed of
`fit` is that of its epochs, in talkturns with a label.

Sizes unless told otherwise: vocabulary 5000, word vectors of 300 dimensions (frozen),
word GRU 128, P 256, A 1, attention 128, batches of 43 targets in runs of 16, 16
auxiliary targets, conversations of 200 talkturns.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]

# This process measures nothing and stays small: the processes it starts import torch.


def peak_mib() -> float:
    """Return the most memory that this process ever had resident."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("This system does not tell a process its peak memory.")


def make_model(options: argparse.Namespace, max_epochs: int):
    """Make a classifier of the sizes asked for."""
    from random_talkturns import word_vectors

    from hanrock_sk import HANRockClassifier

    return HANRockClassifier(
        content_size=options.content_size,
        word_gru=options.word_gru,
        pri_gru=options.pri_gru,
        aux_gru=options.aux_gru,
        embeddings=word_vectors(),
        freeze_embeddings=True,
        min_count=1,
        batch_size=43,
        max_epochs=max_epochs,
        device="cpu",
        random_state=0,
    )


def prepare(options: argparse.Namespace) -> dict[str, object]:
    """Train a model to predict with on a few hundred talkturns, and keep it."""
    import joblib
    from engine import machine
    from random_talkturns import make_table, with_targets

    model = make_model(options, max_epochs=1).set_params(validation_fraction=0)
    model.fit(*with_targets(make_table(400), 1))
    joblib.dump(model, options.model)
    return machine()


def measure_fit(options: argparse.Namespace) -> dict[str, object]:
    """Fit on a large table."""
    from random_talkturns import make_table, with_targets

    X, y = with_targets(make_table(options.rows, (5, 30)), options.labelled)
    model = make_model(options, options.max_epochs)
    import_module("hanrock_sk.estimators.training")  # loads torch
    before, began = peak_mib(), time.perf_counter()
    model.fit(X, y)
    return {
        "rows": len(X),
        "labelled": sum(label is not None for label in y),
        "epochs": model.n_iter_,
        "seconds": time.perf_counter() - began,
        "epoch_seconds": [record["seconds"] for record in model.history_],
        "before_mib": before,
        "peak_mib": peak_mib(),
    }


def measure_predict(options: argparse.Namespace) -> dict[str, object]:
    """Predict a table of talkturns of 15 words."""
    import joblib
    from random_talkturns import make_table

    model = joblib.load(options.model)
    X = make_table(options.rows)
    model.predict(X.head(200))  # what is loaded late is loaded now
    before, began = peak_mib(), time.perf_counter()
    found = model.predict(X)
    seconds = time.perf_counter() - began
    assert len(found) == options.rows
    return {
        "rows": options.rows,
        "seconds": seconds,
        "per_second": options.rows / seconds,
        "before_mib": before,
        "peak_mib": peak_mib(),
    }


TASKS = {"prepare": prepare, "fit": measure_fit, "predict": measure_predict}


def in_own_process(
    task: str, options: argparse.Namespace, **changes: object
) -> dict[str, object]:
    """Run a task in a fresh process; its last line is what it found."""
    given = {k: v for k, v in vars(options).items() if k != "json"} | changes
    command = [sys.executable, __file__, "--task", task, json.dumps(given)]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(run.stdout.splitlines()[-1])


def report(options: argparse.Namespace) -> dict[str, object]:
    """Measure everything and print it as it comes."""
    with tempfile.TemporaryDirectory() as folder:
        model = str(Path(folder, "model.joblib"))
        results = {
            "machine": in_own_process("prepare", options, model=model),
            "settings": {k: v for k, v in vars(options).items() if k != "json"},
        }
        print(json.dumps(results["machine"]))
        print("                 rows   seconds   talkturns/s   before MiB   peak MiB")
        if options.fit_rows:
            row = in_own_process("fit", options, rows=options.fit_rows)
            results["fit"] = row
            trained = row["epochs"] * row["labelled"] / sum(row["epoch_seconds"])
            print(
                f"fit       {row['rows']:11,d} {row['seconds']:9.1f} {trained:13,.0f} "
                f"{row['before_mib']:12,.0f} {row['peak_mib']:10,.0f}   "
                f"({row['labelled']:,d} with a label, {row['epochs']} epochs)",
                flush=True,
            )
        results["predict"] = []
        for rows in options.rows:
            row = in_own_process("predict", options, rows=rows, model=model)
            results["predict"].append(row)
            print(
                f"predict   {rows:11,d} {row['seconds']:9.1f} "
                f"{row['per_second']:13,.0f} {row['before_mib']:12,.0f} "
                f"{row['peak_mib']:10,.0f}",
                flush=True,
            )
    return results


def main() -> None:
    """Measure, print a table, write JSON; or be one of the processes."""
    if sys.argv[1:2] == ["--task"]:
        _, _, task, given = sys.argv
        print(json.dumps(TASKS[task](argparse.Namespace(**json.loads(given)))))
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--rows", type=int, nargs="*", default=[1_000, 10_000, 100_000, 1_000_000],
        help="sizes of the tables to predict",
    )  # fmt: skip
    parser.add_argument("--fit-rows", type=int, default=100_000, help="0: do not fit")
    parser.add_argument(
        "--labelled", type=float, default=0.05,
        help="share of the conversations that are trained on",
    )  # fmt: skip
    parser.add_argument("--max-epochs", type=int, default=1)
    parser.add_argument("--content-size", type=int, default=30)
    parser.add_argument("--word-gru", type=int, default=128)
    parser.add_argument("--pri-gru", type=int, default=256)
    parser.add_argument("--aux-gru", type=int, default=1)
    parser.add_argument("--json", type=Path, help="where to write the results")
    options = parser.parse_args()
    results = report(options)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
