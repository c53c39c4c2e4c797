"""The estimators at the end of a Pipeline, in searches and cross-validation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    RandomizedSearchCV,
    cross_val_predict,
)
from sklearn.pipeline import Pipeline
from tiny_estimators import have_same_weights, is_labelled, talkturns, tiny_classifier

from hanrock_sk import AuxiliaryTargets, AuxiliaryWeights, MonahNarrator
from hanrock_sk.evaluation import labelled_scorer


def pipeline_of(**params):
    return Pipeline(
        [
            ("narrate", MonahNarrator()),
            ("targets", AuxiliaryTargets()),
            ("weights", AuxiliaryWeights(random_state=0)),
            ("model", tiny_classifier(**params)),
        ]
    )


FEW_TARGETS = {"targets__actions": ["au05"], "targets__prosody": ["tone_sad"]}
"""One of each family: most of a fit so short is what it takes to weigh them."""


def rows_of(columns, rows):
    return {name: [values[row] for row in rows] for name, values in columns.items()}


def test_every_step_speaks_to_the_model(frame):
    columns, y = talkturns()
    pipeline = pipeline_of().fit(frame(columns), y)
    model = pipeline[-1]
    assert "the" in model.vocabulary_, "the narrative was read"
    assert len(model.history_[0]["train_loss"]) == 17
    assert "weight__primary" in model.feature_names_in_
    assert set(pipeline.predict(frame(columns))) <= set(pipeline.classes_)
    assert pipeline.score(frame(columns), y) == model.score(
        pipeline[:-1].transform(frame(columns)), y
    )


STEPS = {
    "narrate__families": ["v", "vpa"],
    "targets__history": [0, 2],
    "weights__primary_weight": [0.5, 0.9],
    "weights__scheme": ["linear", "random"],
    "model__pri_gru": [2, 3],
    "model__content_size": [1, 4],
}


def check_search(search, frame):
    columns, y = talkturns()
    X = frame(columns)
    search.fit(X, y, groups=columns["conversation"])
    scores = search.cv_results_["mean_test_score"]
    assert np.isfinite(scores).all()
    assert search.best_score_ == scores.max()
    best = search.best_estimator_
    for name, value in search.best_params_.items():
        assert best.get_params()[name] == value
    assert best[-1].vocabulary_.words
    # The refit is the fit of a pipeline with these parameters.
    expected = (
        pipeline_of(max_epochs=1)
        .set_params(**FEW_TARGETS, **search.best_params_)
        .fit(X, y)
    )
    assert have_same_weights(best[-1], expected[-1])
    assert search.predict(X).tolist() == expected.predict(X).tolist()


def test_grid_search(frame):
    grid = {
        "narrate__families": ["v", "vpa"],
        "model__content_size": [1, 3],
    }
    search = GridSearchCV(
        pipeline_of(max_epochs=1).set_params(**FEW_TARGETS),
        grid,
        cv=GroupKFold(2),
        scoring=labelled_scorer("accuracy"),
        error_score="raise",
    )
    check_search(search, frame)
    assert len(search.cv_results_["params"]) == 4


def test_randomized_search_over_all_steps(frame):
    search = RandomizedSearchCV(
        pipeline_of(max_epochs=1).set_params(**FEW_TARGETS),
        STEPS,
        n_iter=4,
        cv=GroupKFold(2),
        random_state=0,
        error_score="raise",
    )
    check_search(search, frame)
    tried = search.cv_results_["params"]
    assert len({str(params) for params in tried}) == 4
    assert all(set(params) == set(STEPS) for params in tried)


def test_cross_val_predict(frame):
    """Each conversation by a model that never saw it."""
    columns, y = talkturns()
    groups = np.array(columns["conversation"])
    y = ["none" if label is None else label for label in y]  # all have to have one
    pipeline, cv = pipeline_of().set_params(**FEW_TARGETS), GroupKFold(3)
    found = cross_val_predict(
        pipeline, frame(columns), y, groups=groups, cv=cv, method="predict_proba"
    )
    for train, test in cv.split(groups, groups=groups):
        assert not set(groups[train]) & set(groups[test])
        alone = clone(pipeline).fit(frame(rows_of(columns, train)), np.array(y)[train])
        expected = alone.predict_proba(frame(rows_of(columns, test)))
        np.testing.assert_allclose(found[test], expected, atol=1e-6)


@pytest.fixture
def routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


@pytest.mark.usefixtures("routing")
def test_validation_data_pass_through_the_steps(frame):
    columns, y = talkturns()
    conversation = np.array(columns["conversation"])
    train, test = np.flatnonzero(conversation < 4), np.flatnonzero(conversation >= 4)
    labels = np.array(y, dtype=object)
    X, y = frame(rows_of(columns, train)), labels[train]
    X_val, y_val = frame(rows_of(columns, test)), labels[test]
    steps = pipeline_of().steps
    steps[-1][1].set_fit_request(X_val=True, y_val=True)
    pipeline = Pipeline(steps, transform_input=["X_val"])
    pipeline.fit(X, y, X_val=X_val, y_val=y_val)

    by_hand = pipeline_of()
    *_, model = by_hand
    wide = by_hand[:-1].fit_transform(X, y)
    model.fit(wide, y, X_val=by_hand[:-1].transform(X_val), y_val=y_val)
    assert have_same_weights(pipeline[-1], model)
    best = model.history_[model.best_epoch_ - 1]
    found = pipeline.predict_proba(X_val)[is_labelled(y_val)]
    truth = [
        model.classes_.tolist().index(label) for label in y_val if label is not None
    ]
    expected = -np.log(found[np.arange(len(truth)), truth]).mean()
    assert best["valid_loss"]["primary"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.usefixtures("routing")
def test_unrequested_validation_data_are_refused():
    columns, y = talkturns()
    X = pd.DataFrame(columns)
    with pytest.raises((TypeError, ValueError), match="X_val"):
        pipeline_of().fit(X, y, X_val=X, y_val=y)
