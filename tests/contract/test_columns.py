"""Columns: those that came in pass unchanged, new ones stand behind them by name."""

from __future__ import annotations

import datetime
import importlib

import numpy as np
import pandas as pd
import polars as pl
import pytest
from every_estimator import (
    assert_same,
    is_transformer,
    plain,
    public_estimators,
    said_of,
)
from sklearn import config_context
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

LIBRARIES = {"pandas": pd.DataFrame, "polars": pl.DataFrame}
TRANSFORMERS = {c for c in public_estimators().values() if hasattr(c, "transform")}


@pytest.fixture
def transformer(fitted):
    """The fitted transformers among the cases; of estimators, none."""
    return fitted if is_transformer(fitted) else None


def test_there_are_transformers():
    assert {c.__name__ for c in TRANSFORMERS} == {
        "AuxiliaryTargets",
        "AuxiliaryWeights",
        "MonahNarrator",
        "SuitedColumns",
        "Timings",
    }


def bystanders(frame, n_rows):
    """Columns of every type, which nobody reads."""
    day = datetime.date(2026, 1, 1)
    found = {
        "a number": np.arange(n_rows, dtype=np.int8),
        "a fraction": np.linspace(0, 1, n_rows, dtype=np.float32),
        "a day": [day] * n_rows,
        "ünïcödé ☃": ["snow"] * n_rows,
    }
    if frame is pd.DataFrame:
        found["a category"] = pd.Categorical(["yes", "no"] * (n_rows // 2))
        found["an integer or none"] = pd.array([1, None] * (n_rows // 2), dtype="Int64")
        found["anything"] = [object() for _ in range(n_rows)]
    else:
        kind = pl.Categorical
        found["a category"] = pl.Series(["yes", "no"] * (n_rows // 2), dtype=kind)
        found["a list"] = [[1, 2]] * n_rows
    return found


def test_columns_pass_with_their_types_and_the_index(case, frame, transformer):
    if transformer is None:
        return
    columns, _ = case.data()
    X = frame(columns | bystanders(frame, len(columns["text"])))
    if frame is pd.DataFrame:
        X.index = pd.Index(["twice", "twice", *range(len(X) - 2)], name="who knows")
    found = transformer.transform(X)
    assert type(found) is type(X)
    added = [name for name in found.columns if name not in X.columns]
    assert added == [
        name for name in transformer.get_feature_names_out() if name not in columns
    ]
    assert list(found.columns) == [*X.columns, *added]
    if frame is pd.DataFrame:
        pd.testing.assert_frame_equal(found[list(X.columns)], X)
    else:
        assert found.select(X.columns).equals(X)
        assert found.select(X.columns).schema == X.schema


def test_names_of_columns_in_and_out(case, frame, fitted):
    columns, _ = case.data()
    assert fitted.feature_names_in_.tolist() == list(columns)
    assert fitted.n_features_in_ == len(columns)
    if not is_transformer(fitted):
        assert not hasattr(fitted, "get_feature_names_out")
        return
    X = frame(columns)
    names = fitted.get_feature_names_out()
    assert names.dtype == object
    assert names.tolist() == list(fitted.transform(X).columns)
    fewer = frame(
        {n: v for n, v in columns.items() if n not in ("end", "lean_forward")}
    )
    if {"end", "lean_forward"} & set(fitted._columns_read):
        fewer = X  # it needs all of them
    found = fitted.get_feature_names_out(list(fewer.columns))
    assert found.tolist() == list(fitted.transform(fewer).columns)
    with pytest.raises(NotFittedError):
        case.make().get_feature_names_out()


def test_the_order_of_columns_and_further_columns_say_nothing(case, frame, fitted):
    columns, _ = case.data()
    expected = said_of(fitted, frame(columns))
    turned = dict(reversed(columns.items())) | {"further": [0] * len(columns["text"])}
    found = said_of(fitted, frame(turned))
    if is_transformer(fitted):
        assert list(found)[: len(turned)] == list(turned)
        del found["further"]
    assert_same(found, expected)


@pytest.mark.parametrize("wanted", LIBRARIES)
@pytest.mark.parametrize("setting", ["method", "context"])
def test_set_output(case, frame, transformer, wanted, setting):
    if transformer is None:
        return
    columns, y = case.data()
    X = frame(columns)
    expected = transformer.transform(X)
    if setting == "method":
        assert transformer.set_output(transform=wanted) is transformer
        found = transformer.transform(X)
        trained = case.make().set_output(transform=wanted).fit_transform(X, y)
    else:
        with config_context(transform_output=wanted):
            found = transformer.transform(X)
            trained = case.make().fit_transform(X, y)
    assert isinstance(found, LIBRARIES[wanted])
    assert isinstance(trained, LIBRARIES[wanted])
    assert_same(plain(found), plain(expected))
    for name in columns:
        values = np.asarray(X[name])
        if values.dtype.kind in "fib":
            assert np.asarray(found[name]).dtype == values.dtype, name
    if setting == "method":
        transformer.set_output(transform="default")
        assert type(transformer.transform(X)) is type(X)


def test_pandas_and_polars_agree(case):
    columns, y = case.data()
    found, expected = (
        said_of(case.make().fit(made(columns), y), made(columns))
        for made in LIBRARIES.values()
    )
    assert_same(found, expected)


def test_fitted_with_one_library_it_reads_the_other(case, frame, fitted):
    columns, _ = case.data()
    other = importlib.import_module("polars" if frame is pd.DataFrame else "pandas")
    check_is_fitted(fitted)
    assert_same(
        said_of(fitted, other.DataFrame(columns)), said_of(fitted, frame(columns))
    )
