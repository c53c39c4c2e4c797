"""Fitting: the same again and again, and nothing left over when it fails."""

from __future__ import annotations

import importlib
import pickle

import numpy as np
import pytest
from every_estimator import (
    assert_same,
    is_transformer,
    methods_of,
    plain,
    said_of,
    taken,
)
from sklearn.exceptions import NotFittedError
from tiny_estimators import global_generators


def state_of(model):
    """What was learnt, network and all, but for the time it took."""
    state = pickle.loads(pickle.dumps(model.__getstate__()))
    for record in state.get("history_", []):
        record.pop("seconds")
    return pickle.dumps(state)


def test_fit_returns_the_estimator_itself(case, frame):
    columns, y = case.data()
    model = case.make()
    before = set(vars(model))
    assert model.fit(frame(columns), y) is model
    public = [name for name in set(vars(model)) - before if name[0] != "_"]
    assert public
    assert all(name.endswith("_") for name in public)
    assert not any(name.endswith("_") for name in before)


def test_fitting_twice_is_fitting_once(case, frame, fitted):
    columns, y = case.data()
    X = frame(columns)
    expected = said_of(fitted, X)
    again = fitted.fit(X, y)
    assert_same(said_of(again, X), expected)


def test_nothing_is_left_of_an_earlier_fit(case, frame, fitted):
    """Fitted to fewer columns and rows before, with other parameters."""
    columns, y = case.data()
    left = {n: v for n, v in columns.items() if not n.startswith(("tone", "aux__pro"))}
    left = {n: v for n, v in left.items() if not n.startswith("weight__prosody")}
    fewer = [row for row, who in enumerate(columns["conversation"]) if who < 4]
    other = {n: case.other[n] for n in ("baseline", "random_state") if n in case.other}
    model = case.make(**other).fit(frame(taken(left, fewer)), [y[row] for row in fewer])
    model.set_params(**case.make().get_params()).fit(frame(columns), y)
    assert set(vars(model)) == set(vars(fitted))
    assert_same(said_of(model, frame(columns)), said_of(fitted, frame(columns)))
    assert model.n_features_in_ == len(columns)


def test_saying_something_changes_nothing(case, frame, fitted):
    X = frame(case.data()[0])
    before, names = state_of(fitted), set(vars(fitted))
    for method in methods_of(fitted):
        getattr(fitted, method)(X)
    assert set(vars(fitted)) == names
    assert state_of(fitted) == before


def test_a_fit_that_fails_leaves_the_estimator_as_it_was(case, frame, fitted):
    columns, y = case.data()
    X, bad = frame(columns), frame(case.spoil(columns))
    model = case.make()
    with pytest.raises(ValueError, match=f"Column '{case.spoilt[0]}'.*row"):
        model.fit(bad, y)
    assert vars(model) == model.get_params()
    for method in methods_of(model):
        with pytest.raises(NotFittedError):
            getattr(model, method)(X)

    before, expected = state_of(fitted), said_of(fitted, X)
    with pytest.raises(ValueError, match="row"):
        fitted.fit(bad, y)
    assert state_of(fitted) == before
    assert_same(said_of(fitted, X), expected)


def test_the_global_generators_are_left_alone(case, frame):
    columns, y = case.data()
    before = global_generators()
    model = case.make()
    if "random_state" in case.params:
        model.set_params(random_state=None)
    said_of(model.fit(frame(columns), y), frame(columns))
    assert global_generators() == before


@pytest.mark.parametrize("library", ["numpy", "pandas", "polars"])
def test_labels_in_any_kind_of_column(case, frame, fitted, library):
    columns, y = case.data()
    if library == "numpy":
        given = np.array(y, dtype=object)
    else:
        given = importlib.import_module(library).Series(y)
    model = case.make().fit(frame(columns), given)
    assert_same(said_of(model, frame(columns)), said_of(fitted, frame(columns)))


def test_fit_transform_is_fit_and_transform(case, frame, fitted):
    """But for the targets made of labels, which only `fit_transform` knows."""
    if not is_transformer(fitted):
        assert not hasattr(fitted, "fit_transform")
        return
    columns, y = case.data()
    found = plain(case.make().fit_transform(frame(columns), y))
    expected = said_of(fitted, frame(columns))
    assert list(found) == list(expected)
    if case.kind.__name__ == "AuxiliaryTargets":
        for name in expected:
            if name.startswith(("aux__history", "aux__future")):
                assert set(expected[name]) == {None}
                assert None not in found[name]
                found[name] = expected[name]
    assert_same(found, expected)
