"""Temperature scaling: how sure a classifier may be.

Dividing the logits by a temperature above 1 makes it less sure (Guo et al., 2017).
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

USUAL, USUAL_SPREAD = 1.25, 0.2
"""The temperature expected without any label, and the standard deviation of its
logarithm: a dozen labels hardly move it, two hundred do."""

LOWEST, HIGHEST = 0.5, 5.0


def temperature_of(
    logits: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None
) -> float:
    """Find the most likely temperature, given the usual one.

    Parameters
    ----------
    logits : ndarray of shape (n, n_classes)
        Predicted for held-out talkturns.
    labels : ndarray of int, shape (n,), or of float, shape (n, n_classes)
        Their class indices; or how probable each class is.
    weights : ndarray of shape (n,) or None, default=None
        How much each counts; 1 is one label.

    Returns
    -------
    temperature : float
        What to divide logits by.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.estimators.temperature import temperature_of
    >>> logits, labels = np.array([[3.0, 0], [3, 0], [0, 3]] * 200), [0, 0, 0] * 200
    >>> temperature_of(logits, np.array(labels)) > 2  # sure, and wrong of a third
    True
    """
    logits = logits.astype(np.float64)
    true = np.asarray(labels, dtype=np.float64)
    if true.ndim == 1:
        true = np.eye(logits.shape[1])[labels]
    if weights is not None:
        true = true * weights[:, None]

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        surprise = -(log_softmax(scaled, axis=1) * true).sum()
        unusual = (log_temperature - np.log(USUAL)) / USUAL_SPREAD
        return surprise + unusual**2 / 2

    bounds = np.log(LOWEST), np.log(HIGHEST)
    return float(np.exp(minimize_scalar(loss, bounds=bounds, method="bounded").x))
