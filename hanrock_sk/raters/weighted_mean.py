"""One value of several raters' numbers: their mean, each by how far they agree."""

from __future__ import annotations

import numpy as np


def rater_weights(values: np.ndarray) -> np.ndarray:
    """Weigh raters by their correlation with the mean of the others.

    Parameters
    ----------
    values : ndarray of shape (n_talkturns, n_raters)
        Ratings; NaN where there is none.

    Returns
    -------
    weights : ndarray of shape (n_raters,)
        From 0, which is that of a rater who contradicts the others or always gives the
        same; all 1 if nobody agrees with anybody.
    """
    n_raters = values.shape[1]
    weights = np.zeros(n_raters)
    given = ~np.isnan(values)
    for rater in range(n_raters):
        others = np.delete(given, rater, axis=1)
        both = given[:, rater] & others.any(axis=1)
        own = values[both, rater]
        rest = np.delete(np.nan_to_num(values), rater, axis=1)[both].sum(axis=1)
        rest = rest / others[both].sum(axis=1)
        if len(own) > 1 and own.std() > 0 and rest.std() > 0:
            weights[rater] = max(np.corrcoef(own, rest)[0, 1], 0.0)
    return weights if weights.any() else np.ones(n_raters)


def weighted_mean(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weighted mean of each talkturn's ratings.

    Parameters
    ----------
    values : ndarray of shape (n_talkturns, n_raters)
        Ratings; NaN where there is none.
    weights : ndarray of shape (n_raters,)
        What each rater counts for.

    Returns
    -------
    mean : ndarray of float64, shape (n_talkturns,)
        NaN where nobody rated; the plain mean where no rater of weight did.
    """
    given = ~np.isnan(values)
    counted = given * weights
    counted = np.where(counted.any(axis=1, keepdims=True), counted, given)
    totals = counted.sum(axis=1)
    sums = (counted * np.nan_to_num(values)).sum(axis=1)
    return np.where(totals > 0, sums / np.where(totals > 0, totals, 1), np.nan)
