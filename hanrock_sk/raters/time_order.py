"""In which order talkturns stand that come from the rows of several raters."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np

from hanrock_sk.talkturns.conversations import read_conversations
from hanrock_sk.talkturns.values import read_numbers


def in_time_order(
    table: nw.DataFrame,
    numbers: np.ndarray,
    firsts: np.ndarray,
    raters: list[Any],
    conversation: str,
) -> np.ndarray:
    """Order talkturns by when they start, or else by where they appear.

    Parameters
    ----------
    table : narwhals.DataFrame
        A row for every rating.
    numbers : ndarray of int, shape (n_ratings,)
        Which talkturn is rated, numbered by appearance.
    firsts : ndarray of int, shape (n_talkturns,)
        The first row of every talkturn.
    raters : list of shape (n_ratings,)
        Who rated.
    conversation : str
        The column of conversations, which may be absent.

    Returns
    -------
    order : ndarray of int, shape (n_talkturns,)
        Numbers of talkturns; conversations one after the other if there is a start, as
        they appear.

    Raises
    ------
    ValueError
        If there is no column ``start`` and raters have talkturns in different orders.
    """
    start = None
    if "start" in table.columns:
        start = read_numbers(table, "start")[firsts]
    if start is not None and not np.isnan(start).any():
        if conversation not in table.columns:
            # Each talkturn is a conversation of its own: order means nothing.
            return np.arange(len(firsts))
        conversations = read_conversations(table[firsts.tolist()], conversation)
        return conversations.order[
            np.lexsort((start[conversations.order], conversations.first))
        ]
    within = [None] * len(raters)
    if conversation in table.columns:
        within = table[conversation].to_list()
    _refuse_other_orders(numbers, list(zip(raters, within, strict=True)))
    return np.arange(len(firsts))


def _refuse_other_orders(numbers: np.ndarray, raters: list[tuple[Any, Any]]) -> None:
    """Refuse rows of a rater and conversation that go back in order of appearance."""
    latest: dict[Any, tuple[int, int]] = {}
    for row, rater in enumerate(raters):
        number, before = latest.get(rater, (-1, -1))
        if numbers[row] < number:
            raise ValueError(
                f"Row {row} is a talkturn that appears before that of row {before} in "
                f"the rows of other raters, and after it in those of {rater[0]!r}; "
                "without a column 'start', in seconds, there is no telling which was "
                "first. Add one, or sort the table by talkturn."
            )
        latest[rater] = int(numbers[row]), row
