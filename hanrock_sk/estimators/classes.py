"""What a classifier does with labels: classes, their probabilities, accuracy."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
from scipy.special import softmax
from sklearn.base import ClassifierMixin
from sklearn.metrics import accuracy_score
from sklearn.utils.multiclass import check_classification_targets

from hanrock_sk.estimators.auxiliary_reading import class_indices
from hanrock_sk.estimators.base import BaseHANRock
from hanrock_sk.estimators.class_factors import class_factors, class_shares
from hanrock_sk.estimators.soft_targets import with_soft_classes
from hanrock_sk.estimators.temperature import temperature_of
from hanrock_sk.talkturns.sample_weight import read_scored_labels

if TYPE_CHECKING:  # torch is imported where it is needed, not with the package
    from hanrock_sk.estimators.talkturn_data import TalkturnData


class LearnsClasses(ClassifierMixin, BaseHANRock):
    """The side of a classifier that knows about classes."""

    class_weight: Any
    label_smoothing: float
    logit_adjustment: float

    _classifies = True

    @abstractmethod
    def __init__(self) -> None:
        """Keep the parameters; those of the estimator are stated there."""

    def _learn_labels(
        self,
        values: np.ndarray,
        present: np.ndarray,
        kept: np.ndarray,
        weights: np.ndarray | None,
        table: nw.DataFrame | None,
    ) -> None:
        known = values[present]
        check_classification_targets(known)
        classes = with_soft_classes(table, np.unique(known))
        if len(classes) < 2:
            raise ValueError(
                f"y has only one class, {classes[0].item()!r}; at least two are needed."
            )
        self.classes_ = classes

    def _keep_labels(
        self, before: dict[str, Any], values: np.ndarray, present: np.ndarray
    ) -> None:
        check_classification_targets(values[present])
        classes = before["classes_"]
        try:
            class_indices(values, present, classes, "y")
        except ValueError as error:
            raise ValueError(
                f"{error} warm_start=True goes on with these. For new classes, train "
                "anew, with warm_start=False; init_from= then takes the encoders over."
            ) from None
        self.classes_ = classes

    def _encode_labels(
        self, values: np.ndarray, present: np.ndarray, name: str
    ) -> np.ndarray:
        return class_indices(values, present, self.classes_, name)

    def _criterion_params(self, data: TalkturnData) -> dict[str, Any]:
        import torch

        params: dict[str, Any] = {"label_smoothing": self.label_smoothing}
        counts = data.class_counts(len(self.classes_))
        factors = None
        if self.class_weight is not None:
            factors = class_factors(self.class_weight, self.classes_, counts)
            params["class_weight"] = torch.tensor(factors, dtype=torch.float32)
        if self.logit_adjustment:
            offsets = self.logit_adjustment * np.log(class_shares(counts, factors))
            params["logit_offsets"] = torch.tensor(offsets, dtype=torch.float32)
        return params

    def _calibration_factor(
        self, logits: np.ndarray, labels: np.ndarray, weights: np.ndarray | None
    ) -> float:
        return 1 / temperature_of(logits, labels, weights)

    def _keep_calibration(self, factor: float) -> None:
        self.temperature_ = 1 / factor

    def _n_outputs(self) -> int:
        return len(self.classes_)

    def _decode_primary(self, raw: np.ndarray) -> np.ndarray:
        return self.classes_[raw.argmax(axis=-1)]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Predict the probability of every class.

        Parameters
        ----------
        X : DataFrame or sequence of str
            See `predict`.

        Returns
        -------
        probabilities : ndarray of shape (n_talkturns, n_classes)
            In the order of `classes_`; rows sum to 1.
        """
        return softmax(self._predict_primary(X).astype(np.float64), axis=1)

    def _name_probabilities(self, raw: np.ndarray) -> dict[Any, float]:
        probabilities = softmax(raw.astype(np.float64), axis=1)[0]
        return dict(zip(self.classes_.tolist(), probabilities.tolist(), strict=True))

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the accuracy over the talkturns that have a label.

        Parameters
        ----------
        X : DataFrame or sequence of str
            Talkturns, those without a label as context.
        y : array-like of shape (n_talkturns,)
            Labels, None or NaN where there is none.
        sample_weight : array-like of shape (n_talkturns,), default=None
            How much each label counts; one of weight zero is as good as missing.

        Returns
        -------
        accuracy : float
            Share of right predictions.
        """
        self._warn_if_torn(X)
        predicted = self.predict(X)
        true, present, weights = read_scored_labels(y, len(predicted), sample_weight)
        return float(accuracy_score(true, predicted[present], sample_weight=weights))
