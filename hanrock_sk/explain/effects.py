"""What was left out of one predicted talkturn, for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Any

from hanrock_sk._base.rounding import written

BAR_WIDTH = 5.0
"""em on each side of zero."""

LEAST_SHOWN = 0.1
"""Words that changed less than this share of the largest change are left plain."""


@dataclass(frozen=True)
class WordEffect:
    """A word, and what it changed.

    Attributes
    ----------
    word : str
        The word as the model reads it.
    effect : float or None
        The probability of the predicted class, or the value, less what it is without
        the word. None if it was not left out.

    Examples
    --------
    >>> from hanrock_sk.explain import WordEffect
    >>> WordEffect("hopeless", 0.31).effect
    0.31
    """

    word: str
    effect: float | None


@dataclass(frozen=True)
class TalkturnEffect:
    """A talkturn of a window, and what it changed.

    Attributes
    ----------
    row : int
        Its row in the table.
    steps_back : int
        How many talkturns before the predicted one it is; 0 is the predicted one.
    effect : float
        The probability of the predicted class, or the value, less what it is without
        the talkturn.
    words : list of WordEffect
        Its words.

    Examples
    --------
    >>> from hanrock_sk.explain import TalkturnEffect, WordEffect
    >>> said = [WordEffect("oh", 0.02), WordEffect("no", 0.3)]
    >>> max(TalkturnEffect(7, 0, 0.4, said).words, key=lambda word: word.effect).word
    'no'
    """

    row: int
    steps_back: int
    effect: float
    words: list[WordEffect]


@dataclass(frozen=True)
class Effects:
    """What the words and talkturns of a window did to one prediction.

    A notebook shows a bar for each talkturn, on one scale from zero, and marks words.

    Attributes
    ----------
    row : int
        The row of the predicted talkturn.
    prediction : object
        The predicted class; None of a regressor.
    output : float
        Its probability; of a regressor, the predicted value.
    context : list of TalkturnEffect
        The window, oldest talkturn first; the last one is the predicted talkturn.
    features : dict of str to float
        What each column of features changed: the same difference, with the talkturn's
        own cell empty.

    Examples
    --------
    >>> from hanrock_sk.explain import Effects, TalkturnEffect
    >>> before = TalkturnEffect(6, 1, -0.05, [])
    >>> effects = Effects(7, "sad", 0.8, [before, TalkturnEffect(7, 0, 0.4, [])])
    >>> max(effects.context, key=lambda talkturn: abs(talkturn.effect)).row
    7
    """

    row: int
    prediction: Any
    output: float
    context: list[TalkturnEffect]
    features: dict[str, float] = field(default_factory=dict)

    def top_words(self, n_words: int = 5) -> list[WordEffect]:
        """Return the words of the predicted talkturn that changed most.

        Parameters
        ----------
        n_words : int, default=5
            How many at most.

        Returns
        -------
        words : list of WordEffect
            By the size of their effect, whatever its sign.
        """
        tried = [word for word in self.context[-1].words if word.effect is not None]
        return sorted(tried, key=lambda word: -abs(word.effect or 0))[:n_words]

    def _repr_html_(self) -> str:
        """Draw a signed bar for each talkturn, and mark the words that changed."""
        sizes = [abs(talkturn.effect) for talkturn in self.context]
        sizes += [abs(w.effect or 0) for t in self.context for w in t.words]
        sizes += [abs(effect) for effect in self.features.values()]
        most = max(sizes) or 1.0
        lines = "".join(_line(talkturn, most) for talkturn in self.context)
        lines += "".join(
            f"<tr><td></td><td>{_bar(effect, most)} {written(effect, most, '+')}</td>"
            f'<td style="text-align:start">{escape(name)}, if it were empty</td></tr>'
            for name, effect in self.features.items()
        )
        what = (
            f"Predicted value {self.output:.3g}."
            if self.prediction is None
            else f"Predicted: <b>{escape(str(self.prediction))}</b>, "
            f"{100 * self.output:.0f} %."
        )
        return (
            f"<p>{what} Left out, each talkturn and word changed this by so much: bars "
            "and underlines to the right or solid raised it, to the left or dotted "
            f"lowered it.</p><table><tbody>{lines}</tbody></table>"
        )


def _line(talkturn: TalkturnEffect, most: float) -> str:
    """Draw a talkturn as a row of a table."""
    steps = f"i−{talkturn.steps_back}" if talkturn.steps_back else "i"  # noqa: RUF001
    words = " ".join(_marked(word, most) for word in talkturn.words)
    return (
        f"<tr><td>{steps}</td><td>{_bar(talkturn.effect, most)} "
        f"{written(talkturn.effect, most, '+')}</td>"
        f'<td dir="auto" style="text-align:start;white-space:normal">{words}</td></tr>'
    )


def _bar(effect: float, most: float) -> str:
    """Draw a bar from zero, to the right if it raised the prediction."""
    share = abs(effect) / most * BAR_WIDTH
    left = BAR_WIDTH - share if effect < 0 else BAR_WIDTH
    return (
        f'<span role="img" aria-label="{written(effect, most, "+")}" '
        'style="display:'
        f"inline-block;position:relative;width:{2 * BAR_WIDTH}em;height:0.8em;"
        f"background:linear-gradient(currentColor,currentColor) {BAR_WIDTH}em 0/1px "
        '100% no-repeat"><span style="position:absolute;top:0;bottom:0;'
        f"left:{left:.2f}em;width:{share:.2f}em;background:"
        f'{"#3b57c4" if effect >= 0 else "#b3541e"}"></span></span>'
    )


def _marked(word: WordEffect, most: float) -> str:
    """Underline a word as thick as it changed the prediction."""
    text = escape(word.word)
    if word.effect is None or abs(word.effect) < LEAST_SHOWN * most:
        return text
    thick = 1 + round(4 * abs(word.effect) / most)
    line = "solid #3b57c4" if word.effect > 0 else "dotted #b3541e"
    return (
        f'<span style="border-bottom:{thick}px {line}" '
        f'title="{written(word.effect, most, "+")}">{text}</span>'
    )
