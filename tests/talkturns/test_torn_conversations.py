"""Conversations on both sides of a split."""

from __future__ import annotations

from functools import partial

import pytest
from sklearn.model_selection import GridSearchCV, GroupKFold, KFold, cross_val_score
from sklearn.pipeline import make_pipeline

from hanrock_sk import MonahNarrator
from hanrock_sk.datasets import make_conversations
from hanrock_sk.evaluation import labelled_scorer
from hanrock_sk.talkturns.table import read_table
from hanrock_sk.talkturns.torn_conversations import conversation_contents
from tests import told_warnings
from tests.tiny_estimators import tiny_classifier

warned = partial(told_warnings.warned, about="onversations of")


@pytest.fixture(scope="module")
def talkturns():
    return make_conversations(6, 6, random_state=0)


def test_contents_of_conversations(frame):
    table = read_table(
        frame({"c": [1, 2, 1, 3, 3], "t": list("abbab"), "n": list("abbba")})
    )
    contents = conversation_contents(table, "c", "t", "n")
    assert list(contents) == [1, 2, 3]
    assert contents[1] == contents[3] != contents[2]
    assert conversation_contents(table, "c", "n") != contents
    assert conversation_contents(table, "x", "t") == {}
    assert conversation_contents(table, "c", "x") == {}
    assert conversation_contents(None, "c", "t") == {}


@pytest.mark.parametrize("scoring", [None, labelled_scorer("accuracy")])
@pytest.mark.parametrize("narrated", [False, True])
def test_cross_validation(talkturns, scoring, narrated):
    X, y = talkturns
    model = tiny_classifier(max_epochs=1)
    if narrated:
        model = make_pipeline(MonahNarrator(), model)
    torn = KFold(2, shuffle=True, random_state=0)
    found = warned(cross_val_score, model, X, y, cv=torn, scoring=scoring)
    assert len(found) == 2, "once for each split"
    assert "GroupKFold" in found[0]
    assert "0, 1, 2 and 3 more" in found[0]
    whole = {"cv": GroupKFold(2), "groups": X["conversation"]}
    assert not warned(cross_val_score, model, X, y, scoring=scoring, **whole)


def test_scores_of_searches(talkturns):
    X, y = talkturns
    search = GridSearchCV(
        make_pipeline(tiny_classifier(max_epochs=1)),
        {"hanrockclassifier__lr": [0.1]},
        cv=GroupKFold(2),
    )
    search.fit(X, y, groups=X["conversation"])
    score = labelled_scorer("accuracy")
    assert not warned(score, search, X, y), "scored on what it was trained on, whole"
    assert len(warned(score, search, X[::2], y[::2])) == 1
    assert not warned(search.predict, X[::2]), "a prediction is no score"
    new = X.assign(conversation=[f"new {name}" for name in X["conversation"]])
    assert not warned(score, search, new[::2], y[::2])
