"""Differences between settings over draws of the test conversations.

Intervals over trials say how much a difference depends on hyper-parameters and seeds.
How much it depends on which conversations happen to be the test part, they do not say.
Here the test conversations are drawn again, with replacement, and the trials stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

DRAWS = 2000


def conversation_interval(
    test_part: Mapping[str, Any],
    baseline: Sequence[Sequence[float]],
    challenger: Sequence[Sequence[float]],
) -> tuple[float, float, float]:
    """Return the mean difference of the same trials, and its 95 percent interval.

    Parameters
    ----------
    test_part : mapping
        ``conversation``, a number for each talkturn with a label; ``labels``, numbers
        of classes or values; ``n_classes``, 0 for values.
    baseline, challenger : sequence of sequence of float
        For each trial, what it predicted of these talkturns.

    Returns
    -------
    mean, low, high : float
        Of mean accuracy over the classes, or of mean absolute error; challenger less
        baseline, averaged over the trials.

    Examples
    --------
    Two conversations of two talkturns each; the challenger is right once more in each,
    so that every draw says the same.

    >>> from conversation_draws import conversation_interval
    >>> part = {"conversation": [0, 0, 1, 1], "labels": [0, 1, 0, 1], "n_classes": 2}
    >>> conversation_interval(part, [[0, 0, 0, 0]], [[0, 1, 0, 1]])
    (0.5, 0.5, 0.5)
    """
    groups = np.asarray(test_part["conversation"])
    labels = np.asarray(test_part["labels"])
    n_groups, n_classes = groups.max() + 1, test_part["n_classes"]
    columns = labels if n_classes else np.zeros(len(labels), dtype=int)
    cells = groups * max(n_classes, 1) + columns.astype(int)
    shape = n_groups, max(n_classes, 1)

    def add_up(values: np.ndarray) -> np.ndarray:
        return np.bincount(cells, values, minlength=shape[0] * shape[1]).reshape(shape)

    def results(trials: Sequence[Sequence[float]]) -> np.ndarray:
        """Of each trial, right answers or errors by conversation and class."""
        errors = [np.abs(np.asarray(trial) - labels) for trial in trials]
        return np.array([add_up((e == 0) if n_classes else e) for e in errors])

    difference = (results(challenger) - results(baseline)).mean(axis=0)
    counts = add_up(np.ones(len(labels)))
    generator = np.random.default_rng(0)
    drawn = generator.multinomial(n_groups, np.full(n_groups, 1 / n_groups), DRAWS)
    drawn = np.vstack([np.ones(n_groups, dtype=int), drawn])
    there = drawn @ counts
    # A class that a draw lacks is left out of its mean.
    shares = np.where(there > 0, drawn @ difference / np.maximum(there, 1), np.nan)
    means = np.nanmean(shares, axis=1)
    low, high = np.quantile(means[1:], [0.025, 0.975])
    return float(means[0]), float(low), float(high)
