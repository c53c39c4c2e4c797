"""The factor of each class in the cross-entropy, and how frequent the classes are."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from sklearn.utils.class_weight import compute_class_weight

SMALLEST_SHARE = 1e-6
"""Of a class whose factor is 0."""


def class_factors(
    class_weight: str | dict[Any, float], classes: np.ndarray, counts: np.ndarray
) -> np.ndarray:
    """Return the factor of each class.

    Parameters
    ----------
    class_weight : "balanced" or dict
        As elsewhere in scikit-learn; a class that a dict does not name has 1.
    classes : ndarray of shape (n_classes,)
        The classes.
    counts : ndarray of float64, shape (n_classes,)
        How often each class is trained on, labels as often as they count; a class that
        is not has 1.

    Returns
    -------
    factors : ndarray of float64, shape (n_classes,)
        In the order of `classes`.

    Raises
    ------
    ValueError
        If a dict names something that is no class and lacks a class that there is, or
        a factor is not a number from 0.
    """
    if isinstance(class_weight, dict):
        unknown = [label for label in class_weight if label not in classes]
        # A fold may lack a rare class; if a class has no weight, one is misspelt.
        if unknown and any(label not in class_weight for label in classes.tolist()):
            raise ValueError(
                f"class_weight names {unknown}, but the classes are {classes.tolist()}."
            )
        for label, factor in class_weight.items():
            if not isinstance(factor, Real) or not 0 <= float(factor) < np.inf:
                raise ValueError(
                    f"class_weight of {label!r} must be a number that is not "
                    f"negative, got {factor!r}."
                )
        return np.array([class_weight.get(label, 1) for label in classes.tolist()])
    trained = np.flatnonzero(counts)
    factors = np.ones(len(classes))
    factors[trained] = compute_class_weight(
        class_weight, classes=trained, y=trained, sample_weight=counts[trained]
    )
    return factors


def class_shares(counts: np.ndarray, factors: np.ndarray | None) -> np.ndarray:
    """Return the share of each class in the loss; of none is it 0, so it has a log.

    Parameters
    ----------
    counts : ndarray of float64, shape (n_classes,)
        How often each class is trained on.
    factors : ndarray of shape (n_classes,) or None
        What each class counts for, see `class_factors`; None if all count the same.

    Returns
    -------
    shares : ndarray of float64, shape (n_classes,)
        They sum to 1.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.estimators.class_factors import class_shares
    >>> class_shares(np.array([3, 3, 0]), None).round(2)
    array([0.47, 0.47, 0.07])
    """
    weighted = counts + 0.5
    if factors is not None:
        weighted = weighted * factors
    return np.maximum(weighted / weighted.sum(), SMALLEST_SHARE)
