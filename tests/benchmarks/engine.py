"""Measure the engine against its naive twin and against the machine.

Run from the repository's root, on an otherwise idle machine::

    python tests/benchmarks/engine.py --json docs/benchmarks/engine.json

Every ratio is of two things measured side by side in one run, alternating, and the
median of each is taken. The naive twin (`tests/naive_network.py`) is HAN-ROCK as one
would first write it in PyTorch: explicit windows of (targets, content size, words),
one `nn.GRU` per encoder. Reference sizes: vocabulary 5000, word vectors of 300
dimensions (frozen), word GRU 128, attention 128, batches of 43 targets in runs of 16,
5 to 30 words a talkturn, 16 auxiliary targets, conversations of 200 talkturns.
With HANROCK_SK_NATIVE=0 in the environment the engine does without compiled steps.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from naive_network import NaiveNetwork, copy_parameters, explicit_windows  # noqa: E402

from hanrock_sk.model.layout.batch_targets import (  # noqa: E402
    shuffled_runs,
    whole_conversations,
)
from hanrock_sk.model.layout.batches import (  # noqa: E402
    TokenTable,
    make_batch,
)
from hanrock_sk.model.losses import MultiTaskLoss, Targets  # noqa: E402
from hanrock_sk.model.native.loading import (  # noqa: E402
    compiled,
    library_is_slower,
)
from hanrock_sk.model.networks import Sizes, make_network  # noqa: E402
from hanrock_sk.model.ops.product import multiply  # noqa: E402

VOCABULARY, WIDTH, CLASSES = 5000, 300, 4
BATCH_SIZE, RUN_LENGTH, PIECE_WORDS = 43, 16, 4096
AUXILIARY = (0,) * 8 + (CLASSES,) * 8


def make_table(n_talkturns: int, words: tuple[int, int] = (5, 30)) -> TokenTable:
    """Make talkturns of random words, in conversations of 200."""
    generator = np.random.default_rng(0)
    lengths = generator.integers(words[0], words[1] + 1, size=n_talkturns)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    ids = generator.integers(VOCABULARY, size=offsets[-1]).astype(np.uint16)
    return TokenTable(ids, offsets, np.arange(n_talkturns) // 200 * 200)


def make_pair(pri_gru: int, recurrent_dropout: float = 0.0):
    """Make the engine's network and the naive one, with the same parameters."""
    torch.manual_seed(0)
    sizes = Sizes(
        CLASSES,
        AUXILIARY,
        word_gru=128,
        pri_gru=pri_gru,
        aux_gru=257 - pri_gru,
        attention_units=128,
        recurrent_dropout=recurrent_dropout,
    )
    embedding = 0.1 * torch.randn(VOCABULARY, WIDTH)
    network = make_network("rock", embedding, sizes, freeze_embedding=True)
    naive = NaiveNetwork("rock", embedding, sizes)
    naive.embedding.weight.requires_grad_(False)
    copy_parameters(naive, network)
    return network, naive


def random_targets(n: int) -> Targets:
    """Make targets of all tasks."""
    return Targets(
        torch.randint(CLASSES, (n,)),
        torch.rand(8, n),
        torch.randint(CLASSES, (8, n)),
        torch.full((17, n), 1 / 17),
    )


def naive_loss(primary, auxiliary, targets: Targets):
    """The same loss, on the naive network's answers."""
    cross_entropy = torch.nn.functional.cross_entropy
    losses = [cross_entropy(primary, targets.primary)]
    losses += [
        (found.squeeze(-1) - value).abs().mean()
        for found, value in zip(auxiliary[:8], targets.values, strict=True)
    ]
    losses += [
        cross_entropy(found, label)
        for found, label in zip(auxiliary[8:], targets.labels, strict=True)
    ]
    return sum(losses) / 17


