"""Threads that spin alone, and sleep beside others."""

from __future__ import annotations

import types

import pytest
import torch

from hanrock_sk.model.native import loading, waiting
from hanrock_sk.model.native.waiting import BUSY, INTERVAL, CoreSharing


@pytest.fixture
def system(monkeypatch):
    """A clock, how often cores were taken away, and what threads were told."""
    told = types.SimpleNamespace(now=0.0, taken=0, threads=2, asleep=[])
    library = types.SimpleNamespace(
        wait_asleep=told.asleep.append, team_size=lambda: told.threads
    )
    monkeypatch.setattr(waiting, "compiled", lambda: library)
    monkeypatch.setattr(waiting.time, "perf_counter", lambda: told.now)
    monkeypatch.setattr(CoreSharing, "_times_taken", lambda _: told.taken)
    for name in waiting.DECIDED_BY_USER:
        monkeypatch.delenv(name, raising=False)

    def passes(seconds, taken):
        told.now += seconds
        told.taken += taken

    told.passes = passes
    return told


def test_they_sleep_while_others_compute(system):
    with CoreSharing() as cores:
        for taken in (0, BUSY, BUSY + 1, 2 * BUSY, BUSY - 1, 10 * BUSY):
            system.passes(1.0, taken)
            cores.look()
        assert system.asleep == [1, 0, 1]
    assert system.asleep == [1, 0, 1, 0]


def test_looks_are_some_time_apart(system):
    with CoreSharing() as cores:
        system.passes(INTERVAL / 2, 1000)
        cores.look()
        assert system.asleep == []
        system.passes(INTERVAL / 2, 0)
        cores.look()
        assert system.asleep == [1]


def test_after_an_error_they_spin_again(system):
    def fails():
        with CoreSharing() as cores:
            system.passes(1.0, 1000)
            cores.look()
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert system.asleep == [1, 0]


@pytest.mark.parametrize("why", ["one thread", "a setting", "no library"])
def test_where_it_does_nothing(system, monkeypatch, why):
    if why == "one thread":
        system.threads = 1
    elif why == "a setting":
        monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")
    else:
        monkeypatch.setattr(waiting, "compiled", lambda: None)
    with CoreSharing() as cores:
        system.passes(1.0, 1000)
        cores.look()
    assert system.asleep == []


def test_the_library_says_what_was(compiled_steps):
    library = loading.compiled()
    left, right = torch.randn(300, 300), torch.randn(300, 300)
    expected = left @ right
    assert [library.wait_asleep(asleep) for asleep in (1, 1, 0, 0)] == [0, 1, 1, 0]
    library.wait_asleep(1)
    assert torch.equal(left @ right, expected)
    library.wait_asleep(0)
    assert torch.equal(left @ right, expected)
