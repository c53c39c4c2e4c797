"""Errors say what was wrong, where, and what is expected."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from every_estimator import methods_of
from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags

NO_TALKTURNS = {
    "None": None,
    "a number": 3,
    "one string": "yes",
    "bytes": b"yes",
    "a function": len,
}


def test_not_fitted(case, frame):
    X, model = frame(case.data()[0]), case.make()
    for method in methods_of(model):
        complaint = f"This {case.kind.__name__} instance is not fitted yet"
        with pytest.raises(NotFittedError, match=complaint):
            getattr(model, method)(X)


def everywhere(case, fitted, y):
    """`fit`, and every method that takes new talkturns."""
    yield lambda X: case.make().fit(X, y)
    for method in methods_of(fitted):
        yield getattr(fitted, method)


@pytest.mark.parametrize("kind", NO_TALKTURNS)
def test_no_talkturns_at_all(case, fitted, kind):
    for call in everywhere(case, fitted, ["a", "b"]):
        with pytest.raises(TypeError, match=r"Expected a (talkturn )?table"):
            call(NO_TALKTURNS[kind])


def test_arrays(case, fitted):
    numbers = np.zeros((4, 3))
    for call in everywhere(case, fitted, list("abab")):
        complaint = r"Expected a talkturn table .*got an ndarray.*no column names"
        with pytest.raises(TypeError, match=complaint):
            call(numbers)


def test_a_lazy_table(case, fitted):
    columns, y = case.data()
    for call in everywhere(case, fitted, y):
        with pytest.raises(TypeError, match=r"Expected a talkturn table.*LazyFrame"):
            call(pl.LazyFrame(columns))


def test_an_empty_table(case, frame, fitted):
    columns, _ = case.data()
    for call in everywhere(case, fitted, []):
        with pytest.raises(ValueError, match="has 0 rows; at least one is needed"):
            call(frame({name: [] for name in columns}))


def test_column_names_that_are_no_strings(case, fitted):
    import pandas as pd

    columns, y = case.data()
    for call in everywhere(case, fitted, y):
        with pytest.raises(TypeError, match=r"Column names must be strings; \[7\]"):
            call(pd.DataFrame(columns | {7: y}))


def test_a_column_that_is_not_there(case, frame, fitted):
    if case.needed is None:
        return
    columns, y = case.data()
    lacking = frame({n: v for n, v in columns.items() if n != case.needed})
    calls = list(everywhere(case, fitted, y))
    if case.kind.__name__ == "AuxiliaryTargets":
        calls = calls[1:]  # in `fit` it takes the columns that there are
    for call in calls:
        complaint = rf"lacks the column\(s\) \['{case.needed}'\]. It has: \['conv"
        with pytest.raises(ValueError, match=complaint):
            call(lacking)


def test_labels_that_do_not_fit(case, frame):
    columns, y = case.data()
    X, model = frame(columns), case.make()
    if not get_tags(model).target_tags.required:
        assert model.fit(X) is model
        return
    with pytest.raises(TypeError, match="'y'"):
        model.fit(X)
    for bad, complaint in [
        (None, "y is None"),
        (y[:-1], f"y has {len(y) - 1} labels for {len(y)} talkturns"),
        ([None] * len(y), f"All {len(y)} labels of y are missing"),
        (np.zeros((len(y), 2)), r"y must be one-dimensional, got shape"),
        ([["a", "b"]] * len(y), r"y must be one-dimensional, got shape"),
        ([*y[:-1], np.inf], f"y, row {len(y) - 1}|mixes strings"),
        ([*y[:-1], object()], "y must hold|mixes strings"),
    ]:
        with pytest.raises(ValueError, match=complaint):
            model.fit(X, bad)
