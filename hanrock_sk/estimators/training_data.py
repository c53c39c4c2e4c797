"""From talkturns and labels, by row, to the data that a net is trained on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from hanrock_sk.estimators.auxiliary_reading import (
    AuxiliaryTasks,
    read_auxiliary,
    read_weights,
)
from hanrock_sk.estimators.reading import Talkturns
from hanrock_sk.estimators.splitting import without_held_out
from hanrock_sk.estimators.talkturn_data import TalkturnData
from hanrock_sk.estimators.word_reader import WordReader
from hanrock_sk.model.losses import MISSING
from hanrock_sk.talkturns.labels import read_labels


def training_data(
    estimator: Any,
    reader: WordReader,
    talkturns: Talkturns,
    values: np.ndarray,
    present: np.ndarray,
    tasks: AuxiliaryTasks,
    name: str,
) -> TalkturnData:
    """Bring talkturns and everything known about them into positions."""
    order, n_rows = talkturns.conversations.order, len(talkturns)
    classes = getattr(estimator, "classes_", np.empty(0))
    real, indices = read_auxiliary(talkturns.table, tasks, classes, n_rows)
    weights = read_weights(talkturns.table, tasks.names, n_rows)
    return TalkturnData(
        table=reader.token_table(talkturns),
        targets=np.flatnonzero(present[order]),
        primary=estimator._encode_labels(values, present, name)[order],
        values=estimator._scale_auxiliary(real)[:, order].astype(np.float32),
        labels=indices[:, order],
        weights=weights[:, order],
    )


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


def only_auxiliary(data: TalkturnData, held_out: np.ndarray) -> np.ndarray:
    """Return the positions that have auxiliary targets and no label to train on."""
    known = (~np.isnan(data.values)).any(axis=0) | (data.labels != MISSING).any(axis=0)
    known[data.targets] = False
    return np.flatnonzero(known & ~held_out)


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
    return training_data(estimator, reader, talkturns, values, present, tasks, "y_val")
