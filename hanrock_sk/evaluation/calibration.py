"""Whether probabilities can be relied on: calibration, and doubt by talkturn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hanrock_sk.evaluation.reliability_bars import draw_reliability
from hanrock_sk.talkturns.sample_weight import read_scored_labels

ROUGHLY_ONE = 1e-3
"""Rows of probabilities may miss the sum of 1 by this."""

MEASURES = ("entropy", "margin", "confidence")


@dataclass(frozen=True)
class Reliability:
    """Confidence and accuracy, by how confident the model is.

    Attributes
    ----------
    edges : ndarray of shape (n_bins + 1,)
        Where bins begin and end.
    confidence : ndarray of shape (n_bins,)
        Mean probability of the predicted class; NaN in a bin without predictions.
    accuracy : ndarray of shape (n_bins,)
        Share of predictions that are right; NaN likewise.
    count : ndarray of shape (n_bins,)
        Predictions, or their weight.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.evaluation import reliability
    >>> probabilities = np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8], [0.6, 0.4]])
    >>> found = reliability(["a", "b", "b", "a"], probabilities, ["a", "b"], n_bins=2)
    >>> found.count, found.accuracy, found.confidence
    (array([0., 4.]), array([ nan, 0.75]), array([ nan, 0.75]))
    """

    edges: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray
    count: np.ndarray

    @property
    def expected_calibration_error(self) -> float:
        """Mean distance of confidence and accuracy over the predictions.

        Returns
        -------
        error : float
            Between 0 and 1.
        """
        there = self.count > 0
        distance = np.abs(self.confidence[there] - self.accuracy[there])
        return float(np.average(distance, weights=self.count[there]))

    def plot(self, ax: Any = None) -> Any:
        """Draw the reliability diagram; see `reliability_plot`.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        ax : matplotlib.axes.Axes
            The axes drawn on.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        ax = draw_reliability(
            self.edges, self.confidence, self.accuracy, self.count, ax
        )
        ax.set_title(f"ECE {self.expected_calibration_error:.2f}")
        return ax

    def _repr_html_(self) -> str:
        """Show a row for each bin that has predictions, as a notebook does."""
        rows = "".join(
            f"<tr><td>{low:.2f} to {high:.2f}</td><td>{count:g}</td>"
            f"<td>{confidence:.2f}</td><td>{accuracy:.2f}</td></tr>"
            for low, high, count, confidence, accuracy in zip(
                self.edges[:-1],
                self.edges[1:],
                self.count,
                self.confidence,
                self.accuracy,
                strict=True,
            )
            if count > 0
        )
        return (
            f"<p>Expected calibration error: {self.expected_calibration_error:.3f}. "
            "<code>plot()</code> draws it.</p><table><thead><tr><th>probability</th>"
            "<th>predictions</th><th>mean probability</th><th>right</th></tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )


def reliability(
    y_true: Any,
    probabilities: Any,
    classes: Sequence[Any] | None = None,
    *,
    n_bins: int = 15,
    sample_weight: Any = None,
) -> Reliability:
    """Compare how confident a model is with how often it is right.

    Parameters
    ----------
    y_true : array-like of shape (n_talkturns,)
        True labels; missing ones are skipped.
    probabilities : array-like of shape (n_talkturns, n_classes)
        What `predict_proba` gives.
    classes : sequence of shape (n_classes,), default=None
        The model's `classes_`. None takes the true labels, sorted, if they are as many.
    n_bins : int, default=15
        Bins of equal width between 0 and 1, by the probability of the predicted class.
    sample_weight : array-like of shape (n_talkturns,), default=None
        How much each label counts.

    Returns
    -------
    reliability : Reliability
        By bin.

    Raises
    ------
    ValueError
        If all true labels are missing, or probabilities are none of these classes, or
        no probabilities; the error names the row. Also if either labels or classes are
        strings and the others are not.

    See Also
    --------
    hanrock_sk.evaluation.reliability_plot : Draw it.

    Examples
    --------
    >>> from hanrock_sk.evaluation import reliability
    >>> probabilities = [[0.8, 0.2], [0.5, 0.5], [0.7, 0.3]]
    >>> reliability(["a", None, "b"], probabilities, n_bins=4).count
    array([0., 0., 1., 1.])
    """
    if n_bins < 1:
        raise ValueError(f"n_bins must be at least 1, got {n_bins}.")
    P = read_probability_rows(probabilities)
    true, labelled, weights = read_scored_labels(y_true, len(P), sample_weight)
    named = np.unique(true) if classes is None else np.asarray(classes)
    if len(named) != P.shape[1]:
        who = "y_true has" if classes is None else "classes names"
        raise ValueError(
            f"There are probabilities of {P.shape[1]} classes, but {who} {len(named)}: "
            "pass classes, in the order of the columns."
        )
    if _are_strings(named) != _are_strings(true):
        raise ValueError(
            f"y_true holds labels such as {true.tolist()[0]!r}, but classes names "
            f"{named.tolist()}: no label would ever be right. Pass both as strings, or "
            "neither."
        )
    P = P[labelled]
    confidence, right = P.max(axis=1), named[P.argmax(axis=1)] == true
    counts = np.ones(len(true)) if weights is None else weights
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    total = np.bincount(bins, counts, minlength=n_bins)

    def mean(values: np.ndarray) -> np.ndarray:
        sums = np.bincount(bins, counts * values, minlength=n_bins)
        return np.where(total > 0, sums / np.where(total > 0, total, 1), np.nan)

    edges = np.linspace(0, 1, n_bins + 1)
    return Reliability(edges, mean(confidence), mean(right), total)


def expected_calibration_error(
    y_true: Any,
    probabilities: Any,
    classes: Sequence[Any] | None = None,
    *,
    n_bins: int = 15,
    sample_weight: Any = None,
) -> float:
    """Compute how far confidence is from accuracy on average (ECE).

    Parameters
    ----------
    y_true : array-like of shape (n_talkturns,)
        True labels; missing ones are skipped.
    probabilities : array-like of shape (n_talkturns, n_classes)
        What `predict_proba` gives.
    classes : sequence of shape (n_classes,), default=None
        The model's `classes_`. None takes the true labels, sorted, if they are as many.
    n_bins : int, default=15
        Bins of equal width between 0 and 1, by the probability of the predicted class.
    sample_weight : array-like of shape (n_talkturns,), default=None
        How much each label counts.

    Returns
    -------
    error : float
        Mean, over the predictions, of the distance between the mean confidence and the
        accuracy of their bin. 0 if 70 % of the predictions made with 0.7 are right, and
        so on. A model that tells nothing can have it, too: read it beside a score.

    Raises
    ------
    ValueError
        As `reliability` does.

    References
    ----------
    Guo et al. (2017), On calibration of modern neural networks.

    Examples
    --------
    >>> from hanrock_sk.evaluation import expected_calibration_error
    >>> probabilities = [[0.9, 0.1], [0.9, 0.1], [0.3, 0.7], [0.5, 0.5]]
    >>> true = ["a", "b", "b", None]
    >>> round(expected_calibration_error(true, probabilities, ["a", "b"]), 3)
    0.367
    """
    found = reliability(
        y_true, probabilities, classes, n_bins=n_bins, sample_weight=sample_weight
    )
    return found.expected_calibration_error


def uncertainty(probabilities: Any, measure: str = "entropy") -> np.ndarray:
    """Tell how unsure a model is of each talkturn.

    To have a person look at the most doubtful ones, or label them next.

    Parameters
    ----------
    probabilities : array-like of shape (n_talkturns, n_classes)
        What `predict_proba` gives. Of an ensemble, the mean of its members'.
    measure : {"entropy", "margin", "confidence"}, default="entropy"
        - "entropy": the entropy of the probabilities, by that of equal ones.
        - "margin": 1 less the distance between the two most probable classes.
        - "confidence": 1 less the probability of the most probable class.

    Returns
    -------
    uncertainty : ndarray of float64, shape (n_talkturns,)
        From 0, all probability on one class, to 1 where all classes (by "margin", the
        best two) are equally probable; by "confidence" to 1 - 1 / n_classes.

    Raises
    ------
    ValueError
        If there is no such measure, or rows are no probabilities.

    Examples
    --------
    >>> from hanrock_sk.evaluation import uncertainty
    >>> uncertainty([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.4, 0.3, 0.3]]).round(2)
    array([0.  , 0.63, 0.99])
    >>> uncertainty([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.4, 0.3, 0.3]], "margin")
    array([0. , 1. , 0.9])
    """
    if measure not in MEASURES:
        raise ValueError(f"measure must be one of {MEASURES}, got {measure!r}.")
    P = read_probability_rows(probabilities)
    if measure == "confidence":
        return 1 - P.max(axis=1)
    if measure == "margin":
        highest = np.sort(P, axis=1)[:, -2:]
        return 1 - (highest[:, 1] - highest[:, 0])
    logs = np.log(P, out=np.zeros_like(P), where=P > 0)
    return np.maximum(-(P * logs).sum(axis=1) / np.log(P.shape[1]), 0)


def _are_strings(labels: np.ndarray) -> bool:
    return any(isinstance(label, str) for label in labels.tolist())


def read_probability_rows(probabilities: Any) -> np.ndarray:
    """Read rows of probabilities, of two classes at least.

    Parameters
    ----------
    probabilities : array-like of shape (n_talkturns, n_classes)
        Each row sums to 1.

    Returns
    -------
    probabilities : ndarray of float64, shape (n_talkturns, n_classes)
        The same.

    Raises
    ------
    ValueError
        If they are something else; the error names the row.
    """
    P = np.asarray(probabilities, dtype=np.float64)
    if P.ndim != 2 or P.shape[1] < 2:
        raise ValueError(
            "probabilities must be of shape (n_talkturns, n_classes), as predict_proba "
            f"gives them; got {P.shape}."
        )
    bad = ~((P >= 0).all(axis=1) & (np.abs(P.sum(axis=1) - 1) <= ROUGHLY_ONE))
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise ValueError(
            f"probabilities, row {row}: {P[row].tolist()} are no probabilities that "
            "sum to 1."
        )
    return P
