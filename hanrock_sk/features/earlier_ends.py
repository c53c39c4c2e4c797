"""When the talkturns before a talkturn were over."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import narwhals as nw
import numpy as np

from hanrock_sk.talkturns.conversations import read_conversations


class Before(NamedTuple):
    """When the talkturns heard so far were over, and whether that is not known."""

    over: float = np.nan
    unknown: bool = False


def latest_end_before(
    table: nw.DataFrame,
    conversation: str,
    end: np.ndarray,
    endless: np.ndarray,
    earlier: Before,
) -> tuple[np.ndarray, np.ndarray]:
    """When all earlier talkturns of the conversation were over, NaN for none.

    And whether that is unknown, because the talkturn just before has no end.
    """
    talkturns = read_conversations(table, conversation)
    before = np.full(len(end), earlier.over)
    unknown = np.full(len(end), earlier.unknown)
    for first, behind in pairwise(talkturns.bounds):
        rows = talkturns.order[first:behind]
        before[rows[1:]] = np.fmax.accumulate(end[rows[:-1]])
        unknown[rows[1:]] = endless[rows[:-1]]
    return before, unknown
