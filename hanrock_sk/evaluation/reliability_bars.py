"""The bars of a reliability diagram."""

from __future__ import annotations

from typing import Any

import numpy as np

from hanrock_sk._base.pyplot import load_pyplot

BAR, BELOW = "#3b57c4", "#c2571a"


def draw_reliability(
    edges: np.ndarray,
    confidence: np.ndarray,
    accuracy: np.ndarray,
    count: np.ndarray,
    ax: Any = None,
) -> Any:
    """Draw a bar per bin, as high as its accuracy, and a line to its confidence.

    Parameters
    ----------
    edges, confidence, accuracy, count : ndarray
        As `Reliability` has them.
    ax : matplotlib.axes.Axes, default=None
        Where to draw; None makes a figure.

    Returns
    -------
    ax : matplotlib.axes.Axes
        Without a title.
    """
    if ax is None:
        _, ax = load_pyplot().subplots(figsize=(4.2, 4.2), layout="constrained")
    there = np.flatnonzero(count > 0)
    widths, shares = np.diff(edges), count / count.max()
    for b in there:
        ax.bar(
            edges[b],
            accuracy[b],
            width=widths[b],
            align="edge",
            color=BAR,
            alpha=0.25 + 0.75 * shares[b],
            edgecolor="white",
        )
    ax.vlines(
        confidence[there], accuracy[there], confidence[there], color=BELOW, linewidth=2
    )
    ax.plot([0, 1], [0, 1], color="#222222", linestyle=":", linewidth=1)
    ax.set(
        xlim=(0, 1),
        ylim=(0, 1),
        xlabel="probability of the predicted class",
        ylabel="share of right predictions",
    )
    return ax
