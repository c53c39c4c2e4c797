"""Where in the conversation historical and future labels stand (section 4.3)."""

from __future__ import annotations

import numpy as np

from hanrock_sk.talkturns.conversations import Conversations


def neighbour_rows(
    talkturns: Conversations, present: np.ndarray, steps: int
) -> np.ndarray:
    """Find, for each talkturn, the row with the label `steps` talkturns away.

    The *wanted place* of the talkturn at place i of its conversation is i + `steps`.
    If there is no talkturn, or the talkturn there has no label, the labelled talkturn
    of the conversation nearest to the wanted place stands in, be it the talkturn
    itself. Of two that are equally near, history takes the earlier and future the
    later: so history leans to the past, and a conversation read backwards has its
    history and future exchanged.

    Parameters
    ----------
    talkturns : Conversations
        Which talkturns belong together.
    present : ndarray of bool, shape (n_rows,)
        Which talkturns have a label.
    steps : int
        How far away; negative is earlier (history), positive is later (future).

    Returns
    -------
    rows : ndarray of int, shape (n_rows,)
        The row whose label it is; -1 in a conversation without any label.

    Examples
    --------
    In a conversation of four talkturns, the second of them without a label, "two
    talkturns ago" is nobody for the first two (the first stands in) and the unlabelled
    second for the fourth (the first and the third are equally near; the earlier wins).

    >>> import numpy as np
    >>> from hanrock_sk.auxiliary.neighbours import neighbour_rows
    >>> from hanrock_sk.talkturns.conversations import Conversations
    >>> one = Conversations(order=np.arange(4), first=np.zeros(4, dtype=int))
    >>> neighbour_rows(one, np.array([True, False, True, True]), -2)
    array([0, 0, 0, 0])
    """
    n_rows = len(talkturns.order)
    places = np.arange(n_rows)
    last = np.repeat(talkturns.bounds[1:] - 1, np.diff(talkturns.bounds))

    labelled = present[talkturns.order]
    earlier = np.maximum.accumulate(np.where(labelled, places, -1))
    later = np.minimum.accumulate(np.where(labelled, places, n_rows)[::-1])[::-1]
    to_earlier = np.where(earlier >= talkturns.first, places - earlier, n_rows)
    to_later = np.where(later <= last, later - places, n_rows)
    is_earlier = to_earlier <= to_later if steps < 0 else to_earlier < to_later
    nearest = np.where(is_earlier, earlier, later)
    none_there = np.minimum(to_earlier, to_later) == n_rows

    # From beyond an end of the conversation, what is nearest to that end is nearest.
    wanted = np.clip(places + steps, talkturns.first, last)
    rows = np.empty(n_rows, dtype=np.intp)
    rows[talkturns.order] = np.where(
        none_there[wanted],
        -1,
        talkturns.order[np.where(none_there, 0, nearest)[wanted]],
    )
    return rows
