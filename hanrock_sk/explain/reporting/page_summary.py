"""How well a model did on some talkturns: what the report's summary page shows."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    f1_score,
    mean_absolute_error,
    recall_score,
)

from hanrock_sk._base.rounding import round_value


def summarize_classes(
    true: np.ndarray, predicted: np.ndarray, n_classes: int
) -> dict[str, Any]:
    """Summarise predicted classes.

    Parameters
    ----------
    true, predicted : ndarray of int64, shape (n_talkturns,)
        Class indices; -1 where there is no true label. Such talkturns don't count.
    n_classes : int
        How many classes there are.

    Returns
    -------
    summary : dict
        ``labelled`` (talkturns that count), ``confusion`` (a row per true class, a
        column per predicted one), ``accuracy``, ``balanced`` (mean recall of the true
        classes that occur; both None if nothing counts), ``f1`` (per class; None where
        the class is neither true nor predicted).

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.explain.reporting.page_summary import summarize_classes
    >>> summary = summarize_classes(np.array([0, 0, 1, -1]), np.array([0, 1, 1, 0]), 3)
    >>> summary["confusion"], summary["f1"][2]
    ([[1, 1, 0], [0, 1, 0], [0, 0, 0]], None)
    """
    known = true >= 0
    labelled = int(known.sum())
    classes = np.arange(n_classes)
    if not labelled:
        return {
            "labelled": 0,
            "confusion": np.zeros((n_classes, n_classes), dtype=int).tolist(),
            "accuracy": None,
            "balanced": None,
            "f1": [None] * n_classes,
        }
    true, predicted = true[known], predicted[known]
    # Where there is neither a true nor a predicted one, there is no F1.
    f1 = f1_score(true, predicted, labels=classes, average=None, zero_division=np.nan)
    recall = recall_score(true, predicted, labels=np.unique(true), average="macro")
    return {
        "labelled": labelled,
        "confusion": confusion_matrix(true, predicted, labels=classes).tolist(),
        "accuracy": round(float(accuracy_score(true, predicted)), 4),
        # As balanced_accuracy_score, without its warning of classes never true.
        "balanced": round(float(recall), 4),
        "f1": [None if np.isnan(score) else round(score, 4) for score in f1.tolist()],
    }


def summarize_values(true: np.ndarray, predicted: np.ndarray) -> dict[str, Any]:
    """Summarise predicted values.

    Parameters
    ----------
    true, predicted : ndarray of float64, shape (n_talkturns,)
        Values; NaN where there is no true one. Such talkturns don't count.

    Returns
    -------
    summary : dict
        ``labelled`` (talkturns that count), ``error`` (the mean absolute error),
        ``bias`` (mean of predicted minus true); None if nothing counts.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.explain.reporting.page_summary import summarize_values
    >>> summarize_values(np.array([1.0, np.nan, 2.0]), np.array([1.5, 3.0, 3.0]))
    {'labelled': 2, 'error': 0.75, 'bias': 0.75}
    """
    known = ~np.isnan(true)
    labelled = int(known.sum())
    if not labelled:
        return {"labelled": 0, "error": None, "bias": None}
    error = mean_absolute_error(true[known], predicted[known])
    return {
        "labelled": labelled,
        "error": round_value(error),
        "bias": round_value((predicted[known] - true[known]).mean()),
    }
