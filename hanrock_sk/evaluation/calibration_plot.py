"""How often predictions are right, drawn over how confident they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hanrock_sk.evaluation.calibration import reliability

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def reliability_plot(
    y_true: Any,
    probabilities: Any,
    classes: Sequence[Any] | None = None,
    *,
    n_bins: int = 15,
    sample_weight: Any = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a reliability diagram.

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
    ax : matplotlib.axes.Axes, default=None
        Where to draw; None makes a figure.

    Returns
    -------
    ax : matplotlib.axes.Axes
        A bar per bin, as high as the accuracy; a line to where it should be, the mean
        confidence; how many predictions are in it, as the bar's opacity. On the
        diagonal, probabilities are what they say; bars below it are overconfident.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    ValueError
        As `hanrock_sk.evaluation.reliability` does.

    Examples
    --------
    >>> from hanrock_sk.evaluation import reliability_plot
    >>> ax = reliability_plot(["a", "b"], [[0.8, 0.2], [0.3, 0.7]])
    >>> ax.get_title()
    'ECE 0.25'
    """
    found = reliability(
        y_true, probabilities, classes, n_bins=n_bins, sample_weight=sample_weight
    )
    return found.plot(ax)
