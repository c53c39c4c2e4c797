"""Two trainings at the same time, on a thread each.

The steps of a training with few labels are too short for two threads to gain much by
sharing them; two trainings that share nothing gain all of it. torch's operations and
our kernels let go of the interpreter while they compute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import torch

from hanrock_sk.model.native.loading import offer_threads


@contextmanager
def limited_to(n_threads: int) -> Iterator[None]:
    """Let torch compute with fewer threads, on this thread and those that follow."""
    before = torch.get_num_threads()
    torch.set_num_threads(n_threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def train_both(
    first: Callable[[], None], second: Callable[[Event], None], together: bool
) -> None:
    """Run two trainings: with half of the threads each, or one after the other.

    Parameters
    ----------
    first : callable
        Runs on this thread.
    second : callable
        Runs on another. It is given an event that is set when nobody waits for it any
        more: the first has failed, or the user has interrupted it.
    together : bool
        Whether they may run at the same time, where there are threads for both.

    Raises
    ------
    BaseException
        What either raised.
    """
    given_up = Event()
    threads = torch.get_num_threads()
    half = threads // 2
    if not (together and half):
        first()
        second(given_up)
        return
    with (
        limited_to(half),
        ThreadPoolExecutor(
            1, initializer=torch.set_num_threads, initargs=(half,)
        ) as pool,
    ):
        training = pool.submit(_then_offer, threads, second, given_up)
        try:
            _then_offer(threads, first)
            training.result()
        except BaseException:
            given_up.set()
            raise
        finally:
            offer_threads(0)


def _then_offer(threads: int, train: Callable[..., None], *given: Event) -> None:
    """Run a training; kernels of the one that goes on may have all threads then."""
    try:
        train(*given)
    finally:
        offer_threads(threads)
