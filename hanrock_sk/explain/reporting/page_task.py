"""The task that a report is about: classes or values, true and predicted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.base import is_classifier

from hanrock_sk._base.rounding import round_value
from hanrock_sk.explain.reporting.page_quality import class_quality, value_quality
from hanrock_sk.explain.reporting.page_summary import (
    summarize_classes,
    summarize_values,
)
from hanrock_sk.talkturns.labels import read_labels


class ClassTask:
    """Labels are classes.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        What the models predict.
    values, present : ndarray of shape (n_rows,)
        The true labels, and which are there.

    Attributes
    ----------
    names : list of str
        What the page calls the classes.
    true : ndarray of int64, shape (n_rows,)
        Class indices, -1 where there is no label.
    """

    def __init__(
        self, classes: np.ndarray, values: np.ndarray, present: np.ndarray
    ) -> None:
        codes = {label: code for code, label in enumerate(classes.tolist())}
        occurring = np.unique(values[present]).tolist()
        strange = [label for label in occurring if label not in codes]
        if strange and len(strange) == len(occurring):
            raise ValueError(
                f"y holds labels such as {strange[0]!r}, but the models know "
                f"{classes.tolist()}."
            )
        # Labels that were not there in training are never predicted, but shown.
        codes |= {label: len(codes) + k for k, label in enumerate(strange)}
        self.names: list[str] | None = [str(label) for label in codes]
        self.true = np.full(len(values), -1, dtype=np.int64)
        self.true[present] = [codes[label] for label in values[present].tolist()]
        self.present = present

    def write(self, values: np.ndarray) -> list[int | None]:
        """Write labels or predictions for the page; None where there is none."""
        return [None if code < 0 else code for code in values.tolist()]

    def summarize(self, rows: np.ndarray, predicted: np.ndarray) -> dict[str, Any]:
        """Summarise the predictions for some rows."""
        assert self.names is not None
        return summarize_classes(self.true[rows], predicted[rows], len(self.names))

    def quality(
        self, predicted: np.ndarray, conversations: list[np.ndarray]
    ) -> dict[str, Any] | None:
        """Compare predictions with chance; None without labels."""
        return class_quality(self.true, predicted, conversations)


class ValueTask:
    """Labels are real values.

    Parameters
    ----------
    values, present : ndarray of shape (n_rows,)
        The true values, and which are there.

    Attributes
    ----------
    names : None
        There are no classes.
    true : ndarray of float64, shape (n_rows,)
        NaN where there is no label.
    """

    names: list[str] | None = None

    def __init__(self, values: np.ndarray, present: np.ndarray) -> None:
        known = values[present]
        if present.any() and known.dtype.kind not in "biuf":
            raise ValueError(
                f"y holds labels such as {known.tolist()[0]!r}, but the models predict "
                "real values."
            )
        self.true = np.full(len(values), np.nan)
        self.true[present] = known
        self.present = present

    def write(self, values: np.ndarray) -> list[float | None]:
        """Write labels or predictions for the page; None where there is none."""
        return [None if np.isnan(v) else round_value(v) for v in values.tolist()]

    def summarize(self, rows: np.ndarray, predicted: np.ndarray) -> dict[str, Any]:
        """Summarise the predictions for some rows."""
        return summarize_values(self.true[rows], predicted[rows])

    def quality(
        self, predicted: np.ndarray, conversations: list[np.ndarray]
    ) -> dict[str, Any] | None:
        """Compare predictions with the median; None without labels."""
        return value_quality(self.true, predicted, conversations)


def find_task(models: Mapping[str, Any], y: Any, n_rows: int) -> ClassTask | ValueTask:
    """Return the task of the models, with the true labels.

    Parameters
    ----------
    models : mapping of str to estimator
        Fitted, without the steps before them.
    y : array-like of shape (n_rows,) or None
        True labels, if there are any.
    n_rows : int
        How many talkturns there are.

    Returns
    -------
    task : ClassTask or ValueTask
        What the page is about.

    Raises
    ------
    ValueError
        If the models have different tasks, or the labels are of another kind.
    """
    (first, model), *others = models.items()
    classes = _classes(model)
    for name, other in others:
        theirs = _classes(other)
        if _listed(classes) != _listed(theirs):
            raise ValueError(
                f"The models {first!r} and {name!r} have different tasks: "
                f"{_describe(classes)} and {_describe(theirs)}."
            )
    if y is None:
        values, present = np.zeros(n_rows), np.zeros(n_rows, dtype=bool)
    else:
        values, present = read_labels(y, n_rows)
    if classes is None:
        return ValueTask(values, present)
    return ClassTask(classes, values, present)


def _classes(model: Any) -> np.ndarray | None:
    return model.classes_ if is_classifier(model) else None


def _listed(classes: np.ndarray | None) -> list[Any] | None:
    return None if classes is None else classes.tolist()


def _describe(classes: np.ndarray | None) -> str:
    return "real values" if classes is None else f"the classes {classes.tolist()}"
