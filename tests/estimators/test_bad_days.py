"""Interrupts at any moment, killed workers, full disks, talkturns as long as books."""

from __future__ import annotations

import gc
import resource
import signal
import time
import tracemalloc
import warnings

import joblib
import numpy as np
import pytest
import torch
from frames import DataFrame
from joblib._store_backends import CacheWarning
from joblib.externals.loky.process_executor import TerminatedWorkerError
from killed_worker import KilledOnce
from scripts import forked_workers
from sklearn import get_config, set_config
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GroupKFold, cross_validate
from tiny_estimators import (
    PLAIN_LOSS,
    TINY,
    global_generators,
    have_same_weights,
    supervised,
    talkturns,
    tiny_classifier,
    tiny_regressor,
    weights_of,
)

from hanrock_sk.text import Vocabulary


class TestCtrlC:
    """A real signal, at moments spread over the whole of a fit."""

    @pytest.fixture
    def interrupt(self):
        def raise_interrupt(number, frame):
            raise KeyboardInterrupt

        # By the clock of this process: others on the machine don't count.
        before = signal.signal(signal.SIGPROF, raise_interrupt)
        configuration, grad = get_config(), torch.is_grad_enabled()
        yield lambda seconds: signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        # A signal at the very end of scikit-learn's `config_context` leaves its
        # settings there: parameters of all tests to come would not be validated.
        set_config(**configuration)
        torch.set_grad_enabled(grad)

    @pytest.mark.parametrize("fitted", [False, True])
    def test_it_is_raised_and_the_estimator_is_as_before(self, interrupt, fitted):
        columns, y = supervised()
        X = DataFrame(columns)
        model = tiny_classifier(max_epochs=4)
        expected, took = None, []
        for _ in range(3):
            began = time.process_time()
            expected = clone(model).fit(X, y)
            took.append(time.process_time() - began)
        if fitted:
            model.set_params(random_state=1).fit(X, y).set_params(random_state=0)
        before, weights = dict(vars(model)), weights_of(model) if fitted else {}
        generators, interrupted = global_generators(), 0
        for share in np.linspace(0.02, 0.8, 8):
            try:
                interrupt(share * min(took))
                model.fit(X, y)
            except KeyboardInterrupt:
                interrupted += 1
                assert dict(vars(model)) == before
                assert torch.is_grad_enabled()
                if fitted:
                    for name, weight in weights_of(model).items():
                        np.testing.assert_array_equal(weight, weights[name])
            else:  # the fit was over before the signal came
                interrupt(0)
                model.__dict__.clear()
                model.__dict__.update(before)
            assert global_generators() == generators
        assert interrupted >= 4
        gc.collect()
        assert have_same_weights(model.fit(X, y), expected)


class TestKilledWorkers:
    """``kill -9`` of a process of joblib's, as the kernel does when memory is short."""

    def test_the_search_fails_with_a_reason_and_goes_on_from_its_memory(self, tmp_path):
        columns, y = talkturns()
        X = DataFrame(columns)
        y = np.array([label or "none" for label in y])
        folds = {"groups": X["conversation"], "cv": GroupKFold(3)}
        params = {**TINY, **PLAIN_LOSS, "memory": str(tmp_path / "memory")}
        model = KilledOnce(sign=str(tmp_path / "sign"), **params)

        def fitted_on_each_fold(model):
            return cross_validate(
                model, X, y, **folds, return_estimator=True, error_score="raise"
            )["estimator"]

        with forked_workers(), joblib.parallel_config("loky", n_jobs=2):
            with pytest.raises(TerminatedWorkerError, match="SIGKILL"):
                fitted_on_each_fold(model)
            assert not hasattr(model, "net_")
            fitted = fitted_on_each_fold(model)
        alone = fitted_on_each_fold(tiny_classifier())
        np.testing.assert_array_equal(
            [model.predict_proba(X) for model in fitted],
            [model.predict_proba(X) for model in alone],
        )


class TestLossesThatAreNotFinite:
    def test_the_task_the_epoch_and_the_cause_are_named(self):
        columns, y = supervised("regression")
        huge = [1e38 * (-1) ** row for row in range(len(y))]
        X = DataFrame(columns | {"aux__action__au17": huge})
        model = tiny_regressor(loss="squared_error")
        with pytest.raises(
            FloatingPointError,
            match=r"in epoch 1: the loss of action__au17 is not finite.*learning rate "
            r"that is too high \(lr=0\.002\)",
        ):
            model.fit(X, y)
        assert not hasattr(model, "net_")

    def test_the_best_weights_are_kept_and_predict(self):
        columns, y = talkturns("regression")
        X = DataFrame(columns)
        params = {"lr": 1e13, "clip_norm": None, "optimizer": "sgd", "batch_size": 999}
        with pytest.warns(ConvergenceWarning, match=r"in epoch 2.*epoch 1 are kept"):
            model = tiny_regressor(max_epochs=5, **params).fit(X, y)
        assert np.isfinite(model.predict(X)).all()


class TestLongTalkturns:
    """Somebody passes a whole book as one talkturn."""

    BOOK = "word after word it goes on and on. " * 5_000  # 40,000 words, 180 KB

    @pytest.mark.parametrize("text", [BOOK, BOOK.replace("word", "w\u00f6rd")])
    def test_it_is_cut_in_bounded_memory(self, text):
        vocabulary = Vocabulary.build(["word after word"])
        tracemalloc.start()
        try:
            with pytest.warns(UserWarning, match="40000"):
                tokens = vocabulary.encode(["hi", text, ""], max_words=120)
            rebuilt = Vocabulary.build([text])
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert tokens.lengths.tolist() == [1, 120, 1]
        assert len(rebuilt) == 8
        # All words at once would be sixteen times its size more.
        assert peak < (8 if text.isascii() else 18) * len(text)

    def test_fit_and_predict_warn_once_with_the_count(self):
        columns, y = talkturns()
        texts = ["and so on"] * len(y)
        texts[3] = texts[17] = self.BOOK
        X = DataFrame(columns | {"text": texts})
        model = tiny_classifier(max_words=10, max_epochs=1)
        expected = (
            "2 of 50 talkturns have more than max_words=10 words (the longest 40000); "
            "only their first 10 are read."
        )
        for act in (lambda: model.fit(X, y), lambda: model.predict(X)):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                warnings.simplefilter("ignore", ConvergenceWarning)  # of one epoch
                act()
            assert [str(warning.message) for warning in caught] == [expected]
        assert np.isfinite(model.predict_proba(X)).all()


def test_a_memory_on_a_full_disk_costs_no_fit(tmp_path):
    """What cannot be remembered is trained all the same, with joblib's warning."""
    columns, y = talkturns()
    X = DataFrame(columns)
    model = tiny_classifier(memory=str(tmp_path))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, hard))
    try:
        with pytest.warns(CacheWarning, match="Unable to cache to disk"):
            model.fit(X, y)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert have_same_weights(model, tiny_classifier().fit(X, y))
    again = clone(model).fit(X, y)  # nothing half-written is mistaken for a fit
    assert have_same_weights(again, model)
