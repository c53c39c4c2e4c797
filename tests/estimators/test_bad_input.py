"""Bad input gets a clear error, and leaves the estimator as it was."""

from __future__ import annotations

import copy
import math
import warnings
from functools import cache

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from tiny_estimators import (
    have_same_weights,
    supervised,
    talkturns,
    tiny_classifier,
    tiny_regressor,
    weights_of,
)


def lacking(name):
    return lambda columns: {k: v for k, v in columns.items() if k != name}


def with_value(name, row, value):
    def change(columns):
        changed = list(columns[name])
        changed[row] = value
        return columns | {name: changed}

    return change


def all_of(name, value):
    return lambda columns: columns | {name: [value] * len(columns["text"])}


BAD_TABLES = {
    "no rows": (lambda columns: {k: [] for k in columns}, "0 rows"),
    "no text": (lacking("text"), r"lacks the column\(s\) \['text'\]"),
    "a missing text": (with_value("text", 4, None), "Column 'text', row 4: .* missing"),
    "a missing conversation": (
        with_value("conversation", 5, None),
        "Column 'conversation', row 5",
    ),
    "strings for values": (
        all_of("aux__action__au05", "high"),
        "Column 'aux__action__au05' must hold numbers; row 0 holds 'high'",
    ),
    "an infinite target": (
        with_value("aux__action__au05", 3, math.inf),
        "Column 'aux__action__au05', row 3: the value is infinite",
    ),
    "a label that is no class": (
        with_value("aux__history__1", 2, "bored"),
        "Column 'aux__history__1', row 2: the label 'bored' is none of the classes",
    ),
    "an unknown family": (all_of("aux__smell__rose", 1.0), "Column 'aux__smell__rose'"),
    "only some weights": (
        lacking("weight__future__1"),
        r"lacks the column\(s\) \['weight__future__1'\]",
    ),
    "no primary weight": (
        lacking("weight__primary"),
        r"lacks the column\(s\) \['weight__primary'\]",
    ),
    "a negative weight": (
        with_value("weight__primary", 7, -0.25),
        "Column 'weight__primary', row 7: .* not negative, got -0.25",
    ),
    "a missing weight": (
        with_value("weight__history__1", 7, math.nan),
        "Column 'weight__history__1', row 7: a loss weight must be",
    ),
    "an infinite weight": (
        with_value("weight__primary", 7, math.inf),
        "Column 'weight__primary', row 7: the value is infinite",
    ),
    "strings for weights": (
        all_of("weight__primary", "much"),
        "Column 'weight__primary' must hold numbers; row 0 holds 'much'",
    ),
}


@cache
def fitted_on(frame):
    columns, y = supervised()
    return tiny_classifier().fit(frame(columns), y)


@pytest.fixture
def model(frame):
    """Fitted once for all tests, none of which may change it."""
    return fitted_on(frame)


class TestFailure:
    """Whatever goes wrong, the estimator is as it was before."""

    def check_untouched(self, model, fit, error, match):
        before = dict(vars(model))
        history = copy.deepcopy(model.history_)
        weights = weights_of(model)
        with pytest.raises(error, match=match):
            fit(model)
        after = vars(model)
        assert after.keys() == before.keys()
        for name, value in before.items():
            assert after[name] is value or after[name] == value, name
        assert model.history_ == history
        for name, weight in weights_of(model).items():
            assert np.array_equal(weight, weights[name])

        unfitted = clone(model)
        params = dict(vars(unfitted))
        with pytest.raises(error, match=match):
            fit(unfitted)
        assert vars(unfitted) == params

    @pytest.mark.parametrize("kind", BAD_TABLES)
    def test_bad_tables(self, frame, model, kind):
        change, match = BAD_TABLES[kind]
        columns, y = supervised()
        changed = change(columns)
        X, y = frame(changed), y if len(changed["conversation"]) else []
        self.check_untouched(model, lambda m: m.fit(X, y), ValueError, match)

    def test_bad_labels(self, frame, model):
        X = frame(supervised()[0])
        for y, match in [
            ([None] * len(X), "All .* labels of y are missing"),
            (["sad"] * len(X), "only one class, 'sad'"),
            (np.linspace(0, 1, len(X)), "Unknown label type: continuous"),
        ]:
            self.check_untouched(model, lambda m, y=y: m.fit(X, y), ValueError, match)

    def test_bad_parameters(self, frame, model):
        columns, y = supervised()
        X = frame(columns)

        def fit(m):
            try:
                m.set_params(content_size=0).fit(X, y)
            finally:
                m.set_params(content_size=3)

        self.check_untouched(model, fit, ValueError, "content_size")

    @pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, SystemExit])
    def test_interrupts_are_raised(self, frame, model, error):
        class Interrupts:
            def setup(self, estimator, context): ...

            def teardown(self, estimator, context): ...

            def on_fit_task_begin(self, estimator, context): ...

            def on_fit_task_end(self, estimator, context):
                if context.task_id == 1:
                    raise error("enough")

        columns, y = supervised()
        X, interrupts = frame(columns), Interrupts()

        def fit(m):
            try:
                m.set_callbacks(interrupts).fit(X, y)
            finally:
                m.set_callbacks()

        self.check_untouched(model, fit, error, "enough")

    def test_a_loss_that_is_not_finite(self, frame, model):
        columns, y = supervised()
        X = frame(columns)

        def fit(m):
            try:
                m.set_params(lr=1e30, clip_norm=None).fit(X, y)
            finally:
                m.set_params(lr=0.002, clip_norm=1.0)

        self.check_untouched(
            model, fit, FloatingPointError, r"epoch 1: .* is not finite.*lr=1e\+30"
        )

    def test_sequences_that_are_no_talkturns(self, model):
        for X, error, match in [
            ([], ValueError, "0 talkturns"),
            ("yes", TypeError, "one string"),
            (None, TypeError, "NoneType"),
            ([1, 2], ValueError, "Row 0: expected a string"),
        ]:
            self.check_untouched(
                model, lambda m, X=X: m.fit(X, ["a", "b"]), error, match
            )


def test_a_loss_that_is_not_finite_later_keeps_the_best_weights():
    columns, y = talkturns("regression")
    X = pd.DataFrame(columns)
    params = {"lr": 1e13, "clip_norm": None, "optimizer": "sgd", "batch_size": 1000}
    model = tiny_regressor(max_epochs=5, **params)
    with pytest.warns(ConvergenceWarning, match="weights of epoch 1 are kept"):
        model.fit(X, y)
    assert model.best_epoch_ == model.n_iter_ == 1
    assert np.isfinite(model.predict(X)).all()
    expected = tiny_regressor(max_epochs=1, **params)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Training stopped")
        expected.fit(X, y)
    assert have_same_weights(model, expected)


@pytest.mark.parametrize("fraction", [0.0, 0.1])
def test_an_only_epoch_that_spoils_the_weights_is_no_success(fraction):
    """All losses of training are finite, what comes of the last step is not."""
    columns, y = talkturns()
    model = tiny_classifier(
        lr=1e38,
        l2=1e3,
        clip_norm=None,
        optimizer="sgd",
        batch_size=1000,
        max_epochs=1,
        validation_fraction=fraction,
    )
    with pytest.raises(FloatingPointError, match="epoch 1"):
        model.fit(pd.DataFrame(columns), y)


@pytest.mark.parametrize("name", ["optimizer", "max_epochs", "lr", "device"])
def test_net_params_with_names_of_the_estimator(name):
    X, y = talkturns()
    with pytest.raises(ValueError, match=rf"net_params holds \['{name}'\]"):
        tiny_classifier(net_params={name: 1}).fit(X, y)
