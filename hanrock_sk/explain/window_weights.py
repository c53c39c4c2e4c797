"""Exact attention weights combined for the windows of predicted talkturns (A.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import index as whole_number

import numpy as np

from hanrock_sk.estimators.attention_weights import Attention
from hanrock_sk.explain.combine import (
    Standardized,
    branch_weights,
    standardize,
    weighted_average,
)


@dataclass(frozen=True)
class WindowWeights:
    """The weights of predicted talkturns; `OverallAttention` says what is what."""

    rows: np.ndarray
    tasks: tuple[str, ...]
    task_weights: np.ndarray
    window_offsets: np.ndarray
    window_rows: np.ndarray
    talkturns: Standardized
    word_offsets: np.ndarray
    words: Standardized
    word_index: np.ndarray
    entry_index: np.ndarray
    exact: Attention


def weigh_windows(exact: Attention, rows: Iterable[int] | None) -> WindowWeights:
    """Combine the exact weights for the windows of some predicted talkturns.

    Parameters
    ----------
    exact : Attention
        The weights of all branches and tasks, for all rows of a table.
    rows : iterable of int or None
        The predicted talkturns; None for all.

    Returns
    -------
    weights : WindowWeights
        Window after window.

    Raises
    ------
    ValueError
        If no row is asked for, or one twice.
    IndexError
        If a row is not in the table.
    """
    n_rows = len(exact.word_offsets) - 1
    chosen = check_rows(rows, n_rows)
    entry_index, window_offsets = _gather(exact.window_offsets, chosen)
    window_rows = exact.window_rows[entry_index]
    word_index, word_offsets = _gather(exact.word_offsets, window_rows)

    task_weights = exact.task_weights[:, chosen].astype(np.float64)
    window_sizes = np.diff(window_offsets)
    talkturns = weighted_average(
        exact.talkturn_weights[:, entry_index],
        np.repeat(task_weights, window_sizes, axis=1),
    )
    words_of_windows = word_offsets[window_offsets]
    branches = branch_weights(task_weights, len(exact.word_weights))
    words = weighted_average(
        exact.word_weights[:, word_index],
        np.repeat(branches, np.diff(words_of_windows), axis=1),
    )
    return WindowWeights(
        rows=chosen,
        tasks=exact.tasks,
        task_weights=task_weights,
        window_offsets=window_offsets,
        window_rows=window_rows,
        talkturns=standardize(talkturns, window_offsets),
        word_offsets=word_offsets,
        words=standardize(words, words_of_windows),
        word_index=word_index,
        entry_index=entry_index,
        exact=exact,
    )


def check_rows(rows: Iterable[int] | None, n_rows: int) -> np.ndarray:
    """Return the rows asked for; they must be there, each once."""
    if rows is None:
        return np.arange(n_rows)
    rows = list(rows)
    if any(isinstance(row, bool | np.bool_) for row in rows):
        raise TypeError(
            "rows has truth values; pass numbers of rows, of a mask "
            "numpy.flatnonzero(mask)."
        )
    chosen = np.array([whole_number(row) for row in rows], dtype=np.int64)
    if not len(chosen):
        raise ValueError("rows is empty; at least one talkturn is needed.")
    strange = chosen[(chosen < 0) | (chosen >= n_rows)]
    if len(strange):
        raise IndexError(
            f"There is no row {strange[0]}: the table has {n_rows} talkturns, rows 0 "
            f"to {n_rows - 1}."
        )
    if len(np.unique(chosen)) < len(chosen):
        raise ValueError("rows names a talkturn twice.")
    return chosen


def _gather(offsets: np.ndarray, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices of the items of some segments, and the new offsets."""
    sizes = np.diff(offsets)[which]
    made = np.concatenate([[0], np.cumsum(sizes)])
    shift = np.repeat(offsets[which] - made[:-1], sizes)
    return np.arange(made[-1]) + shift, made
