"""The range that action and prosody targets are scaled to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real

import numpy as np

from hanrock_sk.auxiliary.primary_task import is_real_valued


def read_target_range(
    named: str | Sequence[float], labels: np.ndarray, *, needed: bool
) -> tuple[float, float]:
    """Return the lowest and the highest value of the targets that are percentile ranks.

    Parameters
    ----------
    named : "auto" or (float, float)
        The user's parameter.
    labels : ndarray of shape (n_labels,)
        The labels of the primary task that are there.
    needed : bool
        Whether there are such targets at all.

    Returns
    -------
    low, high : float
        0 and 1 beside classes, the range of real-valued labels, or what was named.

    Raises
    ------
    ValueError
        If two finite numbers, the lower first, were not named; or all labels are the
        same.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.auxiliary.target_range import read_target_range
    >>> read_target_range("auto", np.array([1.5, 4.0, 2.25]), needed=True)
    (1.5, 4.0)
    """
    if isinstance(named, str):
        if not is_real_valued(labels):
            return 0.0, 1.0
        low, high = float(labels.min()), float(labels.max())
        if needed and low == high:
            raise ValueError(
                f"All labels of y are {low}, which is no range to scale the action "
                "and prosody targets to. Name one: target_range=(low, high)."
            )
        return low, high
    if (
        len(named) != 2
        or not all(isinstance(end, Real) for end in named)
        or not all(math.isfinite(end) for end in named)
        or not named[0] < named[1]
    ):
        raise ValueError(
            "target_range must be 'auto' or two finite numbers, the lower first, "
            f"got {named!r}."
        )
    return float(named[0]), float(named[1])
