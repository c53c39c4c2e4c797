"""What a regressor does with labels: location, scale, coefficient of determination."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score

from hanrock_sk.estimators.base import BaseHANRock
from hanrock_sk.estimators.calibration_slope import slope_of
from hanrock_sk.talkturns.sample_weight import read_scored_labels, weighted_median

if TYPE_CHECKING:  # torch is imported where it is needed, not with the package
    from hanrock_sk.estimators.talkturn_data import TalkturnData

SMALLEST_SPREAD = float(np.finfo(np.float32).tiny)
"""A standard deviation below this is that of equal labels: divided by it, single
precision would not hold them."""


class LearnsValues(RegressorMixin, BaseHANRock):
    """The side of a regressor that knows about values: their location and scale."""

    loss: str

    _classifies = False

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
        _check_real(values[present], "y")
        known = values[kept].astype(np.float64)
        counts = weights
        if counts is not None:
            counts = counts[kept] if counts[kept].any() else None
        mean = np.average(known, weights=counts)
        spread = float(np.sqrt(np.average((known - mean) ** 2, weights=counts)))
        self._location_ = weighted_median(known, counts)
        counted = known if counts is None else known[counts > 0]
        differ = counted.min() < counted.max()  # or the spread is rounding alone
        self._scale_ = spread if differ and spread > SMALLEST_SPREAD else 1.0

    def _keep_labels(
        self, before: dict[str, Any], values: np.ndarray, present: np.ndarray
    ) -> None:
        _check_real(values[present], "y")
        self._location_, self._scale_ = before["_location_"], before["_scale_"]

    def _encode_labels(
        self, values: np.ndarray, present: np.ndarray, name: str
    ) -> np.ndarray:
        _check_real(values[present], name)
        encoded = np.full(len(values), np.nan, dtype=np.float32)
        known = values[present].astype(np.float64)
        encoded[present] = (known - self._location_) / self._scale_
        return encoded

    def _criterion_params(self, data: TalkturnData) -> dict[str, Any]:
        return {"value_loss": self.loss}

    def _calibration_factor(
        self, answers: np.ndarray, values: np.ndarray, weights: np.ndarray | None
    ) -> float:
        return slope_of(answers[:, 0], values, weights)

    def _keep_calibration(self, factor: float) -> None:
        self.slope_ = factor

    def _n_outputs(self) -> int:
        return 1

    def _value_scale(self) -> float:
        return self._scale_

    def _scale_auxiliary(self, values: np.ndarray) -> np.ndarray:
        return (values - self._location_) / self._scale_

    def _decode_values(self, values: np.ndarray) -> np.ndarray:
        return values.astype(np.float64) * self._scale_ + self._location_

    def _decode_primary(self, raw: np.ndarray) -> np.ndarray:
        return self._decode_values(raw[..., 0])

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the coefficient of determination over the labelled talkturns.

        Parameters
        ----------
        X : DataFrame or sequence of str
            Talkturns, those without a label as context.
        y : array-like of shape (n_talkturns,)
            Values, NaN or None where there is none.
        sample_weight : array-like of shape (n_talkturns,), default=None
            How much each label counts; one of weight zero is as good as missing.

        Returns
        -------
        r2 : float
            1 at best; 0 for a constant prediction of the mean.
        """
        self._warn_if_torn(X)
        predicted = self.predict(X)
        true, present, weights = read_scored_labels(y, len(predicted), sample_weight)
        return float(r2_score(true, predicted[present], sample_weight=weights))


def _check_real(values: np.ndarray, name: str) -> None:
    if values.dtype.kind not in "iuf":
        raise ValueError(
            f"A regressor needs numbers in {name}, got {values[0].item()!r}. For "
            "labels, use HANRockClassifier."
        )
