"""What a fit warns of, and what it does not."""

from __future__ import annotations

import pickle
from functools import partial

import numpy as np
import pandas as pd
import pytest

from hanrock_sk.datasets import make_conversations
from tests.tiny_estimators import tiny_classifier, tiny_regressor
from tests.told_warnings import warned

warned_of_torn = partial(warned, about="onversations of")


@pytest.fixture(scope="module")
def talkturns():
    return make_conversations(6, 6, random_state=0)


def test_a_classifier_warns_of_marks_once():
    X, _ = make_conversations(4, 6, random_state=0)
    y = np.array((["a", "b", np.nan] * 40)[: len(X)])
    model = tiny_classifier(max_epochs=1)
    messages = warned(model.fit, X, y)
    assert sum("'nan'" in message for message in messages) == 1
    assert model.classes_.tolist() == ["a", "b", "nan"]


def test_a_table_of_two_raters_is_warned_of():
    X, y = make_conversations(4, 6, random_state=0)
    X["text"] = [f"{text} and this is {k}" for k, text in enumerate(X["text"])]
    twice = pd.concat([X, X])
    model = tiny_classifier(max_epochs=1)
    messages = warned(model.fit, twice, np.concatenate([y, y]))
    assert sum("The same talkturn" in message for message in messages) == 1
    assert not any("The same" in m for m in warned(model.fit, X, y))


def test_scoring_some_of_what_was_trained_on(talkturns):
    X, _ = talkturns
    y = np.arange(len(X)) / 10
    model = tiny_regressor(max_epochs=1).fit(X, y)
    assert len(warned_of_torn(model.score, X[::2], y[::2])) == 1
    saved = pickle.loads(pickle.dumps(model))
    assert not warned_of_torn(saved.score, X[::2], y[::2]), "it does not know any more"


def test_validating_on_what_was_trained_on(talkturns):
    X, y = talkturns[0], np.array(["yes", "no"] * 19)
    model = tiny_classifier(max_epochs=1)
    (message,) = warned_of_torn(model.fit, X, y, X_val=X[:12], y_val=y[:12])
    assert "Conversations of X are in X_val, too: 0, 1." in message
    (message,) = warned_of_torn(model.fit, X[:15], y[:15], X_val=X[15:], y_val=y[15:])
    assert "Conversations of the training are in X_val, too" in message
    assert "with other talkturns: 2." in message
    assert not warned_of_torn(model.fit, X[:12], y[:12], X_val=X[12:], y_val=y[12:])
    assert not warned_of_torn(model.fit, X["text"], y, X_val=X["text"], y_val=y)
