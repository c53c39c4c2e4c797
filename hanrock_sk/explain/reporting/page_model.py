"""What the report's page knows of one model: predictions, words, attention."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from sklearn.base import is_classifier

from hanrock_sk.explain.overall import OverallAttention, overall_attention
from hanrock_sk.explain.reporting.page_task import ClassTask, ValueTask

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
    overall = overall_attention(model.attention(read), shown, "pandas")
    data = {
        "name": name,
        "kind": f"{type(model).__name__}, {model.network_.trained_on.architecture}",
        "predicted": task.write(predicted[shown]),
        "probabilities": None,
        "summary": None,
        **_words(overall, model, read),
        **_attention(overall),
    }
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


def _words(overall: OverallAttention, model: Any, read: Any) -> dict[str, Any]:
    """Return the words of each talkturn that were read, and how many were not."""
    bounds = overall.exact.word_offsets
    words = [
        overall.exact.words[bounds[row] : bounds[row + 1]]
        for row in overall.rows.tolist()
    ]
    unread = {}
    reader = model.network_.reader
    texts = model._read_new(read).texts
    for position, row in enumerate(overall.rows.tolist()):
        if reader.max_words is None or len(words[position]) < reader.max_words:
            continue
        if n_unread := reader.count_unread(texts[row]):
            unread[position] = n_unread
    # No word has a space in it; see `tokenize`.
    return {"words": [" ".join(spoken) for spoken in words], "unread": unread}


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
