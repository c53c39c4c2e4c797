"""Two trainings at once: the same as one after the other, and no thread is left."""

from __future__ import annotations

import subprocess
import sys
import threading
from threading import Event

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from skorch.callbacks import Callback
from tiny_estimators import global_generators, supervised, tiny_classifier

from hanrock_sk._base.seeding import SEEDING
from hanrock_sk.estimators import fitting, side_by_side
from hanrock_sk.estimators.side_by_side import settle_threads, train_both


@pytest.fixture
def threads():
    """Two threads, whatever the number of workers of the tests."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def tiny(**params):
    """A model whose training draws dropout masks of every kind."""
    return tiny_classifier(
        calibrate=True, validation_fraction=0.0, max_epochs=6, direct=True,
        gru_dropout=0.3, recurrent_dropout=0.2, head_dropout=0.4, **params,
    )  # fmt: skip


@pytest.fixture(scope="module")
def data():
    columns, y = supervised()
    return pd.DataFrame(columns), y


@pytest.fixture
def where(monkeypatch):
    """The threads on which networks are trained, the first and the second."""
    names = []

    def spied(first, second, together):
        def on_this(train):
            def run(*args):
                names.append(threading.current_thread())
                return train(*args)

            return run

        return train_both(on_this(first), on_this(second), together)

    monkeypatch.setattr(fitting, "train_both", spied)
    return names


def test_the_same_as_one_after_the_other(data, where, threads):
    X, y = data
    side_by_side = tiny().fit(X, y)
    assert len(set(where)) == 2
    torch.set_num_threads(1)
    one_by_one = tiny().fit(X, y)
    assert len(set(where[2:])) == 1
    assert side_by_side.temperature_ == one_by_one.temperature_
    np.testing.assert_array_equal(
        side_by_side.predict_proba(X), one_by_one.predict_proba(X)
    )


def test_fits_on_several_threads_are_those_of_one(data, threads):
    """As in a search on a cluster whose workers have threads."""
    X, y = data
    before = global_generators()
    expected = [tiny(random_state=seed).fit(X, y) for seed in range(3)]
    with joblib.parallel_config(backend="threading", n_jobs=3):
        found = joblib.Parallel()(
            joblib.delayed(tiny(random_state=seed).fit)(X, y) for seed in range(3)
        )
    assert global_generators() == before
    for model, same in zip(found, expected, strict=True):
        np.testing.assert_allclose(
            model.predict_proba(X), same.predict_proba(X), rtol=1e-3, atol=1e-4
        )


def test_callbacks_that_may_draw_have_the_generators_to_themselves(
    data, where, threads
):
    class Draws(Callback):
        def on_batch_end(self, net, **kwargs):
            drawn[-1].append(torch.rand(()).item())

    X, y = data
    drawn = []
    for _ in range(2):
        drawn.append([])
        tiny(net_params={"callbacks": [Draws()]}).fit(X, y)
    assert len(set(where)) == 1
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize("remembered", [False, True])
def test_callbacks_may_fit_other_models_when_they_are_made(data, tmp_path, remembered):
    """On other threads, too, which draw weights, so that none may be waited for."""
    X, y = data
    free = []

    def ask():
        free.append(SEEDING.acquire(blocking=False))
        if free[-1]:
            SEEDING.release()

    class Asks(Callback):
        def initialize(self):
            other = threading.Thread(target=ask)
            other.start()
            other.join()
            return self

    params = {"net_params": {"callbacks": [Asks()]}}
    for _ in range(1 + remembered):
        tiny(**params, memory=str(tmp_path) if remembered else None).fit(X, y)
    assert free
    assert all(free)


def test_each_has_half_of_the_threads(threads):
    seen = []

    def train(*args):
        seen.append(torch.get_num_threads())

    torch.set_num_threads(4)
    train_both(train, train, True)
    assert seen == [2, 2]
    assert torch.get_num_threads() == 4


def test_a_problem_of_the_second_is_raised(threads):
    def fails(given_up):
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        train_both(lambda: None, fails, True)


def test_a_problem_of_the_first_ends_the_second(threads):
    """Which would run for ever."""

    def fails():
        raise KeyboardInterrupt

    ended = Event()

    def second(given_up):
        given_up.wait()
        ended.set()

    with pytest.raises(KeyboardInterrupt):
        train_both(fails, second, True)
    assert ended.is_set()


def test_one_after_the_other_a_problem_of_the_first_is_all():
    def fails():
        raise OSError("disk full")

    started = []
    with pytest.raises(OSError, match="disk full"):
        train_both(fails, started.append, False)
    assert not started


@pytest.mark.parametrize("fails", ["none", "first", "second", "both"])
def test_threads_are_offered_no_longer_than_both_take(threads, monkeypatch, fails):
    """Also if the second goes on for a while after the first has failed."""
    offered = []
    monkeypatch.setattr(side_by_side, "offer_threads", offered.append)

    def first():
        if fails in ("first", "both"):
            raise OSError("disk full")

    def second(given_up):
        if fails in ("first", "both"):
            given_up.wait()
        if fails in ("second", "both"):
            raise OSError("disk full")

    if fails == "none":
        train_both(first, second, True)
    else:
        with pytest.raises(OSError, match="disk full"):
            train_both(first, second, True)
    assert offered[-1] == 0


def test_other_threads_have_as_many_as_ever(threads):
    """Those that begin meanwhile, too: a fit's last bits would depend on when."""
    seen = []

    def look():
        seen.append(torch.get_num_threads())

    def look_elsewhere(*args):
        other = threading.Thread(target=look)
        other.start()
        other.join()

    torch.set_num_threads(4)
    train_both(look_elsewhere, look_elsewhere, True)
    look_elsewhere()
    assert seen == [4, 4, 4]


def test_a_fit_waits_while_another_sets_its_threads(threads, monkeypatch):
    """Else it would have the other's number, which stands for all for a moment."""
    seen, asking = [], []

    def spied(function):
        if function is not torch.get_num_threads and not asking:
            asking.append(
                threading.Thread(target=lambda: seen.append(settle_threads()))
            )
            asking[0].start()
            asking[0].join(0.05)
        return on_a_new_thread(function)

    on_a_new_thread = side_by_side._on_a_new_thread
    monkeypatch.setattr(side_by_side, "_on_a_new_thread", spied)
    torch.set_num_threads(4)
    train_both(lambda: None, lambda given_up: None, True)
    asking[0].join()
    assert seen == [4]


AFTER_MAIN = """
import threading
import torch
from hanrock_sk.estimators.side_by_side import train_both

def fit():
    threading.main_thread().join()
    torch.set_num_threads(2)
    train_both(lambda: print("first"), lambda given_up: given_up.is_set(), True)
    print("both")

threading.Thread(target=fit).start()
"""


def test_a_thread_may_fit_when_the_script_has_come_to_its_end():
    command = [sys.executable, "-c", AFTER_MAIN]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.stdout.split() == ["first", "both"], run.stderr
