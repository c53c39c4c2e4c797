"""From what a user passes to what the network reads: texts, tasks, targets, weights.

Everything here is in table rows; `TalkturnData` then stands in positions, that is
conversation by conversation (see `hanrock_sk.talkturns.conversations.Conversations`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np

from hanrock_sk.talkturns.auxiliary_names import (
    LABEL_FAMILIES,
    TARGET_PREFIX,
    WEIGHT_PREFIX,
    auxiliary_columns,
)
from hanrock_sk.talkturns.conversations import Conversations, read_conversations
from hanrock_sk.talkturns.labels import read_labels
from hanrock_sk.talkturns.speakers import SpeakerNumbers
from hanrock_sk.talkturns.table import (
    is_table,
    read_table,
    refuse_array,
    require_columns,
    require_named,
)
from hanrock_sk.talkturns.values import check_texts, read_numbers, read_texts

DEFAULT_PRIMARY_WEIGHT = 0.8
"""Loss weight of the primary task where the table has no weights (with auxiliary
tasks, which share the rest equally); the default of `AuxiliaryWeights` too."""


class Columns(NamedTuple):
    """The names of the columns that an estimator reads itself."""

    narrative: str
    text: str
    conversation: str
    speaker: str


@dataclass(frozen=True)
class Talkturns:
    """The talkturns of one table, or of one sequence of strings.

    Attributes
    ----------
    texts : list of str
        What is read of each talkturn, by row.
    conversations : Conversations
        Who comes after whom.
    table : narwhals.DataFrame or None
        The table, if there is one.
    column : str or None
        The column the texts are from.
    said : list of str or None
        What was said, verbatim, where the texts are narratives of it and it was asked
        for.
    speakers : ndarray of int64, shape (n_talkturns,), or None
        Who speaks, as a number; None if nobody says or asks.
    """

    texts: list[str]
    conversations: Conversations
    table: nw.DataFrame | None
    column: str | None
    said: list[str] | None = None
    speakers: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.texts)

    def has_column(self, column: str) -> bool:
        """Whether the talkturns come in a table with this column."""
        return self.table is not None and column in self.table.columns


def read_talkturns(
    X: Any, columns: Columns, *, with_speakers: bool = False, with_said: bool = False
) -> Talkturns:
    """Read the talkturns a user passes to `fit`.

    Parameters
    ----------
    X : DataFrame or sequence of str
        A talkturn table, or texts that are each a conversation of their own.
    columns : Columns
        Column names; the narrative is read where there is one, else the text.
    with_speakers, with_said : bool, default=False
        Whether to read, from the columns that are there, who speaks and, beside a
        narrative, what was said.

    Returns
    -------
    talkturns : Talkturns
        By row.

    Raises
    ------
    TypeError
        If `X` is a single string or something that holds no strings.
    ValueError
        If there are no talkturns, a column is missing, or a text is; or if a column
        that the user named is missing.
    """
    if not is_table(X):
        return _read_strings(X)
    table = read_table(X)
    require_named(table, conversation=columns.conversation, narrative=columns.narrative)
    column = columns.narrative if columns.narrative in table.columns else columns.text
    return _read_column(table, column, columns, with_speakers, with_said)


def read_as_in_training(
    X: Any,
    column: str | None,
    columns: Columns,
    in_conversations: bool,
    *,
    with_speakers: bool = False,
    with_said: bool = False,
) -> Talkturns:
    """Read talkturns to validate on or to predict, as those of the training were read.

    Parameters
    ----------
    X : DataFrame or sequence of str
        What a user passes.
    column : str or None
        The column of the training's texts; None if it had a sequence of strings.
    columns : Columns
        The names of the columns in the training.
    in_conversations : bool
        Whether the training had conversations. Otherwise each talkturn is read alone.
    with_speakers : bool, default=False
        Whether the network knows who speaks; the column then has to be there.
    with_said : bool, default=False
        Whether to read, beside a narrative, what was said.

    Returns
    -------
    talkturns : Talkturns
        By row.

    Raises
    ------
    TypeError, ValueError
        If `X` is not what was read in training.
    """
    conversation = columns.conversation
    if is_table(X):
        talkturns = _read_column(
            read_table(X), column or columns.text, columns, with_speakers, with_said
        )
    else:
        talkturns = _read_strings(X)
    if not in_conversations:
        rows = np.arange(len(talkturns))
        return replace(talkturns, conversations=Conversations(rows, rows))
    if talkturns.table is None:
        raise TypeError(
            "This model was trained on a table of conversations; pass a table with the "
            f"columns {conversation!r} and {column!r}, not a sequence of strings."
        )
    if conversation not in talkturns.table.columns:
        raise ValueError(
            f"The talkturn table lacks the column {conversation!r}, which it had in "
            "training: without it no talkturn has a content context."
        )
    if with_speakers and talkturns.speakers is None:
        raise ValueError(
            f"The talkturn table lacks the column {columns.speaker!r}, which it had in "
            "training. Where it is not known who speaks, leave the values missing; a "
            "model that does without is trained with speaker_vectors=False."
        )
    return talkturns


def _read_column(
    table: nw.DataFrame,
    column: str,
    columns: Columns,
    with_speakers: bool,
    with_said: bool,
) -> Talkturns:
    require_columns(table, [column])
    said, speakers = None, None
    if with_said and column == columns.narrative and columns.text in table.columns:
        verbatim = table[columns.text].to_list()
        said = verbatim if all(isinstance(text, str) for text in verbatim) else None
    if with_speakers and columns.speaker in table.columns:
        number = SpeakerNumbers(columns.speaker)
        speakers = np.array([number(name) for name in table[columns.speaker].to_list()])
    return Talkturns(
        read_texts(table, column),
        read_conversations(table, columns.conversation),
        table,
        column,
        said,
        speakers,
    )


def _read_strings(X: Any) -> Talkturns:
    refuse_array(X)
    if isinstance(X, str | bytes):
        raise TypeError("Expected a table or a sequence of strings, got one string.")
    series = nw.from_native(X, allow_series=True, pass_through=True)
    try:
        strings = series.to_list() if isinstance(series, nw.Series) else list(X)
    except TypeError as error:
        raise TypeError(
            "Expected a talkturn table (a pandas or polars DataFrame) or a sequence of "
            f"strings, got {type(X).__name__}."
        ) from error
    if not strings:
        raise ValueError("There are 0 talkturns; at least one is needed.")
    rows = np.arange(len(strings))
    return Talkturns(check_texts(strings), Conversations(rows, rows), None, None)


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
    labelled = [
        name for name in names if classify and name.partition("__")[0] in LABEL_FAMILIES
    ]
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
