"""The labels of the primary task: at least one, and either classes or real values."""

from __future__ import annotations

from typing import Any

import numpy as np

from hanrock_sk.talkturns.sample_weight import read_weighted_labels


def read_primary_labels(
    y: Any, n_rows: int, sample_weight: Any = None
) -> tuple[np.ndarray, np.ndarray]:
    """Read the labels of the primary task, of which at least one must be present.

    Parameters
    ----------
    y : array-like of shape (n_rows,)
        Labels; None, NaN or pandas.NA where there is none.
    n_rows : int
        How many there must be.
    sample_weight : array-like of shape (n_rows,) or None
        How much each label counts; one of weight zero is as good as missing.

    Returns
    -------
    values : ndarray of shape (n_rows,)
        The labels as they came; what stands at a missing one means nothing.
    present : ndarray of bool, shape (n_rows,)
        Which labels are there.

    Raises
    ------
    ValueError
        If all labels are missing, or `y` is no column of labels.

    Examples
    --------
    >>> from hanrock_sk.auxiliary.primary_task import read_primary_labels
    >>> read_primary_labels([None, None], 2)
    Traceback (most recent call last):
    ...
    ValueError: All 2 labels of y are missing; at least one is needed.
    """
    values, present, _ = read_weighted_labels(y, n_rows, sample_weight)
    if not present.any():
        raise ValueError(
            f"All {n_rows} labels of y are missing; at least one is needed."
        )
    return values, present


def is_real_valued(values: np.ndarray) -> bool:
    """Whether labels are real values (regression) rather than classes.

    They are real values if at least one of them is not a whole number, which is what
    :func:`sklearn.utils.multiclass.type_of_target` calls "continuous". Strings,
    booleans and whole numbers, also those stored as floats, are classes.

    Parameters
    ----------
    values : ndarray of shape (n_labels,)
        Labels, none of them missing.

    Returns
    -------
    real_valued : bool
        True for real values, False for classes.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.auxiliary.primary_task import is_real_valued
    >>> is_real_valued(np.array([1.0, 2.5])), is_real_valued(np.array([1.0, 2.0]))
    (True, False)
    """
    return values.dtype.kind == "f" and bool(np.any(values != np.floor(values)))
