"""kill -9 in the middle of a search: the restart ends as if nothing had happened."""

from __future__ import annotations

import random

from killed_search import read_journal, read_results, run
from tiny_search import data, tiny_pipeline


def test_killed_twice_at_random_moments(tmp_path):
    X, y, _ = data()
    tiny_pipeline(max_epochs=1).fit(X, y)  # what is loaded late, the forks have then
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    seconds, _ = run(whole)
    moments = random.Random()  # others at each run of the suite
    for _ in range(2):
        run(torn, kill_after=moments.uniform(0, seconds / 2))
    _, killed = run(torn)
    assert not killed
    assert read_results(torn) == read_results(whole)
    journal = read_journal(torn)
    assert journal == read_journal(whole)
    assert len(journal) == 12
    assert all(entries[-1] == {"end": True} for entries in journal.values())
