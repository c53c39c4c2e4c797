"""A line on stderr that says how far something long has come."""

from __future__ import annotations

import sys
import time

PATIENCE = 5.0
"""Seconds before there is a line at all."""

INTERVAL = 0.5
"""Seconds between two updates."""


class ProgressLine:
    """One line, rewritten as work goes on; nothing if the work is short.

    Parameters
    ----------
    what : str
        What is done.
    total : int
        How much there is to do, in any unit.
    shown : bool
        Whether to show it.
    """

    def __init__(self, what: str, total: int, shown: bool) -> None:
        self.what, self.total, self.shown = what, total, shown
        self.done = 0
        self._begun = time.monotonic()
        self._next = self._begun + PATIENCE
        self._written = False

    def advance(self, amount: int) -> None:
        """Count work that was done."""
        self.done += amount
        now = time.monotonic()
        if self.shown and now >= self._next and 0 < self.done <= self.total:
            left = (now - self._begun) * (self.total - self.done) / self.done
            share = 100 * self.done // self.total
            sys.stderr.write(f"\r{self.what}: {share} %, {left:.0f} s left   ")
            sys.stderr.flush()
            self._next, self._written = now + INTERVAL, True

    def end(self) -> None:
        """End the line, if there is one."""
        if self._written:
            seconds = time.monotonic() - self._begun
            sys.stderr.write(f"\r{self.what}: done in {seconds:.0f} s     \n")
            sys.stderr.flush()
