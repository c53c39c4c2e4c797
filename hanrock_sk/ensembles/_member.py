"""An estimator of talkturns, as a member of an ensemble of scikit-learn's."""

from __future__ import annotations

from typing import Any

import numpy as np
import sklearn
from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, has_fit_parameter

from hanrock_sk._base.saved_state import SavedState
from hanrock_sk.ensembles.labelled_rows import LabelledRows


class Member(SavedState, BaseEstimator):
    """Gives an estimator whole conversations, and an ensemble the labelled rows.

    Parameters
    ----------
    estimator : estimator
        Of talkturn tables, with labels that may be missing.
    """

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    def fit(self, X: LabelledRows, y: Any, sample_weight: Any = None) -> Member:
        """Train on whole conversations, with the labels of these rows alone.

        Raises
        ------
        ValueError
            If the estimator predicts a class that the ensemble has no label of.
        """
        table, labels, weights = X.to_train(y, sample_weight)
        self.estimator_ = clone(self.estimator)
        fit_weighted(self.estimator_, table, labels, weights)
        if X.classes is not None:
            refuse_strange_classes(self.estimator_, X.classes)
            self.classes_ = np.searchsorted(X.classes, self.estimator_.classes_)
        return self

    def predict(self, X: LabelledRows) -> np.ndarray:
        """Predict class indices, or values, of these rows."""
        check_is_fitted(self)
        table, places = X.to_predict()
        predicted = np.asarray(self.estimator_.predict(table))[places]
        if not hasattr(self, "classes_"):
            return predicted
        return self.classes_[np.searchsorted(self.estimator_.classes_, predicted)]

    @available_if(lambda self: hasattr(self.estimator, "predict_proba"))
    def predict_proba(self, X: LabelledRows) -> np.ndarray:
        """Predict the probability of every class for these rows."""
        check_is_fitted(self)
        table, places = X.to_predict()
        return np.asarray(self.estimator_.predict_proba(table))[places]

    def __sklearn_tags__(self) -> Any:
        """Say of which kind the estimator is."""
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.estimator_type = inner.estimator_type
        tags.classifier_tags, tags.regressor_tags = (
            inner.classifier_tags,
            inner.regressor_tags,
        )
        return tags


def refuse_strange_classes(estimator: Any, classes: np.ndarray) -> None:
    """Raise a ValueError if an estimator predicts what is none of these classes.

    Columns of soft labels may name such a class, or a frozen estimator know it. The
    ensemble has no number for it, and would take it for another one.
    """
    known = set(classes.tolist())
    strange = [label for label in estimator.classes_.tolist() if label not in known]
    if strange:
        raise ValueError(
            f"{type(estimator).__name__}, a member, predicts the class(es) {strange}, "
            f"but the labels of y are {classes.tolist()} alone. Label a talkturn with "
            "each of them, leave out their columns of soft labels, or train a frozen "
            "member with the classes of y."
        )


def fit_weighted(
    estimator: Any, X: Any, y: np.ndarray, sample_weight: np.ndarray | None
) -> None:
    """Fit an estimator, or every step of a Pipeline, with weights if there are any.

    Raises
    ------
    TypeError
        If there are weights and the estimator takes none.
    """
    if sample_weight is None:
        estimator.fit(X, y)
        return
    steps = [("", estimator)]
    if isinstance(estimator, Pipeline):
        steps = [(f"{name}__", step) for name, step in estimator.steps]
    if not has_fit_parameter(steps[-1][1], "sample_weight"):
        raise TypeError(f"{steps[-1][1]} takes no sample_weight.")
    given = {
        f"{prefix}sample_weight": sample_weight
        for prefix, step in steps
        if has_fit_parameter(step, "sample_weight")
    }
    with sklearn.config_context(enable_metadata_routing=False):
        estimator.fit(X, y, **given)
