"""One predicted talkturn as the model read it: a reading, for people."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from hanrock_sk.explain.combine import BUCKETS

# Font size and opacity of a word in each bucket, and opacity of a talkturn's box.
# Opacity, not colours, so that notebooks of any theme are served.
_WORD_STYLES = (
    "font-size:0.85em;opacity:0.6",
    "font-size:1em;opacity:0.8",
    "font-size:1.25em;font-weight:600",
    "font-size:1.5em;font-weight:800",
)
_BOX_FILLS = (0, 0.15, 0.4, 0.75)


@dataclass(frozen=True)
class Word:
    """A word of a reading.

    Attributes
    ----------
    word : str
        The word as the model reads it: lower case, clitics apart.
    weight : float
        Overall word attention; it sums to 1 over the talkturn.
    z : float
        How it stands out among all words of the window, in standard deviations.
    bucket : {"none", "low", "medium", "high"}
        The bucket of `z`.

    Examples
    --------
    >>> from hanrock_sk.explain import Word
    >>> Word("hopeless", 0.62, 2.1, "high").bucket
    'high'
    """

    word: str
    weight: float
    z: float
    bucket: str


@dataclass(frozen=True)
class ContextTalkturn:
    """A talkturn of the window that a prediction was made from.

    Attributes
    ----------
    row : int
        Its row in the table.
    steps_back : int
        How many talkturns before the predicted one it is; 0 is the predicted one.
    weight : float
        Overall talkturn attention; it sums to 1 over the window.
    z : float
        How it stands out among the talkturns of the window, in standard deviations.
    bucket : {"none", "low", "medium", "high"}
        The bucket of `z`.
    words : list of Word
        What was read of it.

    Examples
    --------
    >>> from hanrock_sk.explain import ContextTalkturn, Word
    >>> words = [Word("oh", 0.3, -1.0, "none"), Word("no", 0.7, 1.0, "medium")]
    >>> talkturn = ContextTalkturn(7, 0, 1.0, 0.0, "low", words)
    >>> [word.word for word in talkturn.words if word.z >= 1]
    ['no']
    """

    row: int
    steps_back: int
    weight: float
    z: float
    bucket: str
    words: list[Word]


@dataclass(frozen=True)
class Reading:
    """What a model attended to when it predicted one talkturn.

    A notebook shows it as Figure 5 of the paper does.

    Attributes
    ----------
    row : int
        The row of the predicted talkturn.
    context : list of ContextTalkturn
        Its window, oldest talkturn first; the last one is the predicted talkturn.
    tasks : dict of str to float
        Task attention; it sums to 1.

    Examples
    --------
    >>> from hanrock_sk.explain import ContextTalkturn, Reading
    >>> before = ContextTalkturn(6, 1, 0.3, -1.0, "none", [])
    >>> predicted = ContextTalkturn(7, 0, 0.7, 1.0, "medium", [])
    >>> reading = Reading(7, [before, predicted], {"primary": 1.0})
    >>> max(reading.context, key=lambda talkturn: talkturn.weight).row
    7
    """

    row: int
    context: list[ContextTalkturn]
    tasks: dict[str, float]

    def _repr_html_(self) -> str:
        """Draw the window: boxes for talkturns, larger and darker words."""
        lines = "".join(_line(talkturn) for talkturn in self.context)
        return f"<table><tbody>{lines}</tbody></table>"


def _line(talkturn: ContextTalkturn) -> str:
    """Draw a talkturn as a row of a table."""
    steps = f"i−{talkturn.steps_back}" if talkturn.steps_back else "i"  # noqa: RUF001
    fill = _BOX_FILLS[BUCKETS.index(talkturn.bucket)]
    box = (
        '<span style="display:inline-block;width:1.6em;text-align:center;'
        f'border:1px solid;background:rgba(90,105,215,{fill})"'
        f' title="weight {talkturn.weight:.3f}, z {talkturn.z:.2f}">'
        f"{talkturn.bucket[0].upper()}</span>"
    )
    words = " ".join(
        f'<span style="{_WORD_STYLES[BUCKETS.index(word.bucket)]}"'
        f' title="weight {word.weight:.3f}, z {word.z:.2f}">{escape(word.word)}</span>'
        for word in talkturn.words
    )
    return (
        f"<tr><td>{steps}</td><td>{box}</td>"
        f'<td dir="auto" style="text-align:start;white-space:normal">{words}</td></tr>'
    )
