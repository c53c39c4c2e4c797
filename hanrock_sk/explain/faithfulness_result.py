"""How far a model's attention tells what its predictions rest on: the answer."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from hanrock_sk._base.rounding import written
from hanrock_sk.explain.fusion_shares import FusionShares

ENOUGH = {"words": 0.4, "talkturns": 0.5}
"""Rank correlations from which attention is a rough guide to what a prediction rests
on."""


@dataclass(frozen=True)
class Faithfulness:
    """How far attention tells what predictions rest on.

    Attributes
    ----------
    n_talkturns : int
        Predicted talkturns.
    output : {"probability", "value"}
        What changes: the probability of the predicted class, or the value.
    correlation : dict of str to dict of str to float
        For "words" and "talkturns", Spearman's rank correlation of attention with the
        size of what occlusion changes, within a talkturn or window, averaged: "shown"
        (overall attention, A.5) and each branch's own, "primary" and "auxiliary" (of
        talkturns: the mean of the auxiliary tasks).
    comprehensiveness : dict of str to float
        How much the output falls when the most important words of the talkturn are
        left out (ERASER; mean over shares of 1, 5, 10, 20 and 50 %, of values the size
        of the change): by "attention", by "occlusion" (those first whose leaving out
        lowers the probability most, or changes the value most), and of "random" words.
        More is better.
    sufficiency : dict of str to float
        How much it falls when these words alone are left in. Less is better.
    score : dict of str to float or None
        The model's score on these talkturns "as it is", and with "uniform" attention
        over words and over talkturns; None without labels.
    score_name : str
        "mean accuracy" (more is better) or "mean absolute error" (less is better).
    fusion : FusionShares
        What share each task has in the fusion.
    agreement : dict of str to float or None
        Between models, if there are several: the share of equal predictions, or their
        correlation ("predictions"), and mean rank correlations of "attention to words",
        "attention to talkturns", "effects of words", "effects of talkturns".

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.explain import Faithfulness, FusionShares
    >>> one = np.ones(1)
    >>> result = Faithfulness(
    ...     40, "probability",
    ...     {"words": {"shown": 0.55}, "talkturns": {"shown": 0.6}},
    ...     {"attention": 0.2, "occlusion": 0.3, "random": 0.1},
    ...     {"attention": 0.1, "occlusion": 0.0, "random": 0.2},
    ...     None, "mean accuracy", FusionShares(40, ("primary",), one, one, one), None,
    ... )
    >>> result.is_a_guide
    True
    """

    n_talkturns: int
    output: str
    correlation: dict[str, dict[str, float]]
    comprehensiveness: dict[str, float]
    sufficiency: dict[str, float]
    score: dict[str, float] | None
    score_name: str
    fusion: FusionShares
    agreement: dict[str, float] | None

    @property
    def is_a_guide(self) -> bool:
        """Whether attention is a rough guide to what predictions rest on."""
        return all(
            self.correlation[level]["shown"] >= enough
            for level, enough in ENOUGH.items()
        )

    def __str__(self) -> str:
        """Say in sentences what it means."""
        words, talkturns = (self.correlation[level]["shown"] for level in ENOUGH)
        changes = [*self.comprehensiveness.values(), *self.sufficiency.values()]
        largest = max(map(abs, changes))
        more, less = (
            {by: written(change, largest) for by, change in told.items()}
            for told in (self.comprehensiveness, self.sufficiency)
        )
        said = [
            f"Over {self.n_talkturns} talkturns, attention ranks words as what they "
            f"changed does with {words:.2f}, and talkturns with {talkturns:.2f} (1 is "
            "the same order, 0 none).",
            f"Without the most weighted words the {self.output} changed by "
            f"{more['attention']}, without random ones by {more['random']}, "
            f"without those that occlusion puts first by {more['occlusion']}; with "
            f"these words alone by {less['attention']}, {less['random']} and "
            f"{less['occlusion']}.",
        ]
        if self.score is not None:
            largest = max(self.score.values())
            score = {of: written(value, largest) for of, value in self.score.items()}
            said.append(
                f"The {self.score_name} is {score['as it is']}, and "
                f"{score['uniform']} with uniform attention."
            )
        if self.agreement is not None:
            said.append(
                "Between models, attention to words agrees with "
                f"{self.agreement['attention to words']:.2f}, effects of words with "
                f"{self.agreement['effects of words']:.2f}."
            )
        if self.fusion.is_ignored:
            said.append(str(self.fusion))
        said.append(
            "Attention is a rough guide to what this model's predictions rest on."
            if self.is_a_guide
            else "Do not read attention as what this model's predictions rest on; look "
            "at what changed when words and talkturns were left out (occlusion)."
        )
        return " ".join(said)

    def _repr_html_(self) -> str:
        """Show the sentences."""
        return f"<p>{escape(str(self))}</p>"

    def plot(self) -> Any:
        """Plot rank correlations, and what leaving words out changed.

        Returns
        -------
        figure : matplotlib.figure.Figure
            See `hanrock_sk.explain.plots.faithfulness`.
        """
        from hanrock_sk.explain.effect_plots import faithfulness

        return faithfulness(self)
