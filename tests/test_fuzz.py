"""Odd tables through every step: a documented error, or a result that makes sense.

The short run of the suite is the same every time. The long one draws new cases:
``HANROCK_FUZZ_CASES=20000 python -m pytest tests/test_fuzz.py``.
"""

from __future__ import annotations

import os
import warnings
from contextlib import contextmanager

import narwhals as nw
import numpy as np
import pytest
from documented_errors import DOCUMENTED, kind_of
from fuzzed_tables import MEASURED, cases
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from tiny_estimators import TINY

from hanrock_sk import (
    AuxiliaryTargets,
    AuxiliaryWeights,
    HANRockClassifier,
    HANRockRegressor,
    MonahNarrator,
    Timings,
)
from hanrock_sk.talkturns.labels import read_labels
from hanrock_sk.talkturns.values import is_missing

CASES = int(os.environ.get("HANROCK_FUZZ_CASES", "0"))


def fuzz(share, short):
    """Run a test on its share of the long run's cases, or on a few in the suite."""
    return settings(
        max_examples=round(share * CASES) if CASES else short,
        derandomize=not CASES,
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )


class Refused(Exception):
    """Something was refused with a documented error."""


@contextmanager
def documented():
    """Nothing but documented errors, and no warning of NumPy's about numbers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", RuntimeWarning)
        try:
            yield
        except Exception as error:
            if kind_of(error) is None:
                raise
            raise Refused(kind_of(error)) from error


def refuses(act):
    """Whether something is refused, with a documented error; else what it gives."""
    try:
        with documented():
            return None, act()
    except Refused as refused:
        return str(refused), None


def plain(table, names=None):
    """The values of a table, comparable."""
    table = nw.from_native(table, eager_only=True)
    return {
        name: [None if is_missing(v) else repr(v) for v in table[name].to_list()]
        for name in (names if names is not None else table.columns)
    }


def check_added(step, X, wide):
    """Rows, index and old columns as they were, new columns behind them."""
    assert type(wide) is type(X)
    assert len(wide) == len(X)
    names = list(step.get_feature_names_out())
    assert list(wide.columns) == names
    assert names[: len(X.columns)] == list(X.columns)
    kept = [name for name in X.columns if name not in step._columns_added]
    assert plain(wide, kept) == plain(X, kept)
    if hasattr(X, "index"):
        assert wide.index.equals(X.index)
        assert (wide.dtypes[kept] == X.dtypes[kept]).all()
    else:
        assert [wide.schema[n] for n in kept] == [X.schema[n] for n in kept]


def check_step(step, case):
    """Fit and transform; the result, or None if the case was refused.

    Fitting leaves parameters and table alone, a clone does the same again, and a
    refused fit leaves nothing behind.
    """
    before, params = plain_or_none(case.X), repr(step.get_params())
    kind, wide = refuses(lambda: step.fit_transform(case.X, case.y))
    assert repr(step.get_params()) == params
    assert plain_or_none(case.X) == before
    if kind is not None:
        assert not step.__sklearn_is_fitted__() if is_checked(step) else True
        again, _ = refuses(lambda: clone(step).fit_transform(case.X, case.y))
        assert again == kind
        return None
    check_added(step, case.X, wide)
    again = clone(step).fit(case.X, case.y)
    assert list(again.get_feature_names_out()) == list(wide.columns)
    return wide


def is_checked(step):
    """Whether a step says itself if it is fitted."""
    return hasattr(step, "__sklearn_is_fitted__")


def plain_or_none(X):
    """`plain`, of a table that narwhals can read."""
    try:
        return plain(X)
    except Exception:
        return None


TIMED = ["conversation", "speaker", "text", "start", "end"]


@fuzz(0.2, 40)
@given(
    cases(TIMED),
    st.builds(
        Timings,
        max_delay=st.sampled_from([10.0, 0.5, None]),
        max_speech_rate=st.sampled_from([600.0, 1.0, None]),
    ),
)
def test_timings(case, step):
    wide = check_step(step, case)
    if wide is None:
        return
    table = nw.from_native(wide, eager_only=True)
    delay, rate, duration, overlap = (
        table[name].to_numpy().astype(float) for name in step._columns_added
    )
    assert not np.isinf([delay, rate, duration, overlap]).any()
    if step.max_delay is not None:
        assert not (np.abs(delay) > step.max_delay).any()
    assert not (duration <= 0).any()
    assert not (rate < 0).any()
    assert not (overlap < 0).any()
    assert not (overlap > duration).any()
    assert plain(step.transform(case.X)) == plain(wide)


@fuzz(0.2, 40)
@given(
    cases(["conversation", "speaker", "text", *MEASURED[:6]]),
    st.builds(
        MonahNarrator,
        families=st.sampled_from(["v", "vp", "va", "vpa"]),
        baseline=st.sampled_from(["speaker", "population"]),
    ),
)
def test_narrator(case, step):
    wide = check_step(step, case)
    if wide is None:
        return
    told = nw.from_native(wide, eager_only=True)["narrative"].to_list()
    assert all(isinstance(sentence, str) for sentence in told)
    assert all(sentence.startswith("the ") or "the " in sentence for sentence in told)
    assert plain(step.transform(case.X)) == plain(wide)


@fuzz(0.2, 40)
@given(
    cases(["conversation", *MEASURED[2:]]),
    st.builds(
        AuxiliaryTargets,
        history=st.integers(0, 3),
        future=st.integers(0, 3),
        target_range=st.sampled_from(["auto", (1, 5), (-1, 1)]),
    ),
)
def test_targets(case, step):
    wide = check_step(step, case)
    if wide is None:
        return
    low, high = step.target_range_
    assert np.isfinite([low, high]).all()
    table = nw.from_native(wide, eager_only=True)
    values, present = read_labels(case.y, len(wide))
    classes = {repr(value) for value in values[present].tolist()}
    given_already = set(case.X.columns)
    for name in set(step._columns_added) - given_already:
        found = [v for v in table[name].to_list() if not is_missing(v)]
        if name.split("__")[1] in ("history", "future"):
            assert {repr(value) for value in found} <= classes
        else:
            assert all(low - 1e-9 <= value <= high + 1e-9 for value in found)
    new = step.transform(case.X)
    check_added(step, case.X, new)
    ranked = [
        n for n in step._columns_added if n.split("__")[1] in ("action", "prosody")
    ]
    assert plain(new, ranked) == plain(wide, ranked)


@fuzz(0.15, 20)
@given(
    cases(["conversation", "au05", "tone_sad"]),
    st.builds(
        AuxiliaryWeights,
        scheme=st.sampled_from(["softmax", "linear", "random"]),
        primary_weight=st.sampled_from([0.8, 0.5, 1.0]),
        random_state=st.just(0),
    ),
    st.booleans(),
)
def test_weights(case, step, with_targets):
    X = case.X
    if with_targets:
        kind, X = refuses(
            lambda: AuxiliaryTargets(history=1, future=1).fit_transform(case.X, case.y)
        )
        assume(kind is None)
    case.X = X
    wide = check_step(step, case)
    if wide is None:
        return
    table = nw.from_native(wide, eager_only=True)
    weights = np.array([table[name].to_numpy() for name in step._columns_added])
    assert (weights >= 0).all()
    np.testing.assert_allclose(weights.sum(axis=0), 1, atol=1e-9)
    assert all(np.isfinite(m) for m in step.mutual_information_.values())


@fuzz(0.25, 40)
@given(st.data())
def test_fit_and_predict(data):
    """The whole pipeline: narrate, targets, weights, and a network of a few units."""
    real = data.draw(st.booleans())
    case = data.draw(cases(["conversation", "speaker", "text", "au05"], real))
    architecture = data.draw(st.sampled_from(["rock", "flat", "han"]))
    make = HANRockRegressor if real else HANRockClassifier
    model = make(
        **TINY | {"max_epochs": 1, "architecture": architecture, "max_words": 20}
    )
    X = case.X
    if data.draw(st.booleans()):
        for step in (
            MonahNarrator(),
            AuxiliaryTargets(history=1, future=1),
            AuxiliaryWeights(random_state=0),
        ):
            kind, X = refuses(lambda step=step, X=X: step.fit_transform(X, case.y))
            if kind is not None:
                return
    before, params = plain_or_none(X), repr(model.get_params())
    kind, _ = refuses(lambda: model.fit(X, case.y))
    assert repr(model.get_params()) == params
    assert plain_or_none(X) == before
    if kind is not None:
        assert set(vars(model)) == set(params_of(model))
        return
    kind, found = refuses(lambda: model.predict(X))
    assert kind is None
    check_predictions(model, X, found)


def params_of(model):
    """The attributes of an estimator that was never fitted."""
    return vars(clone(model))


def check_predictions(model, X, found):
    """Predictions are of the labels, and do not hang on the order of conversations."""
    assert found.shape == (len(X),)
    if hasattr(model, "classes_"):
        assert set(found.tolist()) <= set(model.classes_.tolist())
        with documented():
            proba = model.predict_proba(X)
        np.testing.assert_allclose(proba.sum(axis=1), 1, atol=1e-6)
        np.testing.assert_array_equal(found, model.classes_[proba.argmax(axis=1)])
    else:
        assert np.isfinite(found).all()
    table = nw.from_native(X, eager_only=True)
    if "conversation" not in table.columns:
        return
    conversation = table["conversation"].to_list()
    rows = [r for r, c in enumerate(conversation) if c == conversation[0]]
    with documented():
        alone = model.predict(table[rows].to_native())
    if hasattr(model, "classes_"):
        np.testing.assert_array_equal(alone, found[rows])
    else:
        np.testing.assert_allclose(alone, found[rows], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("kind", DOCUMENTED)
def test_errors_are_documented(kind):
    """The table of errors in the documentation has every kind."""
    from test_security import REPOSITORY

    assert f"| {kind} |" in (REPOSITORY / "docs" / "errors.md").read_text()
