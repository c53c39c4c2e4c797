"""The estimators, fed with arrays of numbers, so that scikit-learn can check them.

Its checks know arrays alone. Here an array is checked as scikit-learn checks it, then
becomes a talkturn table that the estimator reads: numbers as measurements or, for the
networks, as words. What is under test behind that is the estimator's own.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted, validate_data

from hanrock_sk import (
    AuxiliaryTargets,
    AuxiliaryWeights,
    HANRockClassifier,
    HANRockRegressor,
    MonahNarrator,
    Timings,
)


class FedWithArrays:
    """Comes before the class of an estimator; `_table` says what the numbers are."""

    def _table(self, X: np.ndarray) -> pd.DataFrame:
        raise NotImplementedError

    def _check(self, X: Any, *, reset: bool) -> pd.DataFrame:
        if not reset:
            check_is_fitted(self)
        return self._table(validate_data(self, X, reset=reset))

    def _learn_from(self, method: Any, X: Any, y: Any) -> Any:
        table = self._check(X, reset=True)
        seen = {n: getattr(self, n) for n in SEEN if hasattr(self, n)}
        result = method(table, y)
        for name in SEEN:  # the names are the user's, not the table's
            vars(self).pop(name, None)
        vars(self).update(seen)
        return result

    def fit(self, X, y=None):
        return self._learn_from(super().fit, X, y)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.input_tags.one_d_array = False
        tags.input_tags.string = False
        tags.input_tags.allow_nan = False
        if tags.regressor_tags is not None:
            tags.regressor_tags.poor_score = True  # numbers as words of a few letters
        return tags


SEEN = "n_features_in_", "feature_names_in_"


class TransformerFedWithArrays(FedWithArrays):
    """Gives back the numbers that it adds, beside those it got."""

    def fit_transform(self, X, y=None):
        return self.fit(X, y).transform(X)

    def transform(self, X):
        return self._numbers(super().transform(self._check(X, reset=False)), X)

    def _numbers(self, wide: pd.DataFrame, X: Any) -> np.ndarray:
        added = [wide[name] for name in self._columns_added]
        if wide.columns[-1] == "narrative":
            added = [[len(text) for text in wide["narrative"]]]
        added = [np.nan_to_num(np.asarray(column, dtype=float)) for column in added]
        return np.column_stack([np.asarray(X, dtype=float), *added])

    def get_feature_names_out(self, input_features=None):
        check_is_fitted(self)
        return np.asarray([*self.feature_names_in_, *self._columns_added], dtype=object)


class TargetsOfArrays(TransformerFedWithArrays, AuxiliaryTargets):
    def _table(self, X):
        names = ["au05", "au17", "au20", "au25"][: X.shape[1]]
        return pd.DataFrame(X[:, :4], columns=names)

    def fit_transform(self, X, y=None):
        wide = self._learn_from(AuxiliaryTargets.fit_transform.__get__(self), X, y)
        return self._numbers(wide, X)


class WeightsOfArrays(TransformerFedWithArrays, AuxiliaryWeights):
    def _table(self, X):
        names = [f"aux__action__{number}" for number in range(X.shape[1])]
        return pd.DataFrame(X, columns=names)


class TimingsOfArrays(TransformerFedWithArrays, Timings):
    def _table(self, X):
        table = pd.DataFrame({"start": X[:, 0], "end": X[:, -1] + 1})
        return table.assign(text="so it is")


class NarratorOfArrays(TransformerFedWithArrays, MonahNarrator):
    def _table(self, X):
        table = pd.DataFrame({"delay": X[:, 0], "tone_sad": X[:, -1]})
        return table.assign(text="so it is")


def told_as_words(X: np.ndarray) -> list[str]:
    """Every number as a word: which column, and how large it is, to a half."""
    return [
        " ".join(f"{chr(97 + n % 26)}{round(2 * value)}" for n, value in enumerate(row))
        for row in np.clip(X, -1e6, 1e6)
    ]


class NetworkFedWithArrays(FedWithArrays):
    def _table(self, X):
        return pd.DataFrame({"text": told_as_words(X)})

    @contextmanager
    def _double_precision(self):
        """In single precision the place of a talkturn in the table may move the last
        bit, which is more than scikit-learn's checks of that allow (1e-7)."""
        check_is_fitted(self)
        module = self.net_.module_.double()
        try:
            yield
        finally:
            module.float()

    def predict(self, X):
        table = self._check(X, reset=False)
        with self._double_precision():
            return super().predict(table)


class ClassifierOfArrays(NetworkFedWithArrays, HANRockClassifier):
    def predict_proba(self, X):
        table = self._check(X, reset=False)
        with self._double_precision():
            return super().predict_proba(table)


class RegressorOfArrays(NetworkFedWithArrays, HANRockRegressor):
    pass
