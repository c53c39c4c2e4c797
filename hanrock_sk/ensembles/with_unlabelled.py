"""An ensemble of scikit-learn's around which talkturns without a label are context."""

from __future__ import annotations

from typing import Any

import numpy as np
import sklearn
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import accuracy_score, r2_score
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from hanrock_sk._base.saved_state import SavedState
from hanrock_sk.ensembles._member import Member
from hanrock_sk.ensembles.folds import ConversationFolds
from hanrock_sk.ensembles.labelled_rows import LabelledRows, number_conversations
from hanrock_sk.talkturns.missing_labels import refuse_numbered_labels
from hanrock_sk.talkturns.sample_weight import (
    read_scored_labels,
    read_weighted_labels,
)

OF_MANY = (VotingClassifier, VotingRegressor, StackingClassifier, StackingRegressor)
OF_ONE = (CalibratedClassifierCV,)


class WithUnlabelled(SavedState, BaseEstimator):
    """Lets an ensemble of scikit-learn's be trained where labels are missing.

    Voting, stacking and calibration of scikit-learn's want a label in every row. This
    shows them the labelled talkturns alone, while their members read whole
    conversations, the unlabelled talkturns included: as content context and, by
    `train_unlabelled`, to train on for their auxiliary targets. What they train on and
    test on within, to stack or to calibrate, is divided by whole conversations.

    Parameters
    ----------
    estimator : estimator
        A `VotingClassifier`, `VotingRegressor`, `StackingClassifier`,
        `StackingRegressor` or `CalibratedClassifierCV` of scikit-learn's, or one within
        another. Its members are estimators of talkturn tables, or Pipelines of them.
        An int as `cv` is a number of folds; a splitter gets conversations as groups.
    conversation : str, default="conversation"
        The column of conversations, the same that the members name.

    Attributes
    ----------
    estimator_ : estimator
        The ensemble, fitted. Its members have the estimators in their `estimator_`.
    classes_ : ndarray of shape (n_classes,)
        The labels; of classifiers alone.

    Examples
    --------
    >>> from sklearn.calibration import CalibratedClassifierCV
    >>> from hanrock_sk import HANRockClassifier
    >>> from hanrock_sk.datasets import make_conversations
    >>> from hanrock_sk.ensembles import WithUnlabelled
    >>> X, y = make_conversations(4, 8, missing_labels=0.3, random_state=0)
    >>> model = HANRockClassifier(
    ...     content_size=2, word_gru=2, pri_gru=2, attention_units=2, max_epochs=1,
    ...     device="cpu", random_state=0,
    ... )
    >>> calibrated = WithUnlabelled(
    ...     CalibratedClassifierCV(model, method="temperature", cv=2)
    ... ).fit(X, y)
    >>> calibrated.predict_proba(X).shape == (len(X), len(calibrated.classes_))
    True
    """

    def __init__(self, estimator: Any, *, conversation: str = "conversation") -> None:
        self.estimator = estimator
        self.conversation = conversation

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> WithUnlabelled:
        """Train the ensemble.

        Parameters
        ----------
        X : DataFrame or sequence of str
            All talkturns, those without a label included.
        y : array-like of shape (n_talkturns,)
            Labels; None or NaN where there is none.
        sample_weight : array-like of shape (n_talkturns,), default=None
            How much each label counts, to the ensemble and its members; one of weight
            zero is as good as missing.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        TypeError
            If `estimator` is none of those it goes around.
        ValueError
            If all labels are missing, a member reads conversations from another
            column or predicts a class that no label has, or an ensemble is asked for
            something that needs more than its members' predictions.
        """
        if not isinstance(self.estimator, OF_MANY + OF_ONE):
            raise TypeError(
                "WithUnlabelled goes around voting, stacking and calibration of "
                f"scikit-learn's, got {type(self.estimator).__name__}. Estimators of "
                "this package take missing labels themselves."
            )
        refuse_numbered_labels()
        refuse_other_conversations(self.estimator, self.conversation)
        theirs = with_members(clone(self.estimator))
        numbers = number_conversations(X, self.conversation)
        values, labelled, weights = read_weighted_labels(y, len(numbers), sample_weight)
        if not labelled.any():
            raise ValueError(f"All {len(labelled)} labels of y are missing.")
        known, classes = values[labelled], None
        if is_classifier(theirs):
            classes, known = np.unique(known, return_inverse=True)
        rows = LabelledRows(X, numbers, np.flatnonzero(labelled), labelled, classes)
        if weights is None:
            theirs.fit(rows, known)
        else:
            with sklearn.config_context(enable_metadata_routing=False):
                theirs.fit(rows, known, sample_weight=weights[labelled])
        self.__dict__.pop("classes_", None)
        self.estimator_ = theirs
        if classes is not None:
            self.classes_ = classes
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Predict the label of every talkturn.

        Parameters
        ----------
        X : DataFrame or sequence of str
            Talkturns, whole conversations.

        Returns
        -------
        y : ndarray of shape (n_talkturns,)
            Classes, or values.
        """
        predicted = self._ask("predict", X)
        return self.classes_[predicted] if hasattr(self, "classes_") else predicted

    @available_if(lambda self: hasattr(self.estimator, "predict_proba"))
    def predict_proba(self, X: Any) -> np.ndarray:
        """Predict the probability of every class.

        Parameters
        ----------
        X : DataFrame or sequence of str
            Talkturns, whole conversations.

        Returns
        -------
        probabilities : ndarray of shape (n_talkturns, n_classes)
            In the order of `classes_`.
        """
        return self._ask("predict_proba", X)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the accuracy, or of values R², over the talkturns that have a label.

        Parameters
        ----------
        X : DataFrame or sequence of str
            Talkturns, whole conversations.
        y : array-like of shape (n_talkturns,)
            Labels; None or NaN where there is none.
        sample_weight : array-like of shape (n_talkturns,), default=None
            How much each label counts.

        Returns
        -------
        score : float
            1 at best.
        """
        predicted = self.predict(X)
        true, scored, weights = read_scored_labels(y, len(predicted), sample_weight)
        metric = accuracy_score if hasattr(self, "classes_") else r2_score
        return float(metric(true, predicted[scored], sample_weight=weights))

    def _ask(self, method: str, X: Any) -> np.ndarray:
        check_is_fitted(self)
        numbers = number_conversations(X, self.conversation)
        everything = np.ones(len(numbers), dtype=bool)
        classes = getattr(self, "classes_", None)
        rows = LabelledRows(X, numbers, np.arange(len(numbers)), everything, classes)
        return getattr(self.estimator_, method)(rows)

    def __sklearn_tags__(self) -> Any:
        """Say of which kind the ensemble is, and that input is a table or strings."""
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.estimator_type = inner.estimator_type
        tags.classifier_tags = inner.classifier_tags
        tags.regressor_tags = inner.regressor_tags
        tags.target_tags.required = True
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        return tags


