"""What a fit warns of, and what it does not."""

from __future__ import annotations

import pickle
from functools import partial

import numpy as np
import pandas as pd
import pytest

from hanrock_sk.datasets import make_conversations
from hanrock_sk.estimators.doubtful_training import warn_of_doubtful_training
from hanrock_sk.estimators.reading import Columns, read_talkturns
from hanrock_sk.talkturns.labels import read_labels
from tests.tiny_estimators import tiny_classifier, tiny_regressor
from tests.told_warnings import warned

warned_of_torn = partial(warned, about="onversations of")


COLUMNS = Columns("narrative", "text", "conversation", "speaker")

IN_ORDER = {
    "conversation": list("aabb"),
    "text": [f"word number {k} of a sentence" for k in range(4)],
    "start": [0.0, 1.0, 0.0, 1.0],
}


def doubts(X, y=("x", "y") * 2):
    values, present = read_labels(list(y))
    talkturns = read_talkturns(X, COLUMNS)
    return warned(warn_of_doubtful_training, talkturns, COLUMNS, values, present, None)


def test_a_table_in_order_has_no_doubts(frame):
    assert doubts(frame(IN_ORDER)) == []
    assert doubts(IN_ORDER["text"]) == []


SAID_TWICE = [IN_ORDER["text"][k] for k in (0, 0, 1, 1)]


@pytest.mark.parametrize(
    ("changes", "doubt"),
    [
        ({"start": [1.0, 0.0, 0.0, 1.0]}, "row 1 starts before"),
        ({"start": ["b", "a", "a", "b"]}, None),
        ({"text": SAID_TWICE}, "rows 1, 3 repeat"),
        ({"text": SAID_TWICE, "narrative": IN_ORDER["text"]}, "rows 1, 3 repeat"),
        ({"narrative": SAID_TWICE}, None),
    ],
)
def test_doubts_one_by_one(frame, changes, doubt):
    """What was said counts, not what is told of it; times that are numbers count."""
    columns = IN_ORDER | changes
    if "text" in changes:
        del columns["start"]
    found = doubts(frame(columns))
    assert len(found) == (doubt is not None)
    assert doubt is None or doubt in found[0]


def test_rows_alone_have_one_doubt(frame):
    """A talkturn alone repeats nobody, and starts before nobody."""
    columns = IN_ORDER | {"text": SAID_TWICE, "start": [3.0, 2.0, 1.0, 0.0]}
    columns["session"] = columns.pop("conversation")
    (found,) = doubts(frame(columns))
    assert "each of the 4 talkturns" in found


def test_marks_are_seen_in_strings_too():
    (found,) = doubts(IN_ORDER["text"], ["x", "n/a", "x", None])
    assert "the class 'n/a', at row 1" in found


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
