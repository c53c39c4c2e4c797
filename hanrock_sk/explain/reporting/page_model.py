"""What the report's page knows of one model: predictions, words, attention."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from sklearn.base import is_classifier

from hanrock_sk.estimators.reading import Talkturns
from hanrock_sk.explain.overall import OverallAttention, overall_attention
from hanrock_sk.explain.reporting.page_effects import effect_data
from hanrock_sk.explain.reporting.page_task import ClassTask, ValueTask
from hanrock_sk.text.tokenizer import tokenize

Z_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
"""A z-score is one letter: "A" is -2 and below, each further letter a tenth more.
Tenths are rounded down, so that a letter never leaves its bucket."""

Z_LOWEST = -20
"""Tenths that "A" stands for."""


def encode_z(z: np.ndarray) -> str:
    """Write z-scores as letters.

    Parameters
    ----------
    z : ndarray of shape (n,)
        z-scores.

    Returns
    -------
    letters : str
        One of `Z_DIGITS` for each.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.explain.reporting.page_model import encode_z
    >>> encode_z(np.array([-7.0, -0.01, 0.0, 0.99, 1.0, 2.0, 30.0]))
    'ATUdeo/'
    """
    # In whole millionths: as floats, 2.3 * 10 could come out below 23.
    tenths = np.rint(z * 1e6).astype(np.int64) // 100_000 - Z_LOWEST
    letters = np.frombuffer(Z_DIGITS.encode(), dtype=np.uint8)
    return letters[tenths.clip(0, len(Z_DIGITS) - 1)].tobytes().decode()


def model_data(
    name: str,
    model: Any,
    read: Any,
    task: ClassTask | ValueTask,
    conversations: list[np.ndarray],
    maps: bool | str = "auto",
    occlusion: bool | str = "auto",
) -> dict[str, Any]:
    """Collect what the page shows of a model.

    Parameters
    ----------
    name : str
        What the page calls it.
    model : HANRockClassifier or HANRockRegressor
        Fitted.
    read : DataFrame or list of str
        What it reads: the talkturns after the steps before it.
    task : ClassTask or ValueTask
        Classes and true labels.
    conversations : list of ndarray of int64
        The rows of each conversation to show, in order of time.
    maps : bool or "auto", default="auto"
        Whether to show what mattered; "auto" hides it of a model at chance.
    occlusion : bool or "auto", default="auto"
        Whether to leave out words; "auto" leaves out talkturns, and words if that takes
        seconds. With False nothing is left out.

    Returns
    -------
    data : dict
        Nothing but what JSON knows; lists have an item for each talkturn shown.
    """
    shown = np.concatenate(conversations)
    probabilities = None
    if is_classifier(model):
        probabilities = model.predict_proba(read)
        predicted = probabilities.argmax(axis=1)
    else:
        predicted = np.asarray(model.predict(read), dtype=np.float64)
    quality = task.quality(predicted, conversations)
    if maps == "auto":
        maps = quality is None or not quality["atChance"]
    talkturns = model._read_new(read)
    data: dict[str, Any] = {
        "name": name,
        "kind": f"{type(model).__name__}, {model.network_.trained_on.architecture}",
        "predicted": task.write(predicted[shown]),
        "probabilities": None,
        "summary": None,
        "quality": quality,
        "maps": bool(maps),
        **_words(model, talkturns, shown),
        "effects": None,
    }
    if maps:
        overall = overall_attention(model.attention(read), shown, "pandas")
        data |= _attention(overall)
        if occlusion is not False:
            words = None if occlusion == "auto" else True
            data["effects"] = effect_data(model, talkturns, shown, words)
    if probabilities is not None:
        data["probabilities"] = _round_to_parts(probabilities[shown], 1000).tolist()
    if task.present[shown].any():
        data["summary"] = {
            "all": task.summarize(shown, predicted),
            "conversations": [
                task.summarize(rows, predicted) for rows in conversations
            ],
        }
    return data


def _words(model: Any, talkturns: Talkturns, shown: np.ndarray) -> dict[str, Any]:
    """Return the words of each talkturn that were read, and how many were not.

    Of a narrative, ``told`` counts the words that the narrator put before those said.
    """
    reader = model.network_.reader
    words, unread, told = [], {}, {}
    for position, row in enumerate(shown.tolist()):
        text = talkturns.texts[row]
        spoken = reader.words_of(text)
        words.append(" ".join(spoken))  # no word has a space in it; see `tokenize`
        is_full = reader.max_words is not None and len(spoken) >= reader.max_words
        if is_full and (n_unread := reader.count_unread(text)):
            unread[position] = n_unread
        if n_told := _count_told(model, talkturns, row):
            told[position] = min(n_told, len(spoken))
    return {"words": words, "unread": unread, "told": told}


def _count_told(model: Any, talkturns: Talkturns, row: int) -> int:
    """Count the words of a narrative that stand before those said."""
    column = model.network_.trained_on.text
    if talkturns.column == column or not talkturns.has_column(column):
        return 0
    assert talkturns.table is not None
    said = talkturns.table[column][row]
    if not isinstance(said, str):
        return 0
    spoken, narrated = tokenize(said), tokenize(talkturns.texts[row])
    n_told = len(narrated) - len(spoken)
    return n_told if n_told > 0 and narrated[n_told:] == spoken else 0


def _attention(overall: OverallAttention) -> dict[str, Any]:
    """Write the attention of all windows, a string or a list for each."""
    windows = overall.window_offsets
    shares = _round_to_parts(overall.talkturns.weights, 1000).tolist()
    tasks = None
    if len(overall.tasks) > 1:
        tasks = _round_to_parts(overall.task_weights.T, 10_000).tolist()
    return {
        "window": np.diff(windows).tolist(),
        "talkturnZ": _cut_at(encode_z(overall.talkturns.z), windows),
        "talkturnWeights": _cut_at(shares, windows),
        "wordZ": _cut_at(encode_z(overall.words.z), overall.word_offsets[windows]),
        "tasks": [task.replace("__", " ").replace("_", " ") for task in overall.tasks],
        "taskWeights": tasks,
    }


def _round_to_parts(shares: np.ndarray, parts: int) -> np.ndarray:
    """Round shares to so many parts of the whole."""
    return np.rint(shares * parts).astype(int)


def _cut_at(items: Any, offsets: np.ndarray) -> list[Any]:
    """Cut a string or list where windows begin."""
    bounds = offsets.tolist()
    return [items[start:stop] for start, stop in pairwise(bounds)]
