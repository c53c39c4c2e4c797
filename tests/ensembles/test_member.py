"""A member of an ensemble: given whole conversations, it tells of some rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import sklearn
from context_members import RemembersClasses, RemembersValues
from sklearn.base import BaseEstimator, TransformerMixin, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from hanrock_sk.ensembles._member import Member, fit_weighted
from hanrock_sk.ensembles.labelled_rows import LabelledRows, number_conversations

X = pd.DataFrame(
    {
        "conversation": list("mmmnn"),
        "text": ["say c", "say a", "say c", "say a", "say c"],
    }
)


def rows(which, classes=None):
    numbers = number_conversations(X, "conversation")
    labelled = np.isin(np.arange(5), which)
    return LabelledRows(X, numbers, np.array(which), labelled, classes)


def test_classes_are_those_of_the_ensemble():
    """The member knows the first and the third of them."""
    classes = np.array(["a", "b", "c"])
    member = Member(RemembersClasses()).fit(rows([1, 2, 4], classes), [2, 0, 0])
    assert member.estimator_.texts_ == list(X["text"])
    assert member.estimator_.y_ == [None, "c", "a", None, "a"]
    assert member.classes_.tolist() == [0, 2]
    asked = rows([4, 1], classes)  # before them "say a" and "say c" were said
    assert member.predict(asked).tolist() == [0, 2]
    np.testing.assert_allclose(member.predict_proba(asked), [[0.9, 0.1], [0.1, 0.9]])


@pytest.mark.parametrize("classes", [["a", "d"], [0, 1]])
def test_classes_that_the_ensemble_does_not_know(classes):
    """They would be taken for the class that is sorted where they would be."""
    knows = RemembersClasses().fit(X, ["a", "b", "c", "a", "b"])
    member = Member(FrozenEstimator(knows))
    told = "|".join(repr(name) for name in "abc" if name not in classes)
    with pytest.raises(ValueError, match=rf"class\(es\) \[.*({told}).*Label a talk"):
        member.fit(rows([0, 3], np.array(classes)), [0, 1])


def test_values_are_what_they_are():
    member = Member(RemembersValues()).fit(rows([0, 3]), [0.5, 1.5])
    assert member.estimator_.y_ == [0.5, None, None, 1.5, None]
    assert member.predict(rows([4, 3, 1])).tolist() == [5, 0, 5]
    assert not hasattr(member, "classes_")
    assert not hasattr(member, "predict_proba")


def test_the_estimator_that_was_given_stays_unfitted():
    given = RemembersClasses()
    member = Member(given)
    with pytest.raises(NotFittedError):
        member.predict(rows([0]))
    member.fit(rows([0, 3], np.array(["a", "b"])), [0, 1])
    assert not hasattr(given, "texts_")


def test_it_is_of_the_kind_of_its_estimator():
    assert is_classifier(Member(RemembersClasses()))
    assert sklearn.base.is_regressor(Member(RemembersValues()))


class Weighted(TransformerMixin, BaseEstimator):
    """A step that remembers the weights it was given."""

    def fit(self, X, y=None, sample_weight=None):
        self.weights_ = sample_weight
        return self

    def transform(self, X):
        return X


@pytest.mark.parametrize("routing", [False, True])
def test_weights_reach_every_step_that_takes_them(routing):
    pipeline = make_pipeline(Weighted(), FunctionTransformer(), RemembersClasses())
    weights = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    with sklearn.config_context(enable_metadata_routing=routing):
        fit_weighted(pipeline, X, np.array(list("ababa")), weights)
    assert pipeline[0].weights_ is weights
    assert pipeline[2].weights_ == [1, 2, 3, 4, 5]


def test_weights_for_one_that_takes_none():
    numbers, y = np.arange(5.0)[:, None], [0, 1, 0, 1, 0]
    for model in (KNeighborsClassifier(), make_pipeline(KNeighborsClassifier())):
        fit_weighted(model, numbers, y, None)
        assert model.predict(numbers).shape == (5,)
        with pytest.raises(TypeError, match=r"KNeighbors.* takes no sample_weight"):
            fit_weighted(model, numbers, y, np.ones(5))
