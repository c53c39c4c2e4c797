"""The trials of all settings on a primary task, and what is read from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hanrock_sk.evaluation import BootstrapComparison, bootstrap_comparison


@dataclass(frozen=True)
class TaskTrials:
    """The trials of all settings on one primary task.

    Attributes
    ----------
    name : str
        The task and its metric, as a table's column names it.
    trials : mapping of str to sequence of dict
        For each setting, its trials: ``dev`` and ``test``, the results; for classes
        also ``f1``, from label to F1 in the test; ``params``, the hyper-parameters.
    greater_is_better : bool, default=True
        Whether results are scores (True) or errors (False).
    class_counts : mapping of str to int or None, default=None
        For classes, how many talkturns have each label.
    test_part : mapping or None, default=None
        Conversations and labels of the test part; see `conversation_interval`.

    Examples
    --------
    >>> from task_trials import TaskTrials
    >>> flat = [{"dev": 0.61, "test": 0.60}, {"dev": 0.64, "test": 0.62}]
    >>> rock = [{"dev": 0.72, "test": 0.71}, {"dev": 0.71, "test": 0.70}]
    >>> task = TaskTrials("emotion, MA(4)", {"flat": flat, "rock": rock})
    >>> task.compare("flat", "rock").challenger_is_better
    True
    """

    name: str
    trials: Mapping[str, Sequence[Mapping[str, Any]]]
    greater_is_better: bool = True
    class_counts: Mapping[str, int] | None = None
    test_part: Mapping[str, Any] | None = None

    def compare(
        self, baseline: str, challenger: str, label: str | None = None
    ) -> BootstrapComparison:
        """Compare two settings by bootstrap (appendix A.4).

        Parameters
        ----------
        baseline, challenger : str
            The settings.
        label : str or None, default=None
            Compare the F1 of this class instead of the metric. The trials are chosen
            by the metric all the same.

        Returns
        -------
        comparison : BootstrapComparison
            With the seed 0, so that tables can be made again.
        """
        sign = 1 if self.greater_is_better else -1
        pairs = []
        for setting in (baseline, challenger):
            trials = self.trials[setting]
            test = [t["test"] if label is None else t["f1"][label] for t in trials]
            dev = [t["dev"] for t in trials]
            if label is not None:  # F1 is a score, whatever the metric is
                dev = [sign * result for result in dev]
            pairs.append((dev, test))
        return bootstrap_comparison(
            *pairs,
            greater_is_better=self.greater_is_better or label is not None,
            random_state=0,
        )

    def best(self, setting: str) -> Mapping[str, Any]:
        """Return the trial that is best in development.

        Parameters
        ----------
        setting : str
            The setting.

        Returns
        -------
        trial : mapping
            The first, of equals.
        """
        sign = 1 if self.greater_is_better else -1
        return max(self.trials[setting], key=lambda trial: sign * trial["dev"])
