"""The paper's metrics, for labels of which some are missing (section 4.1).

A talkturn without a true label is context, not a target: every metric skips it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sklearn.metrics
from sklearn.utils.multiclass import unique_labels

from hanrock_sk.talkturns.labels import read_labels


def mean_accuracy(y_true: Any, y_pred: Any) -> float:
    """Mean, over the classes, of the share of a class that is recognised (MA).

    The paper's MA(4), "4-class weighted mean accuracy" (section 4.1), also known as
    balanced accuracy or macro-averaged recall: each class counts the same, however
    rare it is. `plain_accuracy` counts each talkturn the same.

    Parameters
    ----------
    y_true : array-like of shape (n_talkturns,)
        True labels; missing ones (None, NaN, pandas.NA) are skipped.
    y_pred : array-like of shape (n_talkturns,)
        Predicted labels.

    Returns
    -------
    mean_accuracy : float
        Between 0 and 1, over the classes that occur in `y_true`.

    Raises
    ------
    ValueError
        If all true labels are missing, the lengths differ, or a prediction is missing
        where there is a true label.

    Examples
    --------
    >>> from hanrock_sk.evaluation import mean_accuracy
    >>> mean_accuracy(["sad", "happy", "happy", None], ["sad", "happy", "sad", "sad"])
    0.75
    """
    true, predicted = _labelled_rows(y_true, y_pred)
    return float(
        sklearn.metrics.recall_score(
            true, predicted, labels=np.unique(true), average="macro"
        )
    )


def plain_accuracy(y_true: Any, y_pred: Any) -> float:
    """Share of the labelled talkturns that are recognised.

    Parameters
    ----------
    y_true : array-like of shape (n_talkturns,)
        True labels; missing ones (None, NaN, pandas.NA) are skipped.
    y_pred : array-like of shape (n_talkturns,)
        Predicted labels.

    Returns
    -------
    accuracy : float
        Between 0 and 1.

    Raises
    ------
    ValueError
        If all true labels are missing, the lengths differ, or a prediction is missing
        where there is a true label.

    Examples
    --------
    >>> from hanrock_sk.evaluation import plain_accuracy
    >>> plain_accuracy(["sad", "happy", "happy", None], ["sad", "happy", "sad", "sad"])
    0.6666666666666666
    """
    return float(sklearn.metrics.accuracy_score(*_labelled_rows(y_true, y_pred)))


def classwise_f1(y_true: Any, y_pred: Any) -> dict[Any, float]:
    """F1 of each class, as in the paper's Table 4.

    Parameters
    ----------
    y_true : array-like of shape (n_talkturns,)
        True labels; missing ones (None, NaN, pandas.NA) are skipped.
    y_pred : array-like of shape (n_talkturns,)
        Predicted labels.

    Returns
    -------
    f1 : dict
        From label to F1, in sorted order, for every class that occurs among the true
        or the predicted labels of the labelled talkturns.

    Raises
    ------
    ValueError
        If all true labels are missing, the lengths differ, or a prediction is missing
        where there is a true label.

    Examples
    --------
    >>> from hanrock_sk.evaluation import classwise_f1
    >>> classwise_f1(["sad", "sad", "happy", None], ["sad", "sad", "angry", "happy"])
    {'angry': 0.0, 'happy': 0.0, 'sad': 1.0}
    """
    true, predicted = _labelled_rows(y_true, y_pred)
    classes = unique_labels(true, predicted)
    f1 = sklearn.metrics.f1_score(true, predicted, labels=classes, average=None)
    return dict(zip(classes.tolist(), f1.tolist(), strict=True))


def mean_absolute_error(y_true: Any, y_pred: Any) -> float:
    """Mean absolute error over the labelled talkturns (MAE).

    Parameters
    ----------
    y_true : array-like of shape (n_talkturns,)
        True values; missing ones (None, NaN, pandas.NA) are skipped.
    y_pred : array-like of shape (n_talkturns,)
        Predicted values.

    Returns
    -------
    error : float
        In the unit of the values; 0 is best.

    Raises
    ------
    ValueError
        If all true values are missing, the lengths differ, or a prediction is missing
        where there is a true value.

    Examples
    --------
    >>> from hanrock_sk.evaluation import mean_absolute_error
    >>> mean_absolute_error([1.0, None, 4.0], [1.5, 3.0, 3.0])
    0.75
    """
    true, predicted = _labelled_rows(y_true, y_pred)
    return float(sklearn.metrics.mean_absolute_error(true, predicted))


def _labelled_rows(y_true: Any, y_pred: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return true and predicted labels of the rows whose true label is there."""
    true, labelled = read_labels(y_true, name="y_true")
    if not labelled.any():
        raise ValueError("All labels in y_true are missing: there is nothing to score.")
    predicted, made = read_labels(y_pred, len(true), name="y_pred")
    unanswered = np.flatnonzero(labelled & ~made)
    if len(unanswered):
        raise ValueError(
            f"y_pred, row {unanswered[0]}: the prediction is missing, but y_true has a "
            "label there."
        )
    return true[labelled], predicted[labelled]
