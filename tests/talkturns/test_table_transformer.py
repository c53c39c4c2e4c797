"""The plumbing of the row-preserving transformers, on the smallest one there can be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn import config_context
from sklearn.exceptions import NotFittedError

from hanrock_sk.talkturns.table_transformer import TableTransformer
from hanrock_sk.talkturns.values import read_texts


class Shout(TableTransformer):
    """Adds the text in capitals."""

    _columns_added = ["loud"]

    def fit(self, X, y=None):
        self._read_training(X)
        self._columns_read = ["text"]
        return self

    def transform(self, X):
        table = self._read_new(X)
        loud = [text.upper() for text in read_texts(table, "text")]
        return self._write(table, {"loud": loud})


def test_adds_and_passes_through(frame):
    X = frame({"text": ["a", "b"], "n": [1, None]})
    result = Shout().fit(X).transform(X)
    assert type(result) is type(X)
    assert list(result["loud"]) == ["A", "B"]
    assert list(result.columns) == ["text", "n", "loud"]
    assert list(X.columns) == ["text", "n"]


def test_names_of_columns(frame):
    step = Shout().fit(frame({"text": ["a"], "loud": ["x"]}))
    assert step.get_feature_names_out().tolist() == ["text", "loud"]
    assert step.get_feature_names_out(["n"]).tolist() == ["n", "loud"]
    assert step.n_features_in_ == 2
    assert step.feature_names_in_.tolist() == ["text", "loud"]


@pytest.mark.parametrize(
    ("wanted", "kind"), [("pandas", pd.DataFrame), ("polars", pl.DataFrame)]
)
def test_set_output_keeps_types(frame, wanted, kind):
    X = frame({"text": ["a", "b"], "n": [1, 2], "x": [0.5, 1.5]})
    result = Shout().set_output(transform=wanted).fit(X).transform(X)
    assert isinstance(result, kind)
    assert np.asarray(result["n"]).dtype == np.int64
    assert np.asarray(result["x"]).dtype == np.float64
    assert list(result.columns) == ["text", "n", "x", "loud"]


def test_needs_what_it_read_in_training(frame):
    step = Shout()
    with pytest.raises(NotFittedError):
        step.transform(frame({"text": ["a"]}))
    step.fit(frame({"text": ["a"], "n": [1]}))
    assert list(step.transform(frame({"text": ["b"]}))["loud"]) == ["B"]
    with pytest.raises(ValueError, match=r"lacks the column\(s\) \['text'\]"):
        step.transform(frame({"n": [1]}))


@pytest.mark.parametrize("wanted", ["default", "pandas", "polars"])
@pytest.mark.parametrize("how", ["set_output", "set_config"])
def test_columns_keep_their_names_whatever_their_order(frame, wanted, how):
    """scikit-learn's own wrapper would give them the names of the table in `fit`."""
    step = Shout().fit(frame({"text": ["a"], "n": [1], "x": [0.5]}))
    X = frame({"x": [0.5, 1.5], "new": [True, False], "text": ["a", "b"]})
    if how == "set_output":
        result = step.set_output(transform=wanted).transform(X)
    else:
        with config_context(transform_output=wanted):
            result = step.transform(X)
    assert list(result.columns) == ["x", "new", "text", "loud"]
    for name in X.columns:
        assert list(result[name]) == list(X[name])
    assert list(result["loud"]) == ["A", "B"]
