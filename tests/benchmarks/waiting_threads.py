"""Measure what waiting threads cost: alone, and beside two processes that compute.

At the end of every parallel loop, threads wait for the last one: first spinning, which
answers at once, then asleep. Beside other work, a thread that spins takes the time that
the last one needs. From the repository's root, on an otherwise idle machine::

    python tests/benchmarks/waiting_threads.py --json DIR/waiting_threads.json

Each way to wait is a process of its own that takes training steps with two threads
when it is its turn. A line has its median step alone, the same beside two processes
that count, and both over the first line's step alone.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STEPS, UNTIMED = 8, 3  # of a turn; the first ones find out who else computes

WAYS: dict[str, dict[str, str]] = {
    "as torch does": {"PLAIN": "1"},
    "as a fit does": {},
    "one thread": {"OMP_NUM_THREADS": "1"},
    "OMP_WAIT_POLICY=PASSIVE": {"OMP_WAIT_POLICY": "PASSIVE"},
    "GOMP_SPINCOUNT=1000": {"GOMP_SPINCOUNT": "1000"},
}


def work() -> None:
    """Take training steps whenever a line comes in."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "benchmarks")]
    import engine

    from hanrock_sk.model.native.waiting import CoreSharing

    network, _ = engine.make_pair(256)
    step = engine.training_steps(network, network, engine.make_table(1000), 18)[0]
    for i in range(3):
        step(i)
    print("ready", flush=True)
    for turn, _ in enumerate(sys.stdin):
        with CoreSharing() as cores:
            for i in range(STEPS):
                if i == UNTIMED:
                    began = time.perf_counter()
                step(STEPS * turn + i)
                if "PLAIN" not in os.environ:
                    cores.look()
            print((time.perf_counter() - began) / (STEPS - UNTIMED), flush=True)


def started(command: list[str], settings: dict[str, str]) -> subprocess.Popen[str]:
    """Start a Python process under some settings of the environment."""
    environment = {"OMP_NUM_THREADS": "2"} | os.environ | settings
    return subprocess.Popen(
        [sys.executable, *command],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def turns(workers: dict[str, subprocess.Popen[str]], repeat: int) -> dict[str, float]:
    """Median milliseconds of a step of each worker, in turns."""
    times: dict[str, list[float]] = {name: [] for name in workers}
    for _ in range(repeat):
        for name, worker in workers.items():
            assert worker.stdin is not None
            assert worker.stdout is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
            times[name].append(1000 * float(worker.stdout.readline()))
    return {name: statistics.median(each) for name, each in times.items()}


def main() -> None:
    """Measure, print a line for each way to wait, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeat", type=int, default=15, help="turns")
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path, help="where to write the results")
    arguments = parser.parse_args()
    if arguments.work:
        work()
        return
    workers = {
        name: started([__file__, "--work"], settings) for name, settings in WAYS.items()
    }
    busy: list[subprocess.Popen[str]] = []
    try:
        for worker in workers.values():
            assert worker.stdout is not None
            worker.stdout.readline()
        alone = turns(workers, arguments.repeat)
        busy += [started(["-c", "while True: pass"], {}) for _ in range(2)]
        beside = turns(workers, arguments.repeat)
    finally:
        for process in [*workers.values(), *busy]:
            process.kill()
            process.wait()
    first = alone[next(iter(WAYS))]
    print("alone ms  beside ms  ratio  ratio")
    rows = []
    for name in WAYS:
        a, b = alone[name], beside[name]
        rows.append({"way": name, "alone_ms": a, "beside_ms": b})
        print(f"{a:8.1f}  {b:9.1f}  {a / first:5.2f}  {b / first:5.2f}  {name}")
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
