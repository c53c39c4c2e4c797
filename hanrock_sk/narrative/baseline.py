"""What a measurement is compared with: z-scores against earlier talkturns or all.

A z-score is ``(value - mean) / deviation`` with the sample standard deviation (divided
by count - 1): the talkturns seen so far are a sample of how somebody speaks. It is
missing, never zero or infinite, as long as there is nothing to compare with: fewer than
two values, for which there is no such deviation, or values that are all the same.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import isinf, nan, sqrt

import numpy as np

MINIMUM_COUNT = 2

# Times are read as decimal fractions, so that equal delays differ in their last bits.
# A deviation this small beside the mean is that rounding and no spread.
ROUNDING = 1e-9


class RunningBaseline:
    """Compare measurements with the earlier ones under the same key.

    The key is whose measurements they are: a speaker of a conversation. Mean and
    deviation run along (Welford's recurrence, stable for large means), so that each
    talkturn costs the same however long the conversation, in a table or live.

    Examples
    --------
    Two features of one speaker; the third talkturn is the first that can be compared:

    >>> from hanrock_sk.narrative import RunningBaseline
    >>> baseline = RunningBaseline()
    >>> baseline.update("anna", [120.0, 0.3])
    [nan, nan]
    >>> baseline.update("anna", [140.0, float("nan")])
    [nan, nan]
    >>> [round(z, 2) for z in baseline.update("anna", [160.0, 0.5])]
    [2.12, nan]
    """

    def __init__(self) -> None:
        self._seen: dict[Hashable, list[tuple[int, float, float]]] = {}

    def update(self, key: Hashable, values: Sequence[float | None]) -> list[float]:
        """Compare the values of one talkturn with earlier ones, then remember them.

        Parameters
        ----------
        key : hashable
            Whose measurements they are.
        values : sequence of float
            One value per feature, always in the same order; None or NaN where the
            measurement is missing, which is then not remembered.

        Returns
        -------
        z_scores : list of float
            One per feature, NaN where there is none.

        Raises
        ------
        ValueError
            If a value is infinite or the number of features changed.
        """
        running = self._seen.get(key) or [(0, 0.0, 0.0)] * len(values)
        z_scores, updated = [], []
        for moments, value in zip(running, values, strict=True):
            if value is None or value != value:
                z_scores.append(nan)
                updated.append(moments)
                continue
            if isinf(value):
                raise ValueError(f"A measurement of {key!r} is infinite.")
            count, mean, squares = moments
            z_scores.append(_z_score(value, count, mean, squares))
            count += 1
            step = value - mean
            mean += step / count
            updated.append((count, mean, squares + step * (value - mean)))
        self._seen[key] = updated
        return z_scores


def _z_score(value: float, count: int, mean: float, squares: float) -> float:
    if count < MINIMUM_COUNT:
        return nan
    deviation = sqrt(squares / (count - 1))
    return (value - mean) / deviation if deviation > ROUNDING * abs(mean) else nan


@dataclass(frozen=True)
class PopulationBaseline:
    """Compare measurements with those of all training talkturns.

    Attributes
    ----------
    mean : ndarray of shape (n_features,)
        Mean of the measurements that are there.
    deviation : ndarray of shape (n_features,)
        Their sample standard deviation; NaN where there is nothing to compare with.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.narrative import PopulationBaseline
    >>> baseline = PopulationBaseline.learn(np.array([[100.0], [140.0], [np.nan]]))
    >>> baseline.z_scores(np.array([[120.0], [np.nan], [180.0]])).round(2).tolist()
    [[0.0], [nan], [2.12]]
    """

    mean: np.ndarray
    deviation: np.ndarray

    @classmethod
    def learn(cls, values: np.ndarray) -> PopulationBaseline:
        """Learn from the training talkturns.

        Parameters
        ----------
        values : ndarray of shape (n_talkturns, n_features)
            Their measurements, NaN where missing.

        Returns
        -------
        baseline : PopulationBaseline
            What later measurements are compared with.
        """
        present = ~np.isnan(values)
        count = present.sum(axis=0)
        mean = np.where(present, values, 0).sum(axis=0) / np.maximum(count, 1)
        squares = np.where(present, (values - mean) ** 2, 0).sum(axis=0)
        deviation = np.sqrt(squares / np.maximum(count - 1, 1))
        usable = (count >= MINIMUM_COUNT) & (deviation > ROUNDING * np.abs(mean))
        return cls(mean=mean, deviation=np.where(usable, deviation, np.nan))

    def z_scores(self, values: np.ndarray) -> np.ndarray:
        """Compare measurements with the population.

        Parameters
        ----------
        values : ndarray of shape (n_talkturns, n_features)
            Measurements, NaN where missing.

        Returns
        -------
        z_scores : ndarray of shape (n_talkturns, n_features)
            NaN where there is none.
        """
        return (values - self.mean) / self.deviation
