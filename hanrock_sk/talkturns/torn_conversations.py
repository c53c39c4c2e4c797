"""Conversations of which some talkturns are trained on and others scored."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import narwhals as nw

from hanrock_sk.talkturns.conversations import read_conversations

NAMED = 3
"""Conversations that a warning names."""


def conversation_contents(
    table: nw.DataFrame | None, conversation: str, *texts: str
) -> dict[Any, int]:
    """Return a number for what was said in each conversation.

    Parameters
    ----------
    table : narwhals.DataFrame or None
        The talkturn table.
    conversation : str
        The column that says which conversation a talkturn belongs to.
    *texts : str
        Columns of texts; the first that is there counts.

    Returns
    -------
    contents : dict
        By the conversation's name, a hash of its texts, of this process alone. Empty
        without such columns.
    """
    if table is None or conversation not in table.columns:
        return {}
    said = next((table[name].to_list() for name in texts if name in table.columns), [])
    if not said:
        return {}
    names = table[conversation].to_list()
    talkturns = read_conversations(table, conversation)
    return {
        names[talkturns.order[first]]: hash(
            tuple(map(str, (said[row] for row in talkturns.order[first:behind])))
        )
        for first, behind in pairwise(talkturns.bounds)
    }


def warn_of_torn_conversations(
    trained: Mapping[Any, int], scored: Mapping[Any, int], *, validated: bool = False
) -> None:
    """Warn if conversations stand on both sides of a split.

    What was trained on whole may be scored whole, to see how well it is known; not
    validated on.

    Parameters
    ----------
    trained, scored : mapping
        See `conversation_contents`.
    validated : bool, default=False
        Whether the second is ``X_val``.
    """
    both = [name for name in scored if name in trained]
    torn = [name for name in both if scored[name] != trained[name]]
    if not (both if validated else torn):
        return
    named = ", ".join(repr(name) for name in (torn or both)[:NAMED])
    more = len(torn or both) - NAMED
    named += f" and {more} more" * (more > 0)
    where = "X_val" if validated else "the table that is scored"
    if not torn:
        message = (
            f"Conversations of X are in X_val, too: {named}. What is trained on tells "
            "nothing about what is new: the best epoch will be the last."
        )
    else:
        message = (
            f"Conversations of the training are in {where}, too, with other "
            f"talkturns: {named}. If they are torn apart, content contexts have holes "
            "and the score is better than it would be for new conversations. Split "
            "by conversation: cv=GroupKFold() with "
            "groups=X['conversation'] in scikit-learn, whose cross_val_score and "
            "searches take groups beside cv. If these conversations only have the "
            "same names, nothing is wrong."
        )
    warnings.warn(message, UserWarning, stacklevel=1)
