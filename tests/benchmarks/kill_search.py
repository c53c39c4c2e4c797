"""Kill a search ten times at random moments, restart it each time, compare the end.

Run from the repository's root::

    python tests/benchmarks/kill_search.py --kills 1 --rounds 10
    python tests/benchmarks/kill_search.py --kills 10

A round runs the search once without a kill, for what it should find and how long it
takes; then it kills it at moments drawn from that time, and lets it finish. One kill
comes anywhere in that time; each of several in the first two fifths, as restarts get
further and further. It fails if the results or the journals differ, or a line of the
journal cannot be read.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from killed_search import read_journal, read_results, run
from tiny_search import data, tiny_pipeline


def kill_and_restart(folder: Path, kills: int, moments: random.Random) -> bool:
    """Play one round; whether all is as if nothing had been killed."""
    whole, torn = folder / "whole", folder / "torn"
    seconds, _ = run(whole)
    print(f"  uninterrupted: {seconds:.2f} s")
    for number in range(1, kills + 1):
        # Further than a kill's moment a restart comes, because it loads what is there.
        latest = seconds if kills == 1 else 0.4 * seconds
        after, killed = run(torn, moments.uniform(0, latest))
        n_trials = len(list(torn.glob("journal/*.jsonl")))
        n_stored = len(list(torn.glob("memory/**/output.pkl")))
        print(
            f"  start {number}: {'killed' if killed else 'finished'} after "
            f"{after:.2f} s; {n_trials} trials begun, {n_stored} fits kept"
        )
    run(torn)
    same = read_results(torn) == read_results(whole)
    same &= read_journal(torn) == read_journal(whole)
    print(f"  at the end: {'the same' if same else 'OTHER'} results and journal")
    return same


def main() -> None:
    """Play the rounds."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    X, y, _ = data()
    tiny_pipeline(max_epochs=1).fit(X, y)  # all that is loaded late is loaded now
    moments = random.Random(options.seed)
    outcomes = []
    for number in range(1, options.rounds + 1):
        print(f"round {number}")
        with tempfile.TemporaryDirectory() as folder:
            outcomes.append(kill_and_restart(Path(folder), options.kills, moments))
    sys.exit(not all(outcomes))


if __name__ == "__main__":
    main()
