"""One thread at a time draws weights; a fork leaves no lock behind."""

from __future__ import annotations

import os
import threading
from threading import Event

import pytest
import torch

from hanrock_sk._base.seeding import SEEDING, generator_given_back, lock_across_forks


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_waits_for_the_lock():
    """Else it would be locked for ever in the child: its holder stays behind."""
    lock = lock_across_forks()
    held, let_go = Event(), Event()

    def hold():
        with lock:
            held.set()
            let_go.wait()

    os.register_at_fork(before=let_go.set)  # before it, as what comes last is first
    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    child = os.fork()
    if not child:
        os._exit(not lock.acquire(blocking=False))
    assert os.waitpid(child, 0)[1] == 0
    holder.join()


def test_a_thread_may_draw_weights_while_it_draws_some():
    """A callback of skorch that fits another model when it is initialised does."""
    with SEEDING:
        assert SEEDING.acquire(blocking=False)
        SEEDING.release()


def test_nobody_else_draws_until_the_generator_is_given_back():
    before = torch.get_rng_state()
    tried = []
    with generator_given_back():
        torch.rand(3)
        other = threading.Thread(
            target=lambda: tried.append(SEEDING.acquire(blocking=False))
        )
        other.start()
        other.join()
    assert tried == [False]
    assert torch.equal(torch.get_rng_state(), before)
