"""From what a user passes to what the network reads: texts, tasks, targets, weights.

Everything here is in table rows; `TalkturnData` then stands in positions, that is
conversation by conversation (see `hanrock_sk.talkturns.conversations.Conversations`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np

from hanrock_sk.talkturns.conversations import Conversations, read_conversations
from hanrock_sk.talkturns.speakers import SpeakerNumbers
from hanrock_sk.talkturns.table import (
    is_table,
    read_table,
    refuse_array,
    require_columns,
    require_named,
)
from hanrock_sk.talkturns.values import check_texts, read_texts


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
    require_named(
        table,
        conversation=columns.conversation,
        narrative=columns.narrative,
        speaker=columns.speaker if with_speakers else None,
        text=columns.text if with_said else None,
    )
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
        table = read_table(X)
        require_named(table, text=columns.text if with_said else None)
        talkturns = _read_column(
            table, column or columns.text, columns, with_speakers, with_said
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
