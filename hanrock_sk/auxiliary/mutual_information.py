"""Mutual information of an auxiliary target and the primary label (section 4.4)."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.feature_selection import mutual_info_classif, mutual_info_regression

N_NEIGHBORS = 3
"""Neighbours of the Kraskov and Ross estimators: scikit-learn's default."""

MINIMUM_ROWS = N_NEIGHBORS + 1
"""A row with this many neighbours needs at least this many rows."""


def mutual_information(
    target: np.ndarray,
    label: np.ndarray,
    *,
    target_is_class: bool,
    label_is_class: bool,
    random_state: Any = None,
) -> float:
    """Estimate the mutual information of two columns without missing values.

    Two columns of classes are counted; a column of classes and one of real values go
    by Ross (2014), two columns of real values by Kraskov et al. (2004), all as
    scikit-learn does them.

    Parameters
    ----------
    target : ndarray of shape (n_rows,)
        The auxiliary target.
    label : ndarray of shape (n_rows,)
        The label of the primary task.
    target_is_class, label_is_class : bool
        Whether the column holds classes, which may be strings, or real values.
    random_state : int, RandomState instance or None, default=None
        Draws the tiny noise that parts equal real values.

    Returns
    -------
    information : float
        In nats, never negative. 0 where there is nothing to estimate it from: fewer
        than four rows, a column that is constant, or no class seen twice beside real
        values.

    Examples
    --------
    Two equal halves that agree tell each other log 2 = 0.693 nats.

    >>> import numpy as np
    >>> from hanrock_sk.auxiliary.mutual_information import mutual_information
    >>> label = np.array(["yes", "no", "yes", "no"])
    >>> information = mutual_information(
    ...     label, label, target_is_class=True, label_is_class=True
    ... )
    >>> round(information, 3)
    0.693
    """
    if len(label) < MINIMUM_ROWS or _is_constant(target) or _is_constant(label):
        return 0.0
    if target_is_class:
        target = _codes(target)
    if label_is_class:
        label = _codes(label)
    for column, is_class, other_is_class in (
        (target, target_is_class, label_is_class),
        (label, label_is_class, target_is_class),
    ):
        # Ross leaves out classes seen once and cannot do without all of them.
        if is_class and not other_is_class and np.bincount(column).max() < 2:
            return 0.0
    estimate = mutual_info_classif if label_is_class else mutual_info_regression
    with warnings.catch_warnings():
        # Many classes for few rows: the estimator warns about that, if anybody.
        warnings.filterwarnings("ignore", message="The number of unique classes")
        estimates = estimate(
            target[:, None],
            label,
            discrete_features=target_is_class,
            n_neighbors=N_NEIGHBORS,
            random_state=random_state,
        )
    return float(estimates[0])


def _is_constant(values: np.ndarray) -> bool:
    return bool(np.all(values == values[0]))


def _codes(values: np.ndarray) -> np.ndarray:
    return np.unique(values, return_inverse=True)[1]
