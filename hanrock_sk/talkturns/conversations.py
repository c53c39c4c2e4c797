"""Conversations: which talkturns belong together, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np

from hanrock_sk.talkturns.values import is_missing


@dataclass(frozen=True)
class Conversations:
    """Which talkturns belong together, and in which order.

    Rows are numbered as in the table; *positions* number the same talkturns
    conversation by conversation, in time order. The talkturns before a talkturn of
    the same conversation are thus the positions just before its own.

    Attributes
    ----------
    order : ndarray of shape (n_rows,)
        The row that stands at each position.
    first : ndarray of shape (n_rows,)
        For each position, the first position of its conversation.
    """

    order: np.ndarray
    first: np.ndarray

    @property
    def position(self) -> np.ndarray:
        """The position of each row: the inverse of `order`."""
        position = np.empty_like(self.order)
        position[self.order] = np.arange(len(self.order))
        return position

    @property
    def starts(self) -> np.ndarray:
        """The first position of every conversation."""
        return np.flatnonzero(self.first == np.arange(len(self.first)))

    @property
    def bounds(self) -> np.ndarray:
        """`starts`, and the number of rows behind it."""
        return np.append(self.starts, len(self.order))


def read_conversations(
    table: nw.DataFrame, column: str = "conversation"
) -> Conversations:
    """Read which talkturns belong together.

    Without the column, each row is a conversation of its own.

    Parameters
    ----------
    table : narwhals.DataFrame
        The talkturn table.
    column : str
        The column that says which conversation a talkturn belongs to; its values may
        be anything hashable.

    Returns
    -------
    conversations : Conversations
        Order of the talkturns, conversations in order of their first talkturn.

    Raises
    ------
    ValueError
        If a talkturn does not say which conversation it belongs to.

    Examples
    --------
    >>> import polars as pl
    >>> from hanrock_sk.talkturns.conversations import read_conversations
    >>> from hanrock_sk.talkturns.table import read_table
    >>> table = read_table(pl.DataFrame({"conversation": list("abab")}))
    >>> conversations = read_conversations(table)
    >>> conversations.order.tolist(), conversations.first.tolist()
    ([0, 2, 1, 3], [0, 0, 2, 2])
    """
    if column not in table.columns:
        rows = np.arange(len(table))
        return Conversations(order=rows, first=rows)
    values = table[column].to_list()
    codes_of: dict[Any, int] = {}
    codes = np.empty(len(values), dtype=np.int64)
    for row, value in enumerate(values):
        try:
            codes[row] = codes_of.setdefault(value, len(codes_of))
        except TypeError:
            raise ValueError(
                f"Column {column!r}, row {row}: {value!r} is not hashable, so it "
                "cannot name a conversation."
            ) from None
    for value, code in codes_of.items():
        if is_missing(value):
            row = int(np.flatnonzero(codes == code)[0])
            raise ValueError(
                f"Column {column!r}, row {row}: the talkturn does not say which "
                "conversation it belongs to."
            )
    order = np.argsort(codes, kind="stable")
    sorted_codes = codes[order]
    return Conversations(order=order, first=np.searchsorted(sorted_codes, sorted_codes))
