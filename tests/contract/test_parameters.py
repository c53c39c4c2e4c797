"""Parameters: stored as they are given, checked in `fit`, and left alone there."""

from __future__ import annotations

import inspect

import joblib
import pytest
from every_estimator import CASES, assert_same, plain, public_estimators, said_of
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.utils.validation import check_is_fitted

import hanrock_sk


def test_every_public_class_has_a_case():
    """A new estimator comes under the contract by being there."""
    assert {case.kind for case in CASES.values()} == set(public_estimators().values())


def test_what_can_be_fitted_is_offered_at_the_top():
    offered = [getattr(hanrock_sk, name) for name in hanrock_sk.__all__]
    can_be_fitted = {
        thing for thing in offered if inspect.isclass(thing) and hasattr(thing, "fit")
    }
    assert can_be_fitted == set(public_estimators().values())


def test_the_constructor_stores_and_does_nothing_else(case):
    given = {name: object() for name in inspect.signature(case.kind).parameters}
    model = case.kind(**given)
    assert vars(model) == given
    found = model.get_params(deep=False)
    assert found.keys() == given.keys()
    assert all(found[name] is value for name, value in given.items())


def test_every_parameter_can_be_set(case):
    names = set(inspect.signature(case.kind).parameters)
    assert set(case.other) == names
    model = case.make()
    for name, value in case.other.items():
        assert model.get_params()[name] != value, "or the test would see nothing"
        assert model.set_params(**{name: value}) is model
        assert model.get_params()[name] is value
    with pytest.raises(ValueError, match="Invalid parameter 'colour'"):
        model.set_params(colour=1)


def test_a_clone_has_the_parameters_and_is_not_fitted(case, fitted):
    for model in (case.make(**case.other), fitted):
        before = joblib.hash(model.get_params())
        copied = clone(model)
        assert type(copied) is case.kind
        assert joblib.hash(copied.get_params()) == before
        assert vars(copied).keys() == model.get_params().keys()
    check_is_fitted(fitted)


def test_every_parameter_is_checked_in_fit(case, frame):
    columns, y = case.data()
    names = set(inspect.signature(case.kind).parameters)
    assert set(case.kind._parameter_constraints) == names
    for name in names:
        model = case.make(**{name: object()})
        before = dict(vars(model))
        complaint = f"The '{name}' parameter of {case.kind.__name__} must be"
        with pytest.raises(ValueError, match=complaint):
            model.fit(frame(columns), y)
        assert vars(model) == before


def test_fit_leaves_parameters_and_data_alone(case, frame):
    columns, y = case.data()
    X, given, model = frame(columns), list(y), case.make()
    params, content = model.get_params(), joblib.hash(model.get_params())
    before = plain(X)
    model.fit(X, given)
    said_of(model, X)
    found = model.get_params()
    assert all(found[name] is value for name, value in params.items())
    assert joblib.hash(found) == content
    assert plain(X) == before
    assert list(X.columns) == list(columns)
    assert given == y


def test_a_parameter_set_after_fit_counts_from_the_next_fit(case, frame, fitted):
    X = frame(case.data()[0])
    expected = said_of(fitted, X)
    assert_same(said_of(fitted.set_params(**case.other), X), expected)


def test_repr_shows_what_is_not_default(case):
    assert repr(case.kind()) == f"{case.kind.__name__}()"
    name, value = next(iter(case.other.items()))
    assert f"{name}={value!r}" in repr(case.kind(**{name: value}))


def test_html_shows_the_name_parameters_and_what_was_learnt(case, fitted):
    name = case.kind.__name__
    assert "Not fitted" in case.make()._repr_html_()
    page = fitted._repr_html_()
    assert "Not fitted" not in page
    for word in [name, *fitted.get_params(), *learnt(fitted)]:
        assert word in page, word
    assert name in make_pipeline("passthrough", fitted)._repr_html_()


def learnt(model):
    """The attributes that a fitted estimator shows."""
    return [name for name in vars(model) if name.endswith("_") and name[0] != "_"]
