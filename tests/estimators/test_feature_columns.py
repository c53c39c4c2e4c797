"""Numbers and codes beside the words: worked by hand, and what a network does."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from hanrock_sk.datasets import make_conversations
from hanrock_sk.estimators.feature_columns import FeatureColumns
from hanrock_sk.live import LiveConversation
from hanrock_sk.talkturns.table import read_table
from tests.tiny_estimators import tiny_classifier, tiny_regressor

TABLE = {
    "role": ["chair", None, "guest", "chair", "guest"],
    "age": [10.0, 20.0, None, 30.0, 1000.0],
    "seen": [True, False, True, False, True],
    "topic": ["a", "b", "b", "a", "c"],
}


def test_worked_example(frame):
    table = read_table(frame(TABLE))
    columns = FeatureColumns.learn(
        table, ["role", "age", "seen", "topic"], np.arange(4)
    )
    assert columns.names == ("age", "seen", "role", "topic")
    found = columns.encode(table)
    assert found.dtype == np.float32
    assert found.shape == (5, columns.width) == (5, 8)
    spread = np.sqrt(200 / 3)
    np.testing.assert_allclose(
        found,
        [
            [-10 / spread, 0, 1, 0, 1, 0, 1, 0],
            [0, 0, -1, 1, 0, 0, 0, 1],
            [0, 1, 1, 0, 0, 1, 0, 1],
            [10 / spread, 0, -1, 0, 1, 0, 1, 0],
            [980 / spread, 0, 1, 0, 0, 1, 0, 0],  # a topic that was not there
        ],
        rtol=1e-6,
    )
    again = pickle.loads(pickle.dumps(columns))
    np.testing.assert_array_equal(again.encode(table), found)


def test_constants_and_nothing(frame):
    table = read_table(frame({"one": [5, 5], "none": [None, None]}))
    found = FeatureColumns.learn(table, ["one", "none"]).encode(table)
    np.testing.assert_array_equal(found, [[0, 0, 1], [0, 0, 1]])


@pytest.mark.parametrize(
    ("names", "error", "message"),
    [
        (["role", "role"], ValueError, "twice"),
        (["colour"], ValueError, r"lacks the column\(s\) \['colour'\]"),
        (["aux__action__au05"], ValueError, "lacks|supervised"),
    ],
)
def test_columns_that_are_refused(frame, names, error, message):
    with pytest.raises(error, match=message):
        FeatureColumns.learn(read_table(frame(TABLE)), names)


def talkturns():
    """Labels that nothing but the columns tells of."""
    X, _ = make_conversations(8, 8, random_state=0)
    generator = np.random.default_rng(0)
    X = X[["conversation", "speaker", "text"]]
    X["rating"] = generator.normal(50, 20, len(X))
    X["role"] = generator.choice(["chair", "guest"], len(X))
    X.loc[::7, "rating"] = np.nan
    y = np.where((X["rating"] > 50) ^ (X["role"] == "chair"), "high", "low")
    return X, np.where(X["role"] == "chair", "high", y)


@pytest.mark.parametrize("architecture", ["han", "rock", "flat"])
def test_the_network_learns_from_them(architecture):
    X, y = talkturns()
    params = {
        "architecture": architecture, "max_epochs": 40, "lr": 0.02, "run_length": 1,
        "validation_fraction": 0, "content_size": 2,
    }  # fmt: skip
    known = tiny_classifier(features=["rating", "role"], **params).fit(X, y)
    assert known.score(X, y) > 0.85
    weights = known.network_.weights()["features.map.weight"]
    assert weights.shape == (4, 4)
    changed = X.assign(role=X["role"].map({"chair": "guest", "guest": "chair"}))
    assert np.abs(known.predict_proba(changed) - known.predict_proba(X)).max() > 0.2


def test_live_saved_and_gone_on_from():
    X, y = talkturns()
    model = tiny_classifier(features=("role", "rating"), max_epochs=3).fit(X, y)
    expected = model.predict_proba(X)
    saved = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(saved.predict_proba(X), expected)
    live = LiveConversation(saved)
    first = X[X["conversation"] == X["conversation"].iloc[0]]
    for row, talkturn in zip(first.index, first.to_dict("records"), strict=True):
        found = live.add(talkturn).probabilities
        np.testing.assert_allclose(
            [found[label] for label in model.classes_], expected[row], atol=1e-6
        )
    with pytest.raises(ValueError, match=r"lacks the column\(s\) \['rating'\]"):
        live.add({"text": "oh", "speaker": None, "role": "chair"})
    with pytest.raises(ValueError, match=r"lacks the column\(s\) \['role'\]"):
        model.predict(X.drop(columns="role"))
    model.set_params(warm_start=True, lr=1e-30, optimizer="sgd", max_epochs=1)
    model.fit(X.assign(rating=X["rating"] * 100), y)
    np.testing.assert_allclose(model.predict_proba(X), expected, atol=1e-7)
    with pytest.raises(ValueError, match=r"other \['features'\]"):
        model.set_params(features=["role"]).fit(X, y)


def test_what_is_no_column_of_features():
    X, y = talkturns()
    with pytest.raises(ValueError, match=r"\['text'\], which the network reads"):
        tiny_classifier(features=["text"]).fit(X, y)
    with pytest.raises(TypeError, match="pass a talkturn table"):
        tiny_classifier(features=["role"]).fit(X["text"], y)
    model = tiny_regressor(features=["rating"]).fit(X, np.arange(len(X)) * 1.0)
    assert np.isfinite(model.predict(X)).all()


def test_conversations_alone_are_read_as_among_others():
    X, y = talkturns()
    model = tiny_classifier(features=["rating", "role"]).fit(X, y)
    expected = model.predict_proba(X)
    last = X[X["conversation"] == X["conversation"].iloc[-1]]
    np.testing.assert_allclose(
        model.predict_proba(last), expected[last.index], rtol=0, atol=1e-6
    )
