"""A search in a process of its own that is killed, for tests and benchmarks."""

from __future__ import annotations

import json
import multiprocessing
import time

from tiny_search import comparable, data, tiny_search

from hanrock_sk.tuning import MedianStopping


def search(folder):
    """Search with a memory and a journal in a folder; write what is found there."""
    X, y, groups = data()
    found = tiny_search(str(folder / "memory"), n_iter=6)
    found.set_callbacks(MedianStopping(folder / "journal", min_epochs=2))
    found.fit(X, y, groups=groups)
    (folder / "results.json").write_text(json.dumps(comparable(found)))


def run(folder, kill_after=None):
    """Run the search; kill it after so many seconds, as ``kill -9`` does.

    The process is a fork, which does not have to import everything first.

    Returns
    -------
    seconds : float
        How long it ran.
    killed : bool
        Whether it was killed before it was through.
    """
    process = multiprocessing.get_context("fork").Process(target=search, args=[folder])
    began = time.perf_counter()
    process.start()
    process.join(kill_after)
    process.kill()
    process.join()
    seconds = time.perf_counter() - began
    if process.exitcode > 0:
        raise RuntimeError(f"The search ended with status {process.exitcode}.")
    return seconds, process.exitcode < 0


def read_results(folder):
    """Read what a search that was not killed has found."""
    return json.loads((folder / "results.json").read_text())


def read_journal(folder):
    """Read every line of every trial; fails if one cannot be read."""
    return {
        path.name: [json.loads(line) for line in path.read_text().splitlines()]
        for path in (folder / "journal").glob("*.jsonl")
    }
