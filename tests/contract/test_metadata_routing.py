"""Metadata: groups to the splitter, validation data and weights to who asks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import sklearn
from every_estimator import is_transformer, taken
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_validate
from sklearn.pipeline import make_pipeline
from tiny_estimators import have_same_weights, is_labelled, talkturns, tiny_classifier

from hanrock_sk import AuxiliaryTargets, AuxiliaryWeights, MonahNarrator
from hanrock_sk.evaluation import labelled_scorer


@pytest.fixture(autouse=True)
def routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


def test_what_each_asks_for(case):
    requests = case.make().get_metadata_routing()
    asked = {
        method: set(getattr(requests, method).requests)
        for method in ("fit", "predict", "transform", "score")
    }
    if is_transformer(case.kind):
        assert not any(asked.pop(method) for method in ("predict", "score"))
        learns = issubclass(case.kind, AuxiliaryTargets | AuxiliaryWeights)
        weight = {"sample_weight"} if learns else set()
        assert asked == {"fit": weight, "transform": set()}
    else:
        assert asked == {
            "fit": {"X_val", "y_val", "sample_weight"},
            "predict": set(),
            "transform": set(),
            "score": {"sample_weight"},
        }


def narrated(**params):
    return make_pipeline(MonahNarrator(), tiny_classifier(max_epochs=1, **params))


def test_groups_reach_the_splitter():
    columns, y = talkturns()
    X, groups = pd.DataFrame(columns), columns["conversation"]
    scoring = labelled_scorer("accuracy")
    routed = cross_validate(
        narrated(), X, y, cv=GroupKFold(3), params={"groups": groups}, scoring=scoring
    )
    search = GridSearchCV(
        narrated(),
        {"hanrockclassifier__lr": [0.001]},
        cv=GroupKFold(3),
        scoring=scoring,
    ).fit(X, y, groups=groups)
    with sklearn.config_context(enable_metadata_routing=False):
        expected = cross_validate(
            narrated(), X, y, cv=GroupKFold(3), groups=groups, scoring=scoring
        )
    assert routed["test_score"].tolist() == expected["test_score"].tolist()
    assert search.best_score_ == pytest.approx(expected["test_score"].mean())


def halves():
    columns, y = talkturns()
    conversation = np.array(columns["conversation"])
    first, last = np.flatnonzero(conversation < 4), np.flatnonzero(conversation >= 4)
    return [
        (pd.DataFrame(taken(columns, rows)), np.array(y, dtype=object)[rows])
        for rows in (first, last)
    ]


def test_validation_data_reach_every_fit_of_a_search():
    (X, y), (X_val, y_val) = halves()
    model = tiny_classifier(max_epochs=1).set_fit_request(X_val=True, y_val=True)
    cv, lr = GroupKFold(2), [0.01]
    search = GridSearchCV(model, {"lr": lr}, cv=cv, scoring=labelled_scorer("accuracy"))
    search.fit(X, y, groups=X["conversation"], X_val=X_val, y_val=y_val)
    expected = tiny_classifier(max_epochs=1, lr=0.01)
    expected.fit(X, y, X_val=X_val, y_val=y_val)
    assert have_same_weights(search.best_estimator_, expected)
    without = tiny_classifier(max_epochs=1, lr=0.01).fit(X, y)
    assert not have_same_weights(search.best_estimator_, without)
    scores = []
    for train, test in cv.split(X, groups=X["conversation"]):
        fold = tiny_classifier(max_epochs=1, lr=0.01)
        fold.fit(X.iloc[train], y[train], X_val=X_val, y_val=y_val)
        scores.append(fold.score(X.iloc[test], y[test]))
    assert search.best_score_ == pytest.approx(np.mean(scores))


def test_nothing_goes_to_who_has_not_asked():
    (X, y), (X_val, y_val) = halves()
    search = GridSearchCV(tiny_classifier(), {"lr": [0.01]}, cv=GroupKFold(2))
    with pytest.raises(UnsetMetadataPassedError, match="X_val"):
        search.fit(X, y, groups=X["conversation"], X_val=X_val, y_val=y_val)


def test_sample_weights_of_a_score():
    (X, y), _ = halves()
    weights = np.linspace(0, 1, len(y))
    model = tiny_classifier(lr=0.05).set_score_request(sample_weight=True)
    pipeline = make_pipeline(MonahNarrator(), model).fit(X, y)
    known = is_labelled(y)
    expected = accuracy_score(
        y[known].tolist(), pipeline.predict(X)[known], sample_weight=weights[known]
    )
    assert pipeline.score(X, y, sample_weight=weights) == pytest.approx(expected)
    assert pipeline.score(X, y) != pytest.approx(expected)
