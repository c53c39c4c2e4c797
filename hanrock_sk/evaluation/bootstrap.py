"""Does a challenger beat a baseline? Bootstrapped intervals (paper, appendix A.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import RandomState
from sklearn.utils import check_random_state

from hanrock_sk._base.pyplot import load_pyplot
from hanrock_sk._base.rounding import written

TRIMMED = 0.025
"""Share of the differences removed at each end; what is left spans 95 percent."""


def bootstrap_comparison(
    baseline: tuple[Any, Any],
    challenger: tuple[Any, Any],
    *,
    greater_is_better: bool = True,
    n_resamples: int = 1000,
    random_state: int | RandomState | None = None,
) -> BootstrapComparison:
    """Compare two settings that were tuned with the same number of trials.

    Appendix A.4 of the paper. For each setting on its own, its trials are drawn with
    replacement `n_resamples` times; each time the drawn trial with the best development
    result is selected (of equals the one drawn first), and its test result is looked
    up. The test results of the two settings are subtracted element by element, the top
    and bottom 2.5 percent of the differences are removed, and the difference between
    the settings is significant if the remaining interval does not include zero.

    The interval is about the choice among trials: it does not cover which
    conversations happen to be in the test set.

    Parameters
    ----------
    baseline : pair of array-like, each of shape (n_trials,)
        Development results and test results of the baseline's trials, in the same
        order of trials.
    challenger : pair of array-like, each of shape (n_trials,)
        The same of the challenger, with as many trials as the baseline.
    greater_is_better : bool, default=True
        Whether results are scores, such as accuracy (True), or errors, such as mean
        absolute error (False); development and test results alike.
    n_resamples : int, default=1000
        How often the trials are drawn; at least 40, so that there is something to trim.
    random_state : int, RandomState instance or None, default=None
        Determines the trials drawn. Pass an int for the same result at every call.

    Returns
    -------
    comparison : BootstrapComparison
        Prints as a summary; `BootstrapComparison.plot` draws the differences.

    Raises
    ------
    ValueError
        If the settings differ in their number of trials or have fewer than two, if
        development and test results differ in number, if a result is missing or
        infinite, or if `n_resamples` is below 40.

    Examples
    --------
    >>> from hanrock_sk.evaluation import bootstrap_comparison
    >>> baseline = [0.61, 0.64, 0.60, 0.63], [0.60, 0.62, 0.61, 0.62]
    >>> challenger = [0.70, 0.69, 0.72, 0.71], [0.69, 0.70, 0.71, 0.70]
    >>> comparison = bootstrap_comparison(baseline, challenger, random_state=0)
    >>> print(comparison)
    Test result of the trial that is best in development, of 4 trials each:
      baseline 0.6200, challenger 0.7100
    Difference, challenger - baseline, in 1000 bootstrap samples:
      mean 0.0872, 95 percent within [0.0700, 0.1100]
    The interval does not include zero: the challenger is significantly better.
    """
    baseline_dev, baseline_test = _read_trials(baseline, "baseline")
    challenger_dev, challenger_test = _read_trials(challenger, "challenger")
    n_trials = len(baseline_dev)
    if len(challenger_dev) != n_trials:
        raise ValueError(
            f"The baseline has {n_trials} trials and the challenger "
            f"{len(challenger_dev)}. More trials are an advantage of their own: "
            "compare settings that were tuned with the same number of trials."
        )
    if n_resamples * TRIMMED < 1:
        raise ValueError(
            f"n_resamples must be at least {round(1 / TRIMMED)}, got {n_resamples}."
        )
    if not greater_is_better:
        baseline_dev, challenger_dev = -baseline_dev, -challenger_dev
    generator = check_random_state(random_state)
    shape = (n_resamples, n_trials)
    baseline_best = _best_drawn(baseline_dev, generator.randint(n_trials, size=shape))
    challenger_best = _best_drawn(
        challenger_dev, generator.randint(n_trials, size=shape)
    )
    return BootstrapComparison(
        baseline=baseline_test[baseline_best],
        challenger=challenger_test[challenger_best],
        baseline_result=float(baseline_test[baseline_dev.argmax()]),
        challenger_result=float(challenger_test[challenger_dev.argmax()]),
        n_trials=n_trials,
        greater_is_better=greater_is_better,
    )


@dataclass(frozen=True, eq=False, repr=False)
class BootstrapComparison:
    """The outcome of `bootstrap_comparison`.

    Attributes
    ----------
    baseline, challenger : ndarray of shape (n_resamples,)
        Resampled test results of the two settings.
    baseline_result, challenger_result : float
        Test result of the trial with the best development result, without resampling.
    n_trials : int
        Trials of each setting.
    greater_is_better : bool
        Whether results are scores (True) or errors (False).

    Examples
    --------
    >>> from hanrock_sk.evaluation import bootstrap_comparison
    >>> comparison = bootstrap_comparison(
    ...     ([0.6, 0.7], [0.5, 0.5]), ([0.7, 0.6], [0.4, 0.4]), random_state=0
    ... )
    >>> comparison.significant, comparison.challenger_is_better
    (True, False)
    """

    baseline: np.ndarray
    challenger: np.ndarray
    baseline_result: float
    challenger_result: float
    n_trials: int
    greater_is_better: bool

    @property
    def differences(self) -> np.ndarray:
        """Challenger minus baseline, element by element, shape (n_resamples,)."""
        return self.challenger - self.baseline

    @property
    def interval(self) -> tuple[float, float]:
        """Smallest and largest difference after 2.5 percent are removed at each end."""
        ordered = np.sort(self.differences)
        trimmed = int(len(ordered) * TRIMMED)
        return float(ordered[trimmed]), float(ordered[-1 - trimmed])

    @property
    def significant(self) -> bool:
        """Whether the interval does not include zero."""
        low, high = self.interval
        return not low <= 0 <= high

    @property
    def challenger_is_better(self) -> bool:
        """Whether the challenger is significantly better than the baseline."""
        return self.significant and (self.interval[0] > 0) == self.greater_is_better

    def plot(self, ax: Any = None) -> Any:
        """Draw the differences, their interval and zero.

        Parameters
        ----------
        ax : matplotlib.axes.Axes or None, default=None
            Where to draw; a new figure if None.

        Returns
        -------
        ax : matplotlib.axes.Axes
            What was drawn on.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        if ax is None:
            _, ax = load_pyplot().subplots()
        low, high = self.interval
        ax.hist(self.differences, bins=30, color="tab:blue")
        ax.axvspan(low, high, color="tab:blue", alpha=0.2, label="95 percent")
        ax.axvline(0, color="black", linestyle="--", label="no difference")
        ax.set_xlabel("test result, challenger - baseline")
        ax.set_ylabel("bootstrap samples")
        ax.set_title(self._verdict())
        ax.legend()
        return ax

    def _verdict(self) -> str:
        if not self.significant:
            return "no significant difference"
        word = "better" if self.challenger_is_better else "worse"
        return f"the challenger is significantly {word}"

    def __str__(self) -> str:
        """Tell the results, the interval and what follows from it."""
        results = self.baseline_result, self.challenger_result
        told = self.differences.mean(), *self.interval
        largest = max(map(abs, results))  # errors may be in a small unit
        baseline, challenger, mean, low, high = (
            written(value, largest, decimals=4) for value in (*results, *told)
        )
        includes = "does not include" if self.significant else "includes"
        return (
            "Test result of the trial that is best in development, "
            f"of {self.n_trials} trials each:\n"
            f"  baseline {baseline}, "
            f"challenger {challenger}\n"
            "Difference, challenger - baseline, "
            f"in {len(self.baseline)} bootstrap samples:\n"
            f"  mean {mean}, "
            f"95 percent within [{low}, {high}]\n"
            f"The interval {includes} zero: {self._verdict()}."
        )

    def __repr__(self) -> str:
        """Tell the interval and whether it is significant."""
        low, high = self.interval
        return (
            f"BootstrapComparison(interval=({low:.4g}, {high:.4g}), "
            f"significant={self.significant})"
        )


