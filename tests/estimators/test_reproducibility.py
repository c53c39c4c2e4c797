"""Same data, same `random_state`: the same weights, and nobody else disturbed."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from tiny_estimators import (
    global_generators,
    have_same_weights,
    supervised,
    tiny_classifier,
    tiny_regressor,
    weights_of,
)

KINDS = {"classification": tiny_classifier, "regression": tiny_regressor}
BOTH = pytest.mark.parametrize("task", KINDS)


def fitted(X, y, **params):
    return tiny_classifier(**params).fit(X, y)


@BOTH
def test_same_seed_same_weights_whatever_ran_before(frame, task):
    columns, y = supervised(task)
    X = frame(columns)
    first = KINDS[task]().fit(X, y)
    torch.rand(3)
    np.random.random(5)  # noqa: NPY002
    KINDS[task](random_state=7, max_epochs=1).fit(X, y)
    again = KINDS[task]().fit(X, y)
    assert have_same_weights(first, again)
    for one, other in zip(first.history_, again.history_, strict=True):
        assert one | {"seconds": 0} == other | {"seconds": 0}


def test_other_seeds_other_weights():
    columns, y = supervised()
    X = pd.DataFrame(columns)
    states = [0, 1, np.random.RandomState(0), np.random.RandomState(1), None, None]
    models = [fitted(X, y, random_state=state, max_epochs=1) for state in states]
    for one, other in itertools.combinations(models, 2):
        assert not np.array_equal(
            weights_of(one)["primary_head.weight"],
            weights_of(other)["primary_head.weight"],
        )


def test_an_instance_of_random_state():
    columns, y = supervised()
    X = pd.DataFrame(columns)
    state = np.random.RandomState(3)
    first, second = (fitted(X, y, random_state=state) for _ in range(2))
    again = fitted(X, y, random_state=np.random.RandomState(3))
    assert have_same_weights(first, again)
    assert not have_same_weights(first, second)


@BOTH
@pytest.mark.parametrize("random_state", [0, None])
def test_global_generators_are_left_alone(task, random_state):
    columns, y = supervised(task)
    X = pd.DataFrame(columns)
    before = global_generators()
    KINDS[task](random_state=random_state).fit(X, y)
    assert global_generators() == before
    with pytest.raises(ValueError, match=r"All .* missing"):
        KINDS[task](random_state=random_state).fit(X, [None] * len(y))
    assert global_generators() == before


def test_pandas_and_polars_agree():
    columns, y = supervised()
    one, other = fitted(pd.DataFrame(columns), y), fitted(pl.DataFrame(columns), y)
    assert have_same_weights(one, other)


@pytest.mark.parametrize(
    "make",
    [
        lambda y: np.array(y, dtype=object),
        lambda y: [np.nan if label is None else label for label in y],
        lambda y: [pd.NA if label is None else label for label in y],
        pl.Series,
        lambda y: pd.Series(y, index=range(len(y), 0, -1)),
        lambda y: pd.Series(y, dtype="category"),
        lambda y: pl.DataFrame({"label": y}),
    ],
)
def test_any_kind_of_labels(make):
    columns, y = supervised()
    X = pd.DataFrame(columns)
    assert have_same_weights(fitted(X, y), fitted(X, make(y)))