def training_steps(network, naive, table: TokenTable, content_size: int):
    """Make the two things to compare: a training step of each, batch after batch."""
    generator = np.random.default_rng(1)
    everything = np.arange(len(table))
    batches = [
        part
        for part in shuffled_runs(table, everything, BATCH_SIZE, RUN_LENGTH, generator)
        if len(part) == BATCH_SIZE
    ]
    criterion = MultiTaskLoss()
    targets = random_targets(BATCH_SIZE)
    network.train()

    def ours(i: int) -> None:
        batch = make_batch(table, batches[i % len(batches)], content_size)
        network.zero_grad()
        criterion(network(batch), targets)[0].backward()

    def obvious(i: int) -> None:
        windows = explicit_windows(
            table.ids, table.offsets, table.first, batches[i % len(batches)],
            content_size,
        )[:3]  # fmt: skip
        naive.zero_grad()
        primary, auxiliary, _ = naive(*windows)
        naive_loss(primary, auxiliary, targets).backward()

    return ours, obvious, batches


def predictions(network, naive, table: TokenTable, content_size: int):
    """Make the two things to compare: predicting some talkturns of a conversation."""
    everything = np.arange(len(table))
    network.eval()

    def ours(_: int) -> None:
        with torch.inference_mode():
            words = torch.from_numpy(np.unique(table.ids).astype(np.int64))
            products = network.know_words(words)
            for part in whole_conversations(
                table, everything, content_size, PIECE_WORDS
            ):
                batch = make_batch(table, part, content_size)
                network(batch, products=products)

    def obvious(_: int) -> None:
        with torch.inference_mode():
            for begin in range(0, len(table), BATCH_SIZE):
                part = everything[begin : begin + BATCH_SIZE]
                naive(
                    *explicit_windows(
                        table.ids, table.offsets, table.first, part, content_size
                    )[:3]
                )

    return ours, obvious


def seconds(
    *tasks: Callable[[int], None], repeat: int, warm_up: int = 2
) -> list[float]:
    """Median seconds of each task, run in turns.

    A turn runs its task twice and times the second: in training a step follows a step,
    not the naive twin, which leaves the caches and the memory of the process to it.
    """
    times: list[list[float]] = [[] for _ in tasks]
    for i in range(warm_up + repeat):
        for task, found in zip(tasks, times, strict=True):
            task(2 * i)
            began = time.perf_counter()
            task(2 * i + 1)
            if i >= warm_up:
                found.append(time.perf_counter() - began)
    return [statistics.median(found) for found in times]


def peak_rate() -> Callable[[int], None]:
    """Return a product of two 2048-cubes in float32, to time.

    It is the one that the engine itself makes large products with: the library's, or
    its own on processors where that one is faster.
    """
    left, right = torch.randn(2048, 2048), torch.randn(2048, 2048)
    out = torch.empty(2048, 2048)

    def product(_: int) -> None:
        multiply(left, right, out)

    return product


PEAK_OPERATIONS = 2 * 2048**3


def least_operations(
    table: TokenTable, parts, content_size: int, pri_gru: int, training: bool
) -> float:
    """Floating-point operations that the matrix products need at the least.

    Each distinct talkturn is encoded once. The backward pass takes twice the forward
    pass's products, but for the input product of the frozen word vectors: once.
    """
    hidden, units, tasks, aux_gru = 128, 128, len(AUXILIARY), 257 - pri_gru
    total = 0.0
    for part in parts:
        begin = np.maximum(table.first[part], part - content_size + 1)
        distinct = np.unique(
            np.concatenate(
                [np.arange(b, p + 1) for b, p in zip(begin, part, strict=True)]
            )
        )
        words = int((table.offsets[distinct + 1] - table.offsets[distinct]).sum())
        rows = int((part - begin + 1).sum())
        from_input = words * 2 * WIDTH * 2 * 2 * 3 * hidden
        rest = (words - len(distinct)) * 2 * hidden * 2 * 2 * 3 * hidden
        rest += words * 2 * 2 * hidden * units * 2
        for n_tasks, gru in ((1, pri_gru), (tasks, aux_gru)):
            rest += n_tasks * len(distinct) * 2 * units * 2 * 3 * gru
            rest += n_tasks * (rows - len(part)) * 2 * gru * 2 * 3 * gru
            rest += n_tasks * rows * 2 * 2 * gru * units
        total += from_input * (2 if training else 1) + rest * (3 if training else 1)
    return total


