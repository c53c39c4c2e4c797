"""Attention as columns of tidy tables, one table for each level."""

from __future__ import annotations

from typing import Any

import numpy as np

from hanrock_sk.explain.combine import BUCKETS, Standardized
from hanrock_sk.explain.window_weights import WindowWeights

LEVELS = ("words", "talkturns", "tasks")
"""The three levels of attention."""

BRANCHES = ("primary", "auxiliary")
"""The word encoders."""


def word_columns(overall: WindowWeights) -> dict[str, Any]:
    """Each word of each talkturn of each window."""
    sizes = np.diff(overall.word_offsets)
    exact = overall.exact
    return {
        **{
            name: np.repeat(values, sizes)
            for name, values in _entry_columns(overall).items()
        },
        "position": overall.word_index
        - np.repeat(exact.word_offsets[overall.window_rows], sizes),
        "word": [exact.words[index] for index in overall.word_index.tolist()],
        **dict(
            zip(
                BRANCHES[: len(exact.word_weights)],
                exact.word_weights[:, overall.word_index],
                strict=True,
            )
        ),
        **_standardized_columns(overall.words),
    }


def talkturn_columns(overall: WindowWeights) -> dict[str, Any]:
    """Each talkturn of each window."""
    return {
        **_entry_columns(overall),
        **dict(
            zip(
                overall.tasks,
                overall.exact.talkturn_weights[:, overall.entry_index],
                strict=True,
            )
        ),
        **_standardized_columns(overall.talkturns),
    }


def task_columns(overall: WindowWeights) -> dict[str, Any]:
    """Each task of each predicted talkturn."""
    return {
        "row": np.repeat(overall.rows, len(overall.tasks)),
        "task": list(overall.tasks) * len(overall.rows),
        "weight": overall.task_weights.T.ravel(),
    }


def _entry_columns(overall: WindowWeights) -> dict[str, np.ndarray]:
    """Return which talkturn of which window each entry is."""
    sizes = np.diff(overall.window_offsets)
    last = np.repeat(overall.window_offsets[1:] - 1, sizes)
    return {
        "row": np.repeat(overall.rows, sizes),
        "talkturn": overall.window_rows,
        "steps_back": last - np.arange(len(last)),
    }


def _standardized_columns(standardized: Standardized) -> dict[str, Any]:
    return {
        "weight": standardized.weights,
        "z": standardized.z,
        "bucket": np.array(BUCKETS)[standardized.buckets].tolist(),
    }
