"""Plots of what changed predictions; part of `hanrock_sk.explain.plots`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from hanrock_sk._base.pyplot import load_pyplot
from hanrock_sk.explain.corpus_words import CorpusWord

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RAISED, LOWERED = "#3b57c4", "#b3541e"


def word_list(words: Sequence[CorpusWord]) -> Figure:
    """Plot the words that changed predictions most, over a corpus.

    Parameters
    ----------
    words : sequence of CorpusWord
        What `hanrock_sk.explain.word_list` returns.

    Returns
    -------
    figure : matplotlib.figure.Figure
        A panel for each class, all on one scale from zero: mean changes, and how often
        each word was said.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    ValueError
        If there are no words.

    Examples
    --------
    >>> from hanrock_sk.explain import CorpusWord, plots
    >>> words = [CorpusWord("alone", "sad", 0.2, 5, [3])]
    >>> [panel.get_title() for panel in plots.word_list(words).axes]
    ['sad']
    """
    pyplot = load_pyplot()
    if not words:
        raise ValueError("There are no words to plot: none was said often enough.")
    outputs = list(dict.fromkeys(word.output for word in words))
    most = max(sum(w.output == output for w in words) for output in outputs)
    figure, axes = pyplot.subplots(
        1, len(outputs), sharex=True, squeeze=False, layout="constrained",
        figsize=(3.2 * len(outputs), 1 + 0.26 * most),
    )  # fmt: skip
    for panel, output in zip(axes[0], outputs, strict=True):
        some = [word for word in words if word.output == output]
        names = [f"{word.word} ({word.count})" for word in some]
        colours = [RAISED if word.effect > 0 else LOWERED for word in some]
        panel.barh(range(len(some)), [word.effect for word in some], color=colours)
        panel.set_yticks(range(len(some)), names)
        panel.invert_yaxis()
        panel.axvline(0, color="0.3", linewidth=1)
        panel.set_title("value" if output is None else str(output), fontsize="medium")
    figure.supxlabel("mean change of the prediction when the word is left out")
    return figure


def faithfulness(result: Any) -> Figure:
    """Plot how far attention tells what predictions rest on.

    Parameters
    ----------
    result : Faithfulness
        What `hanrock_sk.explain.faithfulness` returns.

    Returns
    -------
    figure : matplotlib.figure.Figure
        Two panels: rank correlations of attention with what changed, by level and
        branch; and the change without, and with alone, the most important words.

    Raises
    ------
    ImportError
        If matplotlib is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.explain import Faithfulness, FusionShares, plots
    >>> one, ranked = np.ones(1), {"attention": 0.2, "occlusion": 0.3, "random": 0.1}
    >>> figure = plots.faithfulness(Faithfulness(
    ...     40, "probability", {"words": {"shown": 0.5}, "talkturns": {"shown": 0.6}},
    ...     ranked, ranked, None, "mean accuracy",
    ...     FusionShares(40, ("primary",), one, one, one), None,
    ... ))
    >>> [panel.get_title() for panel in figure.axes]
    ['rank correlation with what changed', 'change of the probability']
    """
    pyplot = load_pyplot()
    figure, (left, right) = pyplot.subplots(
        1, 2, figsize=(9, 3.2), layout="constrained"
    )
    names = list(dict.fromkeys(n for each in result.correlation.values() for n in each))
    width = 0.8 / len(names)
    places = np.arange(len(result.correlation))
    for number, name in enumerate(names):
        heights = [each.get(name, np.nan) for each in result.correlation.values()]
        shift = (number - (len(names) - 1) / 2) * width
        grey = str(0.25 + 0.25 * number)
        left.bar(places + shift, heights, width * 0.9, color=grey, label=name)
    left.set_xticks(places, list(result.correlation))
    left.axhline(0, color="0.3", linewidth=1)
    left.set_title("rank correlation with what changed", fontsize="medium")
    left.legend(fontsize="small")
    orders = list(result.comprehensiveness)
    places = np.arange(2)
    for number, order in enumerate(orders):
        heights = [result.comprehensiveness[order], result.sufficiency[order]]
        grey = str(0.25 + 0.25 * number)
        right.bar(places + (number - 1) * 0.27, heights, 0.25, color=grey, label=order)
    right.set_xticks(places, ["without these words", "with these words alone"])
    right.axhline(0, color="0.3", linewidth=1)
    right.set_title(f"change of the {result.output}", fontsize="medium")
    right.legend(fontsize="small", title="words by")
    return figure
