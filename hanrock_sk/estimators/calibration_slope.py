"""The calibration slope: how far from the centre a regressor may predict.

The slope of a regression of held-out values on what was predicted for them. Below 1,
predictions go too far, as they do after training on few labels.
"""

from __future__ import annotations

import numpy as np

USUAL, USUAL_SPREAD = 0.75, 0.25
"""The slope expected without any label, and its standard deviation."""

LEAST = 0.1


def slope_of(
    predicted: np.ndarray, values: np.ndarray, weights: np.ndarray | None = None
) -> float:
    """Find the most likely slope, given the usual one.

    Parameters
    ----------
    predicted, values : ndarray of shape (n,)
        Predicted for held-out talkturns, and true; both less the centre of the labels.
    weights : ndarray of shape (n,) or None, default=None
        How much each counts; 1 is one label.

    Returns
    -------
    slope : float
        What to multiply predictions by; 0.1 at least, so that their order stays.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.estimators.calibration_slope import slope_of
    >>> predicted = np.linspace(-1, 1, 500)
    >>> round(slope_of(predicted, predicted / 2 + 0.1 * np.sin(predicted * 99)), 2)
    0.5
    """
    p, v = predicted.astype(np.float64), values.astype(np.float64)
    w = np.ones(len(p)) if weights is None else weights.astype(np.float64)
    squares, products = (w * p**2).sum(), (w * p * v).sum()
    if not squares:
        return USUAL
    # Errors about the usual slope: a single label has none about its own.
    variance = (w * (v - USUAL * p) ** 2).sum() / w.sum()
    spread = USUAL_SPREAD**2
    slope = (spread * products + variance * USUAL) / (spread * squares + variance)
    return max(float(slope), LEAST)
