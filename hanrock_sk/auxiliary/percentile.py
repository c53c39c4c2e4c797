"""Percentile ranks against the training rows (section 4.3)."""

from __future__ import annotations

import numpy as np


def percentile_rank(values: np.ndarray, training: np.ndarray) -> np.ndarray:
    """Rank values among the training values, in [0, 1], ties averaged.

    The rank of a value is the share of training values below it plus half the share
    of training values equal to it::

        rank(v) = (#{t < v} + #{t <= v}) / (2 n)

    with n the number of training values. It is the "mean" kind of
    :func:`scipy.stats.percentileofscore`. A value below all training values has 0, one
    above them all has 1; the ranks of the training values themselves average 0.5, so a
    constant column, or a single training value, ranks 0.5.

    Parameters
    ----------
    values : ndarray of float, shape (n_rows,)
        What to rank; NaN where missing.
    training : ndarray of float, shape (n,)
        The training values, sorted, without NaN.

    Returns
    -------
    ranks : ndarray of float, shape (n_rows,)
        NaN where the value is missing, and everywhere without any training value.

    Examples
    --------
    Among 1, 3, 3, 7, one value is below 3 and three are not above it, hence
    (1 + 3) / 8 = 0.5. The unseen 5 has three values below it: (3 + 3) / 8 = 0.75.

    >>> import numpy as np
    >>> from hanrock_sk.auxiliary.percentile import percentile_rank
    >>> training = np.array([1.0, 3.0, 3.0, 7.0])
    >>> percentile_rank(np.array([1.0, 3.0, 7.0, 5.0, 0.0, 9.0, np.nan]), training)
    array([0.125, 0.5  , 0.875, 0.75 , 0.   , 1.   ,   nan])
    """
    if len(training) == 0:
        return np.full(len(values), np.nan)
    # Sorted values are found several times faster than the same values in disorder.
    distinct, where = np.unique(values, return_inverse=True)
    below = np.searchsorted(training, distinct, side="left")
    up_to = np.searchsorted(training, distinct, side="right")
    ranks = (below + up_to) / (2 * len(training))
    ranks[np.isnan(distinct)] = np.nan
    return ranks[where]
