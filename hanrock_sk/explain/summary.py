"""How well a model did on some talkturns: what the report's summary page shows."""

from __future__ import annotations

from typing import Any

import numpy as np


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
    >>> from hanrock_sk.explain.summary import summarize_classes
    >>> found = summarize_classes(np.array([0, 0, 1, -1]), np.array([0, 1, 1, 0]), 3)
    >>> found["confusion"], found["f1"][2]
    ([[1, 1, 0], [0, 1, 0], [0, 0, 0]], None)
    """
    known = true >= 0
    pairs = true[known] * n_classes + predicted[known]
    confusion = np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes)
    right = np.diag(confusion)
    of_true, of_predicted = confusion.sum(axis=1), confusion.sum(axis=0)
    occurs = of_true + of_predicted
    f1 = [
        round(2 * hits / total, 4) if total else None
        for hits, total in zip(right.tolist(), occurs.tolist(), strict=True)
    ]
    labelled = int(known.sum())
    recall = right[of_true > 0] / of_true[of_true > 0]
    return {
        "labelled": labelled,
        "confusion": confusion.tolist(),
        "accuracy": round(float(right.sum()) / labelled, 4) if labelled else None,
        "balanced": round(float(recall.mean()), 4) if labelled else None,
        "f1": f1,
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
    >>> from hanrock_sk.explain.summary import summarize_values
    >>> summarize_values(np.array([1.0, np.nan, 2.0]), np.array([1.5, 3.0, 3.0]))
    {'labelled': 2, 'error': 0.75, 'bias': 0.75}
    """
    known = ~np.isnan(true)
    labelled = int(known.sum())
    if not labelled:
        return {"labelled": 0, "error": None, "bias": None}
    error = predicted[known] - true[known]
    return {
        "labelled": labelled,
        "error": round(float(np.abs(error).mean()), 4),
        "bias": round(float(error.mean()), 4),
    }
