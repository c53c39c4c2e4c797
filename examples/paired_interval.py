"""An effect from paired differences: its interval, and what could have been seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats


def interval(differences: Sequence[float]) -> tuple[float, float, float, float]:
    """Return mean, ends of the 95 percent interval and the visible effect.

    The interval is Student's t of the differences. The visible effect is the true one
    that an experiment with this many differences of this spread shows, as an interval
    without zero, four times in five.
    """
    differences = np.asarray(differences, dtype=float)
    degrees = len(differences) - 1
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    reach = stats.t.ppf(0.975, degrees) * error
    visible = reach + stats.t.ppf(0.8, degrees) * error
    mean = differences.mean()
    return mean, mean - reach, mean + reach, visible


def cells(differences: Sequence[float], greater_is_better: bool = True) -> list[str]:
    """Write effect, interval, verdict and visible effect in the cells of a table."""
    mean, low, high, visible = interval(differences)
    verdict = "better" if (low > 0) == greater_is_better else "worse"
    verdict = "none shown" if low <= 0 <= high else verdict
    return [f"{mean:+.3f}", f"[{low:+.3f}, {high:+.3f}]", verdict, f"{visible:.3f}"]


COLUMNS = ["effect", "95 percent", "verdict", "visible effect"]
