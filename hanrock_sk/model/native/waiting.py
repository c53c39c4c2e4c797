"""Giving cores up to other processes while threads wait for each other.

At the end of a parallel loop threads spin, for milliseconds, so that they are there
when the next one begins. Beside other work a thread that spins takes the time that the
last one of its team needs, and a fit takes several times as long as it has to. So while
others compute, they sleep at once; alone, they spin.
"""

from __future__ import annotations

import os
import time
from types import TracebackType

from hanrock_sk.model.native.loading import compiled

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

INTERVAL = 0.25
"""Seconds between two looks."""

BUSY = 50
"""Times a second that the system takes a core away from this process, from which on
others are taken to compute: alone it is a few, beside others hundreds."""

DECIDED_BY_USER = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")


class CoreSharing:
    """While it is entered, threads spin or sleep as suits what else computes.

    It does nothing where there is one thread only, no compiled library, or a setting in
    the environment that says how threads are to wait.
    """

    def __init__(self) -> None:
        library = compiled()
        acts = (
            library is not None
            and resource is not None
            and not any(name in os.environ for name in DECIDED_BY_USER)
        )
        self._library = library if acts else None
        self._asleep = False
        self._taken, self._since = 0, 0.0

    def __enter__(self) -> CoreSharing:
        """Begin to look."""
        if self._library is not None:
            self._taken, self._since = self._times_taken(), time.perf_counter()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let threads spin again."""
        self._sleep(False)

    @staticmethod
    def _times_taken() -> int:
        return resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw

    def _sleep(self, asleep: bool) -> None:
        if self._library is not None and asleep != self._asleep:
            self._library.wait_asleep(int(asleep))
            self._asleep = asleep

    def look(self) -> None:
        """Decide anew, if it is time to; call it as often as you like."""
        if self._library is None or self._library.team_size() <= 1:
            return
        now = time.perf_counter()
        seconds = now - self._since
        if seconds < INTERVAL:
            return
        taken = self._times_taken()
        self._sleep((taken - self._taken) / seconds > BUSY)
        self._taken, self._since = taken, now
