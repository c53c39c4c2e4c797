"""From talkturns and labels, by row, to the data that a net is trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from hanrock_sk.estimators.auxiliary_reading import (
    AuxiliaryTasks,
    read_auxiliary,
    read_weights,
)
from hanrock_sk.estimators.reading import Talkturns
from hanrock_sk.estimators.soft_targets import read_soft_targets
from hanrock_sk.estimators.splitting import without_held_out
from hanrock_sk.estimators.talkturn_data import TalkturnData
from hanrock_sk.estimators.word_reader import WordReader
from hanrock_sk.model.layout.unlabelled_targets import near_targets
from hanrock_sk.model.losses import MISSING
from hanrock_sk.talkturns.auxiliary_names import is_of_labels
from hanrock_sk.talkturns.labels import read_labels


def training_data(
    estimator: Any,
    reader: WordReader,
    talkturns: Talkturns,
    values: np.ndarray,
    present: np.ndarray,
    tasks: AuxiliaryTasks,
    weights: np.ndarray,
    name: str,
) -> TalkturnData:
    """Bring talkturns and everything known about them into positions."""
    order, n_rows = talkturns.conversations.order, len(talkturns)
    classes = getattr(estimator, "classes_", np.empty(0))
    real, indices = read_auxiliary(talkturns.table, tasks, classes, n_rows)
    encoded = estimator._encode_labels(values, present, name)
    soft = None
    if estimator._classifies:
        soft = read_soft_targets(talkturns.table, classes, encoded)
    counts = label_counts(weights, present)
    return TalkturnData(
        table=reader.token_table(talkturns),
        targets=np.flatnonzero(present[order]),
        primary=encoded[order],
        values=estimator._scale_auxiliary(real)[:, order].astype(np.float32),
        labels=indices[:, order],
        weights=weights[:, order],
        soft=None if soft is None else soft[:, order],
        sample_weight=None if counts is None else counts[order].astype(np.float32),
    )


def label_counts(weights: np.ndarray, present: np.ndarray) -> np.ndarray | None:
    """Return how much each label counts, by its loss weight in the primary task.

    Parameters
    ----------
    weights : ndarray of float32, shape (1 + tasks, n_rows)
        Loss weights, the primary task's first.
    present : ndarray of bool, shape (n_rows,)
        Which labels are there.

    Returns
    -------
    counts : ndarray of float64, shape (n_rows,), or None
        1 on average, and 1 where there is no label; None if all count the same.
    """
    known = weights[0, present].astype(np.float64)
    if len(known) == 0 or (known == known[0]).all():
        return None
    counts = np.ones(len(present))
    counts[present] = known / known.mean()
    return counts


def without_labels(
    data: TalkturnData, held_out: np.ndarray, tasks: AuxiliaryTasks
) -> TalkturnData:
    """Take held-out labels out of the auxiliary targets of other talkturns."""
    labelled = np.zeros(len(held_out), dtype=bool)
    labelled[data.targets] = True
    known = data.table.first, data.primary, labelled, held_out
    return replace(
        data,
        values=without_held_out(data.values, tasks.valued, *known),
        labels=without_held_out(data.labels, tasks.labelled, *known),
    )


def knows_speakers(estimator: Any, talkturns: Talkturns) -> bool:
    """Whether the network is to know who speaks: not if each talkturn is alone."""
    return (
        estimator.speaker_vectors
        and talkturns.has_column(estimator.conversation)
        and talkturns.speakers is not None
    )


def only_auxiliary(
    data: TalkturnData, held_out: np.ndarray, valued: Sequence[str]
) -> np.ndarray:
    """Return the talkturns that are trained on for their auxiliary targets alone.

    Parameters
    ----------
    data : TalkturnData
        What is trained on.
    held_out : ndarray of bool, by position
        Which talkturns are not trained on.
    valued : sequence of str
        Names of the tasks with real values.

    Returns
    -------
    unlabelled : ndarray of int64
        Positions, sorted, of talkturns without a label where something was measured,
        or that are near a label and have labels before or after them. Far from any,
        history is the same last label again and again.
    """
    known = ~np.isnan(data.values)
    of_labels = np.array([is_of_labels(name) for name in valued], dtype=bool)
    near = np.zeros(len(data.table), dtype=bool)
    near[near_targets(data.table, data.targets, np.arange(len(near)))] = True
    near &= known[of_labels].any(axis=0) | (data.labels != MISSING).any(axis=0)
    kept = (known[~of_labels].any(axis=0) | near) & ~held_out
    kept[data.targets] = False
    return np.flatnonzero(kept)


def validation_data(
    estimator: Any,
    reader: WordReader,
    talkturns: Talkturns,
    y_val: Any,
    tasks: AuxiliaryTasks,
) -> TalkturnData:
    """Bring the talkturns to validate on, and their labels, into positions."""
    values, present = read_labels(y_val, len(talkturns), name="y_val")
    if not present.any():
        raise ValueError(f"All {len(present)} labels of y_val are missing.")
    weights = read_weights(talkturns.table, tasks.names, len(talkturns))
    return training_data(
        estimator, reader, talkturns, values, present, tasks, weights, "y_val"
    )
