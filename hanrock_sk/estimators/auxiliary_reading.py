"""Auxiliary tasks, their targets and the loss weights, from the columns of a table.

Everything here is in table rows; see `hanrock_sk.estimators.reading`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
import numpy as np

from hanrock_sk.talkturns.auxiliary_names import (
    TARGET_PREFIX,
    WEIGHT_PREFIX,
    auxiliary_columns,
    is_of_labels,
)
from hanrock_sk.talkturns.labels import read_labels
from hanrock_sk.talkturns.table import require_columns
from hanrock_sk.talkturns.values import read_numbers

DEFAULT_PRIMARY_WEIGHT = 0.8
"""Loss weight of the primary task where the table has no weights (with auxiliary
tasks, which share the rest equally); the default of `AuxiliaryWeights` too."""


@dataclass(frozen=True)
class AuxiliaryTasks:
    """The auxiliary tasks of a table, those with real values first.

    Attributes
    ----------
    valued, labelled : list of str
        Names of the tasks with real values, and of those with classes.
    """

    valued: list[str]
    labelled: list[str]

    @property
    def names(self) -> list[str]:
        """All names, in the order in which the loss has them."""
        return [*self.valued, *self.labelled]


def read_tasks(table: nw.DataFrame | None, classify: bool) -> AuxiliaryTasks:
    """Read the auxiliary tasks from the columns of a training table."""
    names = auxiliary_columns(table.columns) if table is not None else []
    labelled = [name for name in names if classify and is_of_labels(name)]
    return AuxiliaryTasks([name for name in names if name not in labelled], labelled)


def class_indices(
    values: np.ndarray, present: np.ndarray, classes: np.ndarray, name: str
) -> np.ndarray:
    """Turn labels into class indices, -1 where there is none.

    Raises
    ------
    ValueError
        If a label is none of the classes; the error names the row.
    """
    indices = np.full(len(values), -1, dtype=np.int64)
    known = values[present]
    if len(known) == 0:
        return indices
    if (known.dtype.kind == "U") != (classes.dtype.kind == "U"):
        raise ValueError(
            f"{name} holds labels such as {known[0].item()!r}, but the classes are "
            f"{classes.tolist()}."
        )
    index = np.searchsorted(classes, known).clip(max=len(classes) - 1)
    strange = classes[index] != known
    if strange.any():
        row = int(np.flatnonzero(present)[np.flatnonzero(strange)[0]])
        raise ValueError(
            f"{name}, row {row}: the label {values[row].item()!r} is none of the "
            f"classes seen in training, {classes.tolist()}."
        )
    indices[present] = index
    return indices


def read_auxiliary(
    table: nw.DataFrame | None, tasks: AuxiliaryTasks, classes: np.ndarray,
    n_rows: int,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Read the targets of the auxiliary tasks; a column that is not there is missing.

    Returns
    -------
    values : ndarray of float64, shape (real-valued tasks, n_rows)
        NaN where missing.
    labels : ndarray of int64, shape (tasks with classes, n_rows)
        Class indices, -1 where missing.
    """
    values = np.full((len(tasks.valued), n_rows), np.nan)
    indices = np.full((len(tasks.labelled), n_rows), -1, dtype=np.int64)
    if table is None:
        return values, indices
    for row, name in enumerate(tasks.valued):
        if TARGET_PREFIX + name in table.columns:
            values[row] = read_numbers(table, TARGET_PREFIX + name)
    for row, name in enumerate(tasks.labelled):
        column = TARGET_PREFIX + name
        if column in table.columns:
            named, present = read_labels(table[column], name=f"Column {column!r}")
            indices[row] = class_indices(named, present, classes, f"Column {column!r}")
    return values, indices


def read_weights(
    table: nw.DataFrame | None, names: Sequence[str], n_rows: int
) -> np.ndarray:
    """Read the loss weights of the primary task and the auxiliary tasks.

    Returns
    -------
    weights : ndarray of float32, shape (1 + tasks, n_rows)
        Without any weight column the primary task has `DEFAULT_PRIMARY_WEIGHT` and the
        others share the rest (or 1, if it is alone).

    Raises
    ------
    ValueError
        If only some weights are there, or one is missing or negative.
    """
    columns = [WEIGHT_PREFIX + name for name in ["primary", *names]]
    given = [] if table is None else [c for c in columns if c in table.columns]
    if table is None or not given:
        weights = np.ones((1 + len(names), n_rows), dtype=np.float32)
        if names:
            weights[0] = DEFAULT_PRIMARY_WEIGHT
            weights[1:] = (1 - DEFAULT_PRIMARY_WEIGHT) / len(names)
        return weights
    require_columns(table, columns)
    weights = np.empty((len(columns), n_rows), dtype=np.float32)
    for row, column in enumerate(columns):
        loss_weight = read_numbers(table, column)
        bad = np.flatnonzero(~(loss_weight >= 0))
        if len(bad):
            raise ValueError(
                f"Column {column!r}, row {bad[0]}: a loss weight must be a number that "
                f"is not negative, got {loss_weight[bad[0]]}."
            )
        weights[row] = loss_weight
    return weights
