"""How good a model is, and whether it is better than chance: what the report says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.metrics import confusion_matrix

from hanrock_sk._base.rounding import round_value

RESAMPLES = 1000
FEWEST_CONVERSATIONS = 5
"""With fewer, talkturns are drawn, and not conversations."""

PERCENTILES = (2.5, 97.5)


def class_quality(
    true: np.ndarray, predicted: np.ndarray, conversations: Sequence[np.ndarray]
) -> dict[str, Any] | None:
    """Compare predicted classes with chance.

    Parameters
    ----------
    true, predicted : ndarray of int64, shape (n_rows,)
        Class indices; -1 where there is no true label.
    conversations : sequence of ndarray of int64
        The rows of each conversation.

    Returns
    -------
    quality : dict or None
        ``score`` (mean accuracy), its 95 % interval ``low`` to ``high`` (bootstrap over
        ``drawn``), ``chance`` (of any answer that looks at nothing), ``accuracy``,
        ``most`` (the most frequent class) and ``mostAccuracy`` (of always saying it),
        ``atChance``. None without labels.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.explain.reporting.page_quality import class_quality
    >>> true = np.array([0, 1, 1, -1] * 40)
    >>> quality = class_quality(true, true, [np.arange(160)])
    >>> quality["score"], quality["chance"], quality["atChance"]
    (1.0, 0.5, False)
    """
    some = [rows[true[rows] >= 0] for rows in conversations]
    some = [rows for rows in some if len(rows)]
    if not some:
        return None
    rows = np.concatenate(some)
    n_classes = int(max(true[rows].max(), predicted[rows].max())) + 1
    parts, drawn = _parts(some)
    labels = np.arange(n_classes)
    counts = np.stack(
        [confusion_matrix(true[p], predicted[p], labels=labels) for p in parts]
    )
    whole = counts.sum(axis=0)
    scores = _mean_recall(_resampled(counts))
    low, high = np.percentile(scores, PERCENTILES)
    frequent = int(whole.sum(axis=1).argmax())
    chance = 1 / int((whole.sum(axis=1) > 0).sum())
    return {
        "name": "mean accuracy",
        "score": _round(_mean_recall(whole[None])[0]),
        "low": _round(low),
        "high": _round(high),
        "drawn": drawn,
        "chance": _round(chance),
        "accuracy": _round(whole.trace() / whole.sum()),
        "most": frequent,
        "mostAccuracy": _round(whole[frequent].sum() / whole.sum()),
        "labelled": len(rows),
        "atChance": bool(low <= chance),
    }


def value_quality(
    true: np.ndarray, predicted: np.ndarray, conversations: Sequence[np.ndarray]
) -> dict[str, Any] | None:
    """Compare predicted values with the median of the true ones.

    Parameters
    ----------
    true, predicted : ndarray of float64, shape (n_rows,)
        Values; NaN where there is no true one.
    conversations : sequence of ndarray of int64
        The rows of each conversation.

    Returns
    -------
    quality : dict or None
        As `class_quality`, with ``score`` the mean absolute error, and ``chance`` that
        of always saying the median. None without labels.
    """
    some = [rows[~np.isnan(true[rows])] for rows in conversations]
    some = [rows for rows in some if len(rows)]
    if not some:
        return None
    rows = np.concatenate(some)
    parts, drawn = _parts(some)
    median = np.median(true[rows])
    sums = np.array(
        [
            (
                np.abs(predicted[p] - true[p]).sum(),
                np.abs(median - true[p]).sum(),
                len(p),
            )
            for p in parts
        ]
    )
    resampled = _resampled(sums)
    errors = resampled[:, 0] / resampled[:, 2]
    low, high = np.percentile(errors, PERCENTILES)
    gain = (resampled[:, 1] - resampled[:, 0]) / resampled[:, 2]
    error, chance = sums[:, 0].sum() / len(rows), sums[:, 1].sum() / len(rows)
    return {
        "name": "mean absolute error",
        "score": round_value(error),
        "low": round_value(low),
        "high": round_value(high),
        "drawn": drawn,
        "chance": round_value(chance),
        "labelled": len(rows),
        "atChance": bool(np.percentile(gain, PERCENTILES[0]) <= 0),
    }


def _parts(conversations: list[np.ndarray]) -> tuple[list[np.ndarray], str]:
    """Return what is drawn: conversations, or talkturns where there are few."""
    if len(conversations) >= FEWEST_CONVERSATIONS:
        return conversations, "conversations"
    rows = np.concatenate(conversations)
    return [row for row in rows[:, None]], "talkturns"  # noqa: C416


def _resampled(parts: np.ndarray) -> np.ndarray:
    """Add up as many parts as there are, drawn with replacement, many times."""
    generator = np.random.default_rng(0)
    n_parts = len(parts)
    times = generator.multinomial(n_parts, np.full(n_parts, 1 / n_parts), RESAMPLES)
    return np.tensordot(times, parts, axes=1)


def _mean_recall(confusion: np.ndarray) -> np.ndarray:
    """Average recall over the classes that occur, for each of some matrices."""
    true = confusion.sum(axis=2)
    right = np.diagonal(confusion, axis1=1, axis2=2)
    occurs = true > 0
    recall = np.where(occurs, right / np.maximum(true, 1), 0)
    return recall.sum(axis=1) / np.maximum(occurs.sum(axis=1), 1)


def _round(number: float) -> float:
    return round(float(number), 4)
