"""What a thread of Python's sets for all of them, one thread at a time.

torch's global generator is one for all threads, so that weights which one of them draws
would depend on what the others draw, seed or give back meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _thread import RLock as Lock


def lock_across_forks() -> Lock:
    """Make a lock that a thread may take again, and that no fork leaves locked.

    A fork waits for it, since in the child there is no thread that would let it go.
    """
    lock = RLock()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(
            before=lock.acquire,
            after_in_parent=lock.release,
            after_in_child=lock.release,
        )
    return lock


SEEDING = lock_across_forks()
"""Held while weights are drawn from torch's global generator."""


@contextmanager
def generator_given_back() -> Iterator[None]:
    """Give torch's generator of the CPU back as it was, to all threads."""
    import torch

    with SEEDING, torch.random.fork_rng(devices=[]):
        yield
