"""What an estimator sees of a training that is probably not what was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hanrock_sk.estimators.reading import Columns, Talkturns
from hanrock_sk.talkturns.doubts import (
    warn_of_backward_starts,
    warn_of_marks_as_classes,
    warn_of_repeated_talkturns,
    warn_of_rows_alone,
)
from hanrock_sk.talkturns.table import is_table, read_table
from hanrock_sk.talkturns.torn_conversations import (
    conversation_contents,
    warn_of_torn_conversations,
)
from hanrock_sk.talkturns.values import read_numbers

if TYPE_CHECKING:  # torch is imported where it is needed
    from hanrock_sk.estimators.fitted import FittedNetwork

STARTS = "start"


def warn_of_doubtful_training(
    talkturns: Talkturns,
    columns: Columns,
    values: np.ndarray,
    present: np.ndarray,
    X_val: Any,
) -> None:
    """Warn of what can be trained on and is probably not what was meant.

    Parameters
    ----------
    talkturns : Talkturns
        To train on.
    columns : Columns
        The names of its columns.
    values, present : ndarray of shape (n_talkturns,)
        Labels, and which of them are there.
    X_val : object
        What to validate on, or None.
    """
    warn_of_marks_as_classes(values, present)
    table, conversation = talkturns.table, columns.conversation
    if table is None:
        return
    warn_of_rows_alone(table, conversation)
    if conversation not in table.columns:
        return
    if STARTS in table.columns and table[STARTS].dtype.is_numeric():
        starts = read_numbers(table, STARTS)
        warn_of_backward_starts(table, starts, STARTS, conversation)
    texts = talkturns.texts
    if columns.text in table.columns:
        texts = [str(text) for text in table[columns.text].to_list()]
    warn_of_repeated_talkturns(table, texts, talkturns.conversations, columns.speaker)
    if X_val is not None:
        warn_of_torn_conversations(
            contents_of(talkturns.table, columns),
            contents_of(X_val, columns),
            validated=True,
        )


def contents_of(X: Any, columns: Columns) -> dict[Any, int]:
    """Return what was said in each conversation of a table; nothing of strings."""
    table = read_table(X) if is_table(X) else None
    return conversation_contents(
        table, columns.conversation, columns.text, columns.narrative
    )


def warn_of_torn_scoring(network: FittedNetwork, X: Any) -> None:
    """Warn if some talkturns of a conversation trained on are to be scored.

    Parameters
    ----------
    network : FittedNetwork
        Of this process: a model from a file does not know its conversations.
    X : object
        What is to be scored.
    """
    if network.contents:
        scored = contents_of(X, network.trained_on.columns)
        warn_of_torn_conversations(network.contents, scored)
