"""Dawid and Skene's model, against EM written out."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import polars as pl
import pytest

from hanrock_sk.raters import Raters


def test_it_finds_whom_to_trust(rated_by_five):
    truth, ratings = rated_by_five
    names = list("abcde")
    table = pd.DataFrame(ratings, columns=names)
    X, y = Raters(names, "dawid_skene").combine(table)
    soft = X[[f"soft__{label}" for label in range(3)]].to_numpy()
    rated = np.array([label is not None for label in y])
    np.testing.assert_allclose(soft[rated].sum(axis=1), 1)
    assert (y[rated] == soft[rated].argmax(axis=1)).all()
    _, most = Raters(names, "majority", ties="frequent").combine(table)
    right = [(labels[rated] == truth[rated]).mean() for labels in (y, most)]
    assert right[0] > right[1] + 0.1


def test_the_algorithm():
    """Against EM written out, from the shares of the votes."""
    random = np.random.default_rng(3)
    truth = random.integers(2, size=300)
    raters = [
        np.where(random.random(300) < skill, truth, 1 - truth)
        for skill in (0.9, 0.8, 0.7, 0.85)
    ]
    codes, names = np.stack(raters, axis=1), list("abcd")
    table = pd.DataFrame(codes, columns=names)
    X, _ = Raters(names, "dawid_skene").combine(table)
    belief = np.stack([(codes == label).mean(axis=1) for label in (0, 1)], axis=1)
    for _ in range(200):
        prior = belief.mean(axis=0)
        said = np.zeros((4, 2, 2))  # rater, truth, label
        for rater in range(4):
            for label in (0, 1):
                said[rater, :, label] = belief[codes[:, rater] == label].sum(axis=0)
        said /= said.sum(axis=2, keepdims=True)
        belief = np.tile(prior, (300, 1))
        for rater in range(4):
            belief *= said[rater][:, codes[:, rater]].T
        belief /= belief.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(X[["soft__0", "soft__1"]], belief, atol=0.02)


def test_nobody_rated():
    table = pl.DataFrame({"a": ["x", None, "y"], "b": ["x", None, "y"]})
    X, y = Raters(["a", "b"], "dawid_skene").combine(table)
    assert y.tolist() == ["x", None, "y"]
    assert X["soft__x"].to_list()[1] is None


def test_without_crowd_kit(monkeypatch):
    monkeypatch.setitem(sys.modules, "crowdkit.aggregation", None)
    with pytest.raises(ImportError, match=r"pip install hanrock-sk\[raters\]"):
        Raters(["a"], "dawid_skene").combine(pl.DataFrame({"a": ["x"]}))
