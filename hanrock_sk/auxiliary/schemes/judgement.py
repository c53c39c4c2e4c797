"""Which targets are better than chance, by how much, and the reason in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from hanrock_sk.auxiliary.schemes.scheme_data import SchemeData
from hanrock_sk.auxiliary.schemes.shares import Shares

FEWEST_LABELS = 30
"""With fewer labels beside a target nothing can be told."""

MARGIN = 1.5
"""How many times as good as the best of all permutations a gain has to be."""


@dataclass(frozen=True)
class Compared:
    """A gain, and the same gain of a target's permutations.

    Attributes
    ----------
    gain : float
        Share of the label's variance.
    chance : ndarray of shape (n_permutations,)
        The same of each permutation.
    """

    gain: float
    chance: np.ndarray

    @classmethod
    def of(cls, gains: np.ndarray) -> Compared:
        """Take the gains of a target and, after it, of its permutations."""
        return cls(float(gains[0]), gains[1:])

    @property
    def above_chance(self) -> float:
        """The gain less the mean of the permutations'."""
        return self.gain - float(self.chance.mean())

    @property
    def standard(self) -> float:
        """The gain in standard deviations of the permutations'."""
        return self.above_chance / max(float(self.chance.std()), 1e-12)

    @property
    def best_chance(self) -> float:
        """That of the best permutation."""
        best = float(self.chance.max() - self.chance.mean())
        return best / max(float(self.chance.std()), 1e-12)


@dataclass(frozen=True)
class Gains:
    """What a target, and its prediction from the text, add to the text's prediction.

    Attributes
    ----------
    prediction, itself : Compared
        Gain of the target's prediction, and of the target.
    predictable : float
        Correlation of target and prediction, where there is a label.
    """

    prediction: Compared
    itself: Compared
    predictable: float


COLUMNS = ("task", "by_prediction", "chance", "by_itself", "chance_itself",
           "predictable", "kept", "why")  # fmt: skip


def judge(
    data: SchemeData, measured: Mapping[str, Gains], text_explains: float
) -> Shares:
    """Compare all gains with chance, and say of every task what came out.

    Parameters
    ----------
    data : SchemeData
        The training talkturns.
    measured : mapping of str to Gains
        By task; tasks that could not be measured are left out.
    text_explains : float
        Share of the label's variance that the text's own prediction explains.

    Returns
    -------
    shares : Shares
        With ``report_`` and ``text_explains_``.
    """
    least = _least_gain(each.prediction for each in measured.values())
    least_itself = _least_gain(each.itself for each in measured.values())
    # Where the text seems to tell nothing, targets still differ.
    passed_on = np.sqrt(max(text_explains, 1 / max(int(data.present.sum()), 1)))
    shares: dict[str, float] = {}
    report: dict[str, list] = {column: [] for column in COLUMNS}
    for task in data.targets:
        each = measured.get(task)
        if each is None:
            cells = [np.nan] * 5 + [False, _why_not_measured(data, task)]
        else:
            by_prediction = bool(each.prediction.standard > least)
            by_itself = bool(each.itself.standard > least_itself)
            if by_prediction or by_itself:
                shares[task] = float(
                    by_prediction * each.prediction.above_chance
                    + by_itself * each.itself.above_chance * passed_on
                )
            cells = [
                each.prediction.gain,
                float(each.prediction.chance.mean()),
                each.itself.gain,
                float(each.itself.chance.mean()),
                each.predictable,
                by_prediction or by_itself,
                _why(each, by_prediction, by_itself),
            ]
        for column, cell in zip(COLUMNS, [task, *cells], strict=True):
            report[column].append(cell)
    return Shares(shares, {"report_": report, "text_explains_": float(text_explains)})


def _least_gain(compared: Iterable[Compared]) -> float:
    """Return what a gain has to exceed, in standard deviations of chance."""
    return MARGIN * max((each.best_chance for each in compared), default=np.inf)


def _why_not_measured(data: SchemeData, task: str) -> str:
    if data.may_have_weight[task]:
        return f"dropped: fewer than {FEWEST_LABELS} labels beside it to tell by"
    if (data.targets[task].known & data.present).any():
        return "off: its family is not among families"
    return "dropped: missing wherever there is a label"


def _why(each: Gains, by_prediction: bool, by_itself: bool) -> str:
    if by_prediction and by_itself:
        return "kept: it tells more than the text does, and so does its prediction"
    if by_prediction:
        return "kept: its prediction tells more than the text does"
    if by_itself:
        return "kept: it tells more of the label than the text does"
    gains = (each.prediction, each.itself)
    if any(one.gain > one.chance.max() for one in gains):
        return "dropped: among so many targets, its gain may be chance"
    return "dropped: no better than its own permutations"