def _read_trials(setting: Any, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Check the development and test results of a setting's trials."""
    if not isinstance(setting, tuple | list) or len(setting) != 2:
        raise ValueError(
            f"{name} must be a pair: the development results and the test results of "
            "its trials."
        )
    arrays = []
    for results, part in zip(setting, ("development", "test"), strict=True):
        array = np.asarray(results, dtype=np.float64)
        if array.ndim != 1:
            raise ValueError(
                f"{name}: the {part} results must be one-dimensional, "
                f"got shape {array.shape}."
            )
        odd = np.flatnonzero(~np.isfinite(array))
        if len(odd):
            raise ValueError(
                f"{name}: the {part} result of trial {odd[0]} is {array[odd[0]]}. "
                "Run failed trials again, or leave as many out of either setting."
            )
        arrays.append(array)
    dev, test = arrays
    if len(dev) != len(test):
        raise ValueError(
            f"{name}: {len(dev)} development results but {len(test)} test results; "
            "each trial needs both."
        )
    if len(dev) < 2:
        raise ValueError(
            f"{name}: at least two trials are needed to draw from, got {len(dev)}."
        )
    return dev, test


def _best_drawn(dev: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Select, in each row of drawn trials, the one with the best development result."""
    best = dev[drawn].argmax(axis=1)
    return drawn[np.arange(len(drawn)), best]