def with_members(estimator: Any) -> Any:
    """Put a `Member` around every estimator of talkturns within an ensemble.

    Parameters
    ----------
    estimator : estimator
        An ensemble, which is changed, or a member.

    Returns
    -------
    estimator : estimator
        The ensemble, or a `Member`.

    Raises
    ------
    ValueError
        If an ensemble is to pass talkturns through, or has members that are fitted.
    """
    if not isinstance(estimator, OF_MANY + OF_ONE):
        return Member(estimator)
    params = estimator.get_params(deep=False)
    name = type(estimator).__name__
    if params.get("passthrough"):
        raise ValueError(
            f"{name}(passthrough=True) would give talkturns to the final estimator, "
            "which takes predictions alone."
        )
    if isinstance(params.get("cv"), str):
        raise ValueError(
            f"{name}(cv={params['cv']!r}): put sklearn.frozen.FrozenEstimator around "
            "members that are fitted already."
        )
    if isinstance(estimator, OF_ONE):
        estimator.set_params(estimator=with_members(params["estimator"]))
    else:
        members = [
            (key, each if isinstance(each, str) else with_members(each))
            for key, each in params["estimators"]
        ]
        estimator.set_params(estimators=members)
    if "cv" in params and not _is_list_of_folds(params["cv"]):
        estimator.set_params(cv=ConversationFolds(params["cv"]))
    return estimator


def refuse_other_conversations(
    estimator: Any, conversation: str, prefix: str = ""
) -> None:
    """Raise a ValueError if a member reads conversations from another column.

    Its conversations would be torn where talkturns are divided into folds.

    Parameters
    ----------
    estimator : estimator
        The ensemble.
    conversation : str
        The column by which talkturns are divided.
    prefix : str, default=""
        What stands before the names of its parameters.
    """
    for name, value in estimator.get_params(deep=True).items():
        if isinstance(value, FrozenEstimator):  # which tells no parameters within
            inner = f"{prefix}{name}__estimator__"
            refuse_other_conversations(value.estimator, conversation, inner)
        elif name.split("__")[-1] != "conversation" or value is None:
            continue  # a narrator without conversations reads every talkturn alone
        elif value != conversation:
            raise ValueError(
                f"The member's parameter {prefix + name} is {value!r}, but "
                f"WithUnlabelled divides talkturns by the column {conversation!r}: "
                "name one column in both, here by WithUnlabelled(..., "
                f"conversation={value!r})."
            )


def _is_list_of_folds(cv: Any) -> bool:
    return cv is not None and not hasattr(cv, "split") and not np.isscalar(cv)