def compare(
    content_size: int, pri_gru: int, repeat: int, n_talkturns: int
) -> dict[str, float]:
    """Compare one setting: training step, prediction, share of the roofline."""
    network, naive = make_pair(pri_gru)
    table = make_table(n_talkturns)
    ours, obvious, batches = training_steps(network, naive, table, content_size)
    peak = peak_rate()
    step, naive_step, product = seconds(ours, obvious, peak, repeat=repeat)
    needed = statistics.mean(
        least_operations(table, [part], content_size, pri_gru, True)
        for part in batches[:10]
    )
    found = {
        "content_size": content_size,
        "pri_gru": pri_gru,
        "step_ms": 1000 * step,
        "naive_step_ms": 1000 * naive_step,
        "step_ratio": naive_step / step,
        "step_roofline": needed / (PEAK_OPERATIONS / product) / step,
    }
    ours, obvious = predictions(network, naive, table, content_size)
    times = min(3, repeat)
    run, naive_run, product = seconds(ours, obvious, peak, repeat=times, warm_up=1)
    pieces = list(
        whole_conversations(table, np.arange(len(table)), content_size, PIECE_WORDS)
    )
    needed = least_operations(table, pieces, content_size, pri_gru, False)
    return found | {
        "predict_per_s": len(table) / run,
        "naive_predict_per_s": len(table) / naive_run,
        "predict_ratio": naive_run / run,
        "predict_roofline": needed / (PEAK_OPERATIONS / product) / run,
    }


def recurrent_dropout_cost(repeat: int, n_talkturns: int) -> float:
    """Training step with recurrent dropout over one without, at L = 18, P = 256."""
    table = make_table(n_talkturns)
    steps = [
        training_steps(*make_pair(256, rate), table, 18)[0] for rate in (0.0, 0.25)
    ]
    without, with_dropout = seconds(*steps, repeat=repeat)
    return with_dropout / without


def processor() -> str:
    """Name the processor, as far as the system does."""
    told = Path("/proc/cpuinfo")
    if told.exists():
        for line in told.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def machine() -> dict[str, object]:
    """Describe where this runs."""
    return {
        "date": date.today().isoformat(),
        "processor": processor(),
        "vectors": torch.backends.cpu.get_cpu_capability(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "compiled steps": compiled() is not None,
        "large products": "our own" if library_is_slower() else "the library's",
    }


def main() -> None:
    """Measure, print a table, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--content-sizes", type=int, nargs="*", default=[1, 4, 18, 30])
    parser.add_argument(
        "--pri-grus", type=int, nargs="*", default=[1, 64, 128, 192, 256]
    )
    parser.add_argument("--repeat", type=int, default=15)
    parser.add_argument("--talkturns", type=int, default=1000, help="to train on")
    parser.add_argument("--json", type=Path, help="where to write the results")
    arguments = parser.parse_args()
    n_talkturns = arguments.talkturns

    results: dict[str, object] = {"machine": machine(), "settings": []}
    print(json.dumps(results["machine"]))
    print("  L    P | step ms  naive ms  ratio  roofline | predict/s  ratio  roofline")
    settings = [(size, 256) for size in arguments.content_sizes]
    settings += [(18, pri_gru) for pri_gru in arguments.pri_grus if pri_gru != 256]
    for content_size, pri_gru in settings:
        row = compare(content_size, pri_gru, arguments.repeat, n_talkturns)
        results["settings"].append(row)
        print(
            f"{content_size:3d}  {pri_gru:3d} | {row['step_ms']:7.1f}  "
            f"{row['naive_step_ms']:8.1f}  {row['step_ratio']:5.1f}  "
            f"{row['step_roofline']:7.0%}  | {row['predict_per_s']:9.0f}  "
            f"{row['predict_ratio']:5.1f}  {row['predict_roofline']:7.0%}",
            flush=True,
        )
    results["recurrent_dropout_cost"] = recurrent_dropout_cost(
        2 * arguments.repeat, n_talkturns
    )
    print(f"recurrent dropout on / off: {results['recurrent_dropout_cost']:.3f}")
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
