"""A line on stderr, and only where somebody has to wait."""

from __future__ import annotations

import pytest

from hanrock_sk.text import progress_line
from hanrock_sk.text.progress_line import ProgressLine


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test moves."""

    class Clock:
        now = 100.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(progress_line, "time", clock)
    return clock


def test_short_work_has_none(clock, capsys):
    line = ProgressLine("Counting", 10, shown=True)
    for _ in range(10):
        clock.now += 0.4
        line.advance(1)
    line.end()
    assert capsys.readouterr() == ("", "")


def test_one_line_that_is_rewritten(clock, capsys):
    line = ProgressLine("Counting", 10, shown=True)
    for _ in range(9):
        clock.now += 2
        line.advance(1)
    told = capsys.readouterr().err
    assert told.count("\n") == 0
    assert [part.strip() for part in told.split("\r")[1:3]] == [
        "Counting: 30 %, 14 s left",
        "Counting: 40 %, 12 s left",
    ]
    clock.now += 2
    line.advance(1)
    line.end()
    assert capsys.readouterr().err.endswith("\rCounting: done in 20 s     \n")


def test_nothing_if_it_is_not_wanted(clock, capsys):
    line = ProgressLine("Counting", 10, shown=False)
    clock.now += 60
    line.advance(5)
    line.end()
    assert capsys.readouterr() == ("", "")
