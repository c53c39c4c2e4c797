"""Ensembles of scikit-learn's around members that read whole conversations."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
import sklearn
from context_members import RemembersClasses, RemembersValues
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    BaggingClassifier,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from tiny_estimators import is_labelled, talkturns, tiny_classifier

from hanrock_sk import MonahNarrator
from hanrock_sk.ensembles import WithUnlabelled
from hanrock_sk.evaluation import labelled_scorer

M = RemembersClasses


class TestVoting:
    @pytest.mark.parametrize("voting", ["soft", "hard"])
    def test_members_read_everything(self, conversations, voting):
        X, y = conversations
        committee = VotingClassifier([("a", M()), ("b", M())], voting=voting)
        model = WithUnlabelled(committee).fit(X, y)
        for member in model.estimator_.estimators_:
            assert member.estimator_.texts_ == list(X["text"])
            assert member.estimator_.y_ == list(y)  # the labels themselves
        assert model.classes_.tolist() == ["no", "yes"]
        known = is_labelled(y)
        expected = M().fit(X, y).predict(X)
        assert (model.predict(X) == expected).all()
        assert model.score(X, y) == (expected[known] == y[known]).mean() > 0.7

    def test_one_is_dropped(self, conversations):
        committee = VotingClassifier([("a", M()), ("b", "drop")], voting="soft")
        model = WithUnlabelled(committee).fit(*conversations)
        assert len(model.estimator_.estimators_) == 1

    def test_weights_reach_members_by_row(self, conversations):
        X, y = conversations
        weights = np.arange(30.0)
        model = WithUnlabelled(VotingClassifier([("a", M())], voting="soft"))
        model.fit(X, y, sample_weight=weights)
        inner = model.estimator_.estimators_[0].estimator_
        assert inner.y_[0] is None  # of weight zero
        expected = np.where(is_labelled(inner.y_), weights, 1)
        assert inner.weights_ == expected.tolist()

    def test_of_values(self, conversations):
        X, _ = conversations
        y = np.where(np.arange(30) % 3 == 0, np.nan, np.arange(30) / 10)
        committee = VotingRegressor(
            [("a", RemembersValues()), ("b", RemembersValues())]
        )
        model = WithUnlabelled(committee).fit(X, y)
        inner = model.estimator_.estimators_[0].estimator_
        assert inner.y_ == [None if label != label else label for label in y]
        expected = RemembersValues().fit(X, y).predict(X)
        np.testing.assert_allclose(model.predict(X), expected)
        assert not hasattr(model, "classes_")
        assert model.score(X, y) <= 1


class TestWithin:
    """What trains on some talkturns and tests on others divides conversations."""

    def folds_of(self, members, X, y):
        """Of each member the conversations it has labels of, and those it has seen."""
        conversation = X["conversation"].to_numpy()
        where = dict(zip(X["text"], conversation, strict=True))
        for member in members:
            inner = member.estimator_
            seen = {where[text] for text in inner.texts_}
            labelled = {
                where[text]
                for text, label in zip(inner.texts_, inner.y_, strict=True)
                if label is not None
            }
            yield labelled, seen

    def test_calibration(self, conversations):
        X, y = conversations
        model = WithUnlabelled(CalibratedClassifierCV(M(), cv=3)).fit(X, y)
        members = [each.estimator for each in model.estimator_.calibrated_classifiers_]
        held_out = []
        for labelled, seen in self.folds_of(members, X, y):
            assert seen == labelled | {4}  # of which nobody has a label
            held_out += sorted({0, 1, 2, 3, 5} - labelled)
        assert sorted(held_out) == [0, 1, 2, 3, 5]  # each once
        P = model.predict_proba(X)
        np.testing.assert_allclose(P.sum(axis=1), 1)
        assert (model.predict(X) == model.classes_[P.argmax(axis=1)]).all()

    @pytest.mark.parametrize("cv", [None, GroupKFold(2)])
    def test_stacking(self, conversations, cv):
        X, y = conversations
        stack = StackingClassifier(
            [("a", M()), ("b", M())], LogisticRegression(), cv=cv
        )
        model = WithUnlabelled(stack).fit(X, y)
        assert model.estimator_.final_estimator_.coef_.shape == (1, 2)
        assert model.score(X, y) > 0.7

    def test_stacking_of_values(self, conversations):
        X, _ = conversations
        y = np.where(np.arange(30) % 3 == 0, np.nan, np.arange(30) / 10)
        model = WithUnlabelled(StackingRegressor([("a", RemembersValues())])).fit(X, y)
        assert np.isfinite(model.predict(X)).all()

    def test_one_within_another(self, conversations):
        X, y = conversations
        calibrated = CalibratedClassifierCV(M(), cv=3)
        members = [("calibrated", calibrated), ("plain", M())]
        committee = VotingClassifier(members, voting="soft")
        model = WithUnlabelled(committee).fit(X, y)
        assert model.score(X, y) > 0.7

    def test_frozen_members(self, conversations):
        X, y = conversations
        fitted = M().fit(X, y)
        calibrated = CalibratedClassifierCV(FrozenEstimator(fitted), cv=2)
        model = WithUnlabelled(calibrated).fit(X, y)
        assert len(model.predict(X)) == len(X)

    def test_one_conversation_alone(self, conversations):
        X, y = conversations
        one = X["conversation"] == 0
        with pytest.raises(ValueError, match="labels in at least two conversations"):
            WithUnlabelled(CalibratedClassifierCV(M())).fit(X[one], y[one])


class TestRefused:
    @pytest.mark.parametrize("other", [M(), BaggingClassifier(M())])
    def test_what_it_does_not_go_around(self, conversations, other):
        with pytest.raises(TypeError, match=f"got {type(other).__name__}"):
            WithUnlabelled(other).fit(*conversations)

    @pytest.mark.parametrize(
        ("params", "message"),
        [
            ({"passthrough": True}, "takes predictions alone"),
            ({"cv": "prefit"}, "Frozen"),
        ],
    )
    def test_what_needs_more_than_predictions(self, conversations, params, message):
        stack = StackingClassifier([("a", M())], **params)
        with pytest.raises(ValueError, match=message):
            WithUnlabelled(stack).fit(*conversations)

    def test_no_labels(self, conversations):
        X, _ = conversations
        with pytest.raises(ValueError, match="All 30 labels of y are missing"):
            WithUnlabelled(VotingClassifier([("a", M())])).fit(X, [None] * 30)


OTHER = tiny_classifier(conversation="call")


@pytest.mark.parametrize(
    ("member", "name"),
    [
        (OTHER, "m__conversation"),
        (make_pipeline(OTHER), "m__hanrockclassifier__conversation"),
        (FrozenEstimator(OTHER), "m__estimator__conversation"),
        (CalibratedClassifierCV(OTHER), "m__estimator__conversation"),
    ],
)
def test_a_member_of_other_conversations(conversations, member, name):
    """Each talkturn would count as a conversation, and folds would tear the calls."""
    X, y = conversations
    X = X.rename(columns={"conversation": "call"})
    model = WithUnlabelled(StackingClassifier([("m", member)]))
    told = rf"{name} is 'call', but .* by the column 'conv.*, conversation='call'\)"
    with pytest.raises(ValueError, match=told):
        model.fit(X, y)


def test_conversations_by_another_name(conversations):
    X, y = conversations
    X = X.rename(columns={"conversation": "call"})
    narrator = MonahNarrator(conversation=None, speaker=None)
    member = make_pipeline(narrator, tiny_classifier(conversation="call"))
    committee = VotingClassifier([("m", member), ("n", "drop")], voting="soft")
    model = WithUnlabelled(committee, conversation="call")
    assert model.fit(X, y).score(X, y) >= 0


def test_as_an_estimator(conversations):
    X, y = conversations
    model = WithUnlabelled(VotingClassifier([("a", M())], voting="soft"))
    assert clone(model).get_params()["estimator__a__name"] == "m"
    assert sklearn.base.is_classifier(model)
    assert not sklearn.base.is_classifier(
        WithUnlabelled(VotingRegressor([("a", RemembersValues())]))
    )
    scores = cross_val_score(
        model,
        X,
        y,
        groups=X["conversation"],
        cv=GroupKFold(2),
        scoring=labelled_scorer("accuracy"),
        error_score="raise",
    )
    assert np.isfinite(scores).all()
    fitted = pickle.loads(pickle.dumps(model.fit(X, y)))
    assert (fitted.predict_proba(X) == model.predict_proba(X)).all()
    hard = WithUnlabelled(VotingClassifier([("a", M())])).fit(X, y)
    assert not hasattr(hard, "predict_proba")


def test_a_soft_class_that_nobody_has_as_a_label():
    """A member says "b"; the ensemble, which has no "b", would have said "c"."""
    columns, _ = talkturns()
    X = pd.DataFrame(columns).assign(soft__a=0.1, soft__b=0.8, soft__c=0.1)
    committee = VotingClassifier([("m", tiny_classifier())], voting="soft")
    with pytest.raises(ValueError, match=r"predicts the class\(es\) \['b'\], but"):
        WithUnlabelled(committee).fit(X, np.resize(["a", "c"], len(X)))


def test_networks_in_pipelines():
    columns, y = talkturns()
    X = pd.DataFrame(columns)
    weights = np.linspace(0.5, 2, len(y))
    network = tiny_classifier(max_epochs=1, architecture="han", validation_fraction=0.0)
    pipeline = make_pipeline(MonahNarrator(), network)
    committee = VotingClassifier([("a", pipeline)], voting="soft")
    model = WithUnlabelled(committee).fit(X, y, sample_weight=weights)
    alone = clone(pipeline).fit(X, y, hanrockclassifier__sample_weight=weights)
    np.testing.assert_array_equal(model.predict_proba(X), alone.predict_proba(X))
