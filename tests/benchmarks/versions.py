"""Compare versions of the engine, in turns, on a machine that is not quiet.

Each checkout given, and this one, is a process of its own, with the compiled steps
that lie in it (`pip install -e .` compiles them). Only one of them works at a time, for
a few training steps, and the next one follows: what slows the machine down slows them
all. From the repository's root::

    git worktree add BEFORE HEAD~1
    python tests/benchmarks/versions.py BEFORE

The last column is the median, over the turns, of a version's time over the first one's.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

STEPS = 8  # of a turn; the first is not timed, as it finds another's caches
NARROW = {"word_gru": 32, "pri_gru": 32, "aux_gru": 1, "attention_units": 32}


def work(root: Path, narrow: bool) -> None:
    """Take training steps of the checkout at `root` whenever a line comes in."""
    sys.path[:0] = [str(root), str(root / "tests"), str(root / "tests" / "benchmarks")]
    import engine
    import torch

    import hanrock_sk
    from hanrock_sk.model.networks import Sizes, make_network

    if not Path(hanrock_sk.__file__).is_relative_to(root):
        raise RuntimeError(f"{hanrock_sk.__file__} is not of the checkout at {root}.")
    if narrow:
        torch.manual_seed(0)
        sizes = Sizes(engine.CLASSES, engine.AUXILIARY, **NARROW)
        network = make_network("rock", torch.randn(engine.VOCABULARY, 50), sizes)
    else:
        network, _ = engine.make_pair(256)
    step = engine.training_steps(network, network, engine.make_table(1000), 18)[0]
    for i in range(3):
        step(i)
    print("ready", flush=True)
    for turn, _ in enumerate(sys.stdin):
        for i in range(STEPS):
            if i == 1:
                began = time.perf_counter()
            step(STEPS * turn + i)
        print((time.perf_counter() - began) / (STEPS - 1), flush=True)


def main() -> None:
    """Measure, print a line for each version."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("checkouts", type=Path, nargs="+")
    parser.add_argument("--repeat", type=int, default=40, help="turns")
    parser.add_argument("--narrow", action="store_true", help="networks of 32 units")
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(options.checkouts[0], options.narrow)
        return
    here = Path(__file__).resolve().parents[2]
    roots = [checkout.resolve() for checkout in (*options.checkouts, here)]
    workers = []
    for root in roots:
        command = [sys.executable, __file__, str(root), "--work"]
        command += ["--narrow"] if options.narrow else []
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        workers.append(subprocess.Popen(command, **pipes))
    for worker, root in zip(workers, roots, strict=True):
        if worker.stdout.readline().strip() != "ready":
            raise SystemExit(f"The engine of {root} did not begin; see above.")
    seconds: list[list[float]] = [[] for _ in workers]
    for _ in range(options.repeat):
        for worker, found in zip(workers, seconds, strict=True):
            worker.stdin.write("\n")
            worker.stdin.flush()
            found.append(float(worker.stdout.readline()))
    for worker in workers:
        worker.stdin.close()
        worker.wait()
    print("median ms  of the first")
    for root, found in zip(roots, seconds, strict=True):
        ratios = [own / first for own, first in zip(found, seconds[0], strict=True)]
        print(
            f"{1000 * statistics.median(found):9.1f}  {statistics.median(ratios):8.3f}"
            f"   {root}"
        )


if __name__ == "__main__":
    main()
