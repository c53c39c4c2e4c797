"""What leaving out talkturns and words changed, as the report's page knows it."""

from __future__ import annotations

from typing import Any

import numpy as np

from hanrock_sk._base.rounding import round_value
from hanrock_sk.estimators.reading import Talkturns
from hanrock_sk.explain.changes import Occlusion
from hanrock_sk.explain.corpus_words import CorpusWord, word_list
from hanrock_sk.explain.leaving_out import occlusion_of

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
LARGEST = 2047
"""Changes are whole numbers from -2047 to 2047, parts of the largest one."""

AFFORDABLE_WORDS = 2_000_000
"""Words that are read to leave out each word of what is shown, by default."""

ENCODER_FACTOR = 20
"""How many times more a word costs that an encoder reads."""

LISTED_WORDS = 12

WITHIN_SCALE = 0.99
"""The share of changes whose bars are not cut: a single large one dwarfs no others."""


def encode_changes(parts: np.ndarray) -> str:
    """Write whole numbers from -2047 to 2047 as two letters each.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.explain.reporting.page_effects import encode_changes
    >>> encode_changes(np.array([-2047, 0, 2047]))
    'ABgA//'
    """
    shifted = np.asarray(parts, dtype=np.int64) + LARGEST + 1
    letters = np.frombuffer(DIGITS.encode(), dtype=np.uint8)
    pairs = np.stack([letters[shifted // 64], letters[shifted % 64]], axis=-1)
    return pairs.tobytes().decode()


def are_words_affordable(model: Any, talkturns: Talkturns, shown: np.ndarray) -> bool:
    """Whether leaving out each word of the talkturns shown takes seconds."""
    reader = model.network_.reader
    lengths = np.array([len(reader.words_of(talkturns.texts[row])) for row in shown])
    factor = 1 if reader.encoder is None else ENCODER_FACTOR
    return factor * int((lengths**2).sum()) <= AFFORDABLE_WORDS


def effect_data(
    model: Any, talkturns: Talkturns, shown: np.ndarray, words: bool | None
) -> dict[str, Any]:
    """Leave out talkturns and words of what is shown.

    Parameters
    ----------
    model : HANRockClassifier or HANRockRegressor
        Fitted.
    talkturns : Talkturns
        What it has read.
    shown : ndarray of int64
        Rows, in the page's order.
    words : bool or None
        Whether to leave out words; None for "if it takes seconds".

    Returns
    -------
    data : dict
        ``largest`` (the largest change), ``scale`` (of a full bar),
        ``talkturnEffects`` (a string for each
        talkturn shown, two letters for each of its window), ``wordEffects`` (two
        letters for each word of its own; None if they were not tried), ``wordList``,
        ``features`` (columns) and ``featureEffects`` (two letters for each of them).
    """
    if words is None:
        words = are_words_affordable(model, talkturns, shown)
    made = occlusion_of(model, talkturns, shown, "pandas", words, False)
    of_talkturns = made.talkturn_effects
    begins, ends = (made.word_offsets[made.own_entries + k] for k in (0, 1))
    own = [made.word_effects[b:e] for b, e in zip(begins, ends, strict=True)]
    is_context = np.ones(len(of_talkturns), dtype=bool)
    is_context[made.own_entries] = False  # the page has no bar for the talkturn itself
    of_features = made.feature_effects
    drawn = [of_talkturns[is_context], of_features.ravel(), *(own if words else [])]
    sizes = np.abs(np.concatenate(drawn))
    largest = float(max(np.abs(of_talkturns).max(), sizes.max(initial=0)))
    scale = float(np.quantile(sizes, WITHIN_SCALE)) if len(sizes) else largest
    unit = largest / LARGEST or 1.0

    def letters(effects: np.ndarray) -> str:
        return encode_changes(np.rint(effects / unit))

    windows = np.split(of_talkturns, made.window_offsets[1:-1])
    return {
        "largest": largest,
        "scale": scale or largest,
        "talkturnEffects": [letters(each) for each in windows],
        "wordEffects": [letters(each) for each in own] if words else None,
        "wordList": _listed(made, shown) if words else None,
        "features": list(made.features),
        "featureEffects": [letters(each) for each in of_features],
    }


def _listed(made: Occlusion, shown: np.ndarray) -> list[dict[str, Any]]:
    """Write the words that changed most, with the turns of their examples."""
    turn = {row: number for number, row in enumerate(shown.tolist())}
    codes = {} if made.classes is None else {c: i for i, c in enumerate(made.classes)}
    return [
        {
            "word": each.word,
            "class": codes.get(each.output),
            "effect": _rounded(each),
            "count": each.count,
            "turns": [turn[row] for row in each.rows],
        }
        for each in word_list(made, LISTED_WORDS)
    ]


def _rounded(word: CorpusWord) -> float:
    """Round a probability's change to four decimals, a value's by its unit."""
    if word.output is None:
        return round_value(word.effect)
    return round(word.effect, 4)
