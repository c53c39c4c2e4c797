"""Where in time the talkturns of a table lie, and what falls into them."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np

from hanrock_sk.talkturns.table import require_columns
from hanrock_sk.talkturns.values import is_missing, read_numbers

CLOCK_NOISE = 1e-6
"""Seconds by which a time may miss the end of a span, for adding an offset rounds."""


def rows_of(table: nw.DataFrame, conversation: Any, speaker: Any) -> np.ndarray:
    """Row numbers of one speaker's talkturns (None: everyone's) in one conversation.

    Raises
    ------
    ValueError
        If the conversation or speaker does not occur, or the table holds several
        conversations and none is named: a recording belongs to one of them.
    """
    chosen = np.ones(len(table), dtype=bool)
    if conversation is not None:
        chosen &= _equal(table, "conversation", conversation, chosen)
    elif "conversation" in table.columns and table["conversation"].n_unique() > 1:
        raise ValueError(
            "The talkturn table holds several conversations "
            f"({_some(table['conversation'].unique(maintain_order=True).to_list())}); "
            "say which one the recording shows with conversation=."
        )
    if speaker is not None:
        chosen &= _equal(table, "speaker", speaker, chosen)
    return np.flatnonzero(chosen)


def _equal(
    table: nw.DataFrame, column: str, wanted: Any, among: np.ndarray
) -> np.ndarray:
    require_columns(table, [column])
    values = table[column].to_list()
    equal = np.array([not is_missing(value) and value == wanted for value in values])
    if not (equal & among).any():
        known = {value: None for value, here in zip(values, among, strict=True) if here}
        raise ValueError(
            f"No talkturn has the {column} {wanted!r}; the table has "
            f"{_some(list(known))}."
        )
    return equal


def _some(values: list) -> str:
    shown = ", ".join(repr(value) for value in values[:10])
    return shown + (", ..." if len(values) > 10 else "")


def spans(table: nw.DataFrame, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return start and end of the given rows in seconds, NaN where unknown.

    Raises
    ------
    ValueError
        If a talkturn ends before it starts.
    """
    start, end = read_numbers(table, "start")[rows], read_numbers(table, "end")[rows]
    backwards = np.flatnonzero(end < start)
    if len(backwards):
        first = backwards[0]
        raise ValueError(
            f"Row {rows[first]} of the talkturn table ends ({end[first]:g} s) before "
            f"it starts ({start[first]:g} s)."
        )
    return start, end


def slices_within(times: np.ndarray, start: np.ndarray, end: np.ndarray) -> list[slice]:
    """Return, for each span, the slice of the increasing `times` in [start, end]."""
    first = np.searchsorted(times, start - CLOCK_NOISE, side="left")
    last = np.searchsorted(times, end + CLOCK_NOISE, side="right")
    # A span whose start or end is unknown holds nothing.
    last = np.where(np.isnan(start) | np.isnan(end), first, last)
    return [slice(a, b) for a, b in zip(first.tolist(), last.tolist(), strict=True)]


def fill_rows(
    table: nw.DataFrame, name: str, rows: np.ndarray, measured: np.ndarray
) -> np.ndarray:
    """Return a column with the measurements in the rows; others keep what they had."""
    if name in table.columns:
        filled = read_numbers(table, name).copy()
    else:
        filled = np.full(len(table), np.nan)
    filled[rows] = measured
    return filled
