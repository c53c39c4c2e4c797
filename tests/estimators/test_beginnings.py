"""What a fit begins with, and what it then reads, learns and takes over."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tiny_estimators import supervised, tiny_classifier

from hanrock_sk.estimators.beginnings import (
    FromFitBefore,
    FromModel,
    FromNothing,
    beginning_of,
)
from hanrock_sk.estimators.reading import Columns, read_talkturns

COLUMNS = Columns("narrative", "text", "conversation", "speaker")


@pytest.fixture(scope="module")
def model():
    columns, y = supervised()
    return tiny_classifier(max_epochs=1).fit(pd.DataFrame(columns), y)


@pytest.mark.parametrize(
    ("warm_start", "fitted", "init_from", "expected"),
    [
        (False, False, False, FromNothing),
        (False, True, False, FromNothing),
        (True, False, False, FromNothing),
        (True, True, False, FromFitBefore),
        (False, False, True, FromModel),
        (False, True, True, FromModel),
        (True, False, True, FromModel),
        (True, True, True, FromFitBefore),
    ],
)
def test_what_a_fit_begins_with(model, warm_start, fitted, init_from, expected):
    estimator = tiny_classifier(
        warm_start=warm_start, init_from=model if init_from else None
    )
    before = object()
    found = beginning_of(estimator, {"network_": before} if fitted else {})
    assert type(found) is expected
    if expected is FromFitBefore:
        assert found.network is before
    if expected is FromModel:
        assert found.network is model.network_
    assert found.keeps_labels == (expected is FromFitBefore)


def test_which_auxiliary_tasks(model):
    """Those of the columns; of the fit before, though the columns may be fewer."""
    columns, _ = supervised()
    names = [name.removeprefix("aux__") for name in columns if name.startswith("aux")]
    everything = read_talkturns(pd.DataFrame(columns), COLUMNS)
    del columns["aux__history__1"]
    fewer = read_talkturns(pd.DataFrame(columns), COLUMNS)
    rest = set(names) - {"history__1"}
    for architecture, talkturns, expected in [
        ("rock", everything, set(names)),
        ("flat", fewer, rest),
        ("han", everything, set()),
    ]:
        estimator = tiny_classifier(architecture=architecture)
        assert set(FromNothing().tasks(estimator, talkturns).names) == expected
    going_on = FromFitBefore(model.network_).tasks(tiny_classifier(), fewer)
    assert tuple(going_on.names) == model.network_.trained_on.tasks[1:]


def test_features_are_learnt_from_the_rows_trained_on():
    X = {"text": list("abc"), "age": [1.0, 3.0, 1000.0], "role": ["x", "x", "y"]}
    talkturns = read_talkturns(pd.DataFrame(X), COLUMNS)
    estimator = tiny_classifier(features=["age", "role"])
    learnt = FromNothing().features(estimator, talkturns, np.array([0, 1]))
    found = learnt.encode(talkturns.table)
    assert found[:, 0].tolist() == [-1, 1, 998]  # mean 2, spread 1
    assert FromNothing().features(tiny_classifier(), talkturns, np.arange(3)) is None


def test_what_a_fit_that_goes_on_says_of_itself(model):
    """The column, conversations and measured tasks are those of the fit before."""
    seen = model.network_.trained_on
    network = type(model.network_)(
        model.network_.net,
        model.network_.reader,
        replace(seen, sizes=replace(seen.sizes, measured=(0, 2))),
    )
    today = replace(
        seen,
        column=None,
        in_conversations=False,
        sizes=replace(seen.sizes, measured=(1,), bag=77),
    )
    found = FromFitBefore(network).described(today)
    assert (found.column, found.in_conversations) == ("text", True)
    assert found.sizes == replace(seen.sizes, measured=(0, 2), bag=77)
    assert FromNothing().described(today) is today


def test_what_each_takes_over(model):
    network = model.network_
    begun = [
        beginning.start(network.trained_on, network.reader, width=6)
        for beginning in (FromNothing(), FromModel(network), FromFitBefore(network))
    ]
    weights = network.weights()
    assert begun[0] == {}
    assert 10 < len(begun[1]) < len(weights)
    assert begun[2].keys() == weights.keys()
    for start in begun[1:]:
        name = "primary.word_encoder.gru.weight_input"
        np.testing.assert_array_equal(start[name].values, weights[name])
    assert "primary_head.weight" not in begun[1]
