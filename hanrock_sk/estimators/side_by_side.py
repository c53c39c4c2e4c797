"""Two trainings at the same time, on a thread each.

The steps of a training with few labels are too short for two threads to gain much by
sharing them; two trainings that share nothing gain all of it. torch's operations and
our kernels let go of the interpreter while they compute.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Event, Thread
from typing import TypeVar

import torch

from hanrock_sk._base.seeding import lock_across_forks
from hanrock_sk.model.native.loading import offer_threads

Answer = TypeVar("Answer")

_SETTING = lock_across_forks()


def settle_threads() -> int:
    """Settle, and return, how many threads torch has on this thread of Python's.

    Asking settles it: a thread that has not computed yet takes what was set last, by
    whomever. So it is asked while nobody sets a number for a thread of his own.
    """
    with _SETTING:
        return torch.get_num_threads()


def _set_here(n_threads: int) -> None:
    """Set the number of threads on this thread of Python's alone.

    `torch.set_num_threads` also sets it for all that have not computed yet. A fit that
    begins there would have a number of threads, and so last bits, that depend on when
    it began.
    """
    with _SETTING:
        settle_threads()  # else the first look would take that of the others
        of_others = _on_a_new_thread(torch.get_num_threads)
        try:
            torch.set_num_threads(n_threads)
        finally:
            _on_a_new_thread(lambda: torch.set_num_threads(of_others))


def _on_a_new_thread(function: Callable[[], Answer]) -> Answer:
    answers: list[Answer] = []
    thread = Thread(target=lambda: answers.append(function()))
    thread.start()
    thread.join()
    return answers[0]


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
    given_up, limited = Event(), Event()
    threads = settle_threads()
    half = threads // 2
    if not (together and half):
        first()
        second(given_up)
        return
    outcome: Future[None] = Future()

    def train_second() -> None:
        try:
            _set_here(half)
            limited.set()
            second(given_up)
        except BaseException as problem:
            outcome.set_exception(problem)
        else:
            outcome.set_result(None)
        limited.set()  # also if it could not be
        if not given_up.is_set():
            offer_threads(threads)

    # Not an executor, which takes nothing once the main thread of a script has ended.
    other = Thread(target=train_second)
    try:
        _set_here(half)
        other.start()
        limited.wait()
        first()
        # Kernels of the one that goes on may have all threads then.
        offer_threads(threads)
        other.join()
    except BaseException:
        given_up.set()
        if other.is_alive():
            other.join()
        raise
    finally:
        offer_threads(0)
        _set_here(threads)
    outcome.result()
