"""Which talkturn each tone of voice was heard in."""

from __future__ import annotations

import warnings
from typing import Any

import narwhals as nw
import numpy as np

from hanrock_sk.features._spans import fill_rows
from hanrock_sk.features.tone import TONES
from hanrock_sk.talkturns.table import add_columns, read_table, require_columns
from hanrock_sk.talkturns.values import is_missing, read_numbers


def add_tone(
    talkturns: Any, tone: Any, *, by: str | None = None, first_talkturn: int = 0
) -> Any:
    """Put the tones of voice beside the talkturns they were heard in.

    Parameters
    ----------
    talkturns : DataFrame
        The talkturn table.
    tone : DataFrame
        What `read_tone` returned.
    by : str or None, default=None
        Column of `talkturns` that names each talkturn as ``file`` in `tone` does. None
        goes by ``talkturn``, the talkturns' numbers within their conversation; or, if
        `tone` has only times, by these: a talkturn gets the mean of what was heard in
        its conversation, while it lasted.
    first_talkturn : int, default=0
        The number by which `tone` calls the first talkturn of a conversation.

    Returns
    -------
    talkturns : DataFrame
        The same rows, with the tones `tone` has (0-1). Talkturns that it does not tell
        keep what they had, missing if nothing.

    Raises
    ------
    ValueError
        If a row of `tone` is about a conversation or talkturn that is not there, names
        another speaker than the talkturn has, or it is unclear which talkturn is meant.
        By times: if it names a speaker who says nothing in the conversation.

    Warns
    -----
    UserWarning
        If nothing was heard in the time of any talkturn.

    Examples
    --------
    >>> import polars as pl
    >>> from hanrock_sk.features import add_tone
    >>> talkturns = pl.DataFrame({"speaker": ["Anna", "Ben"], "text": ["hi", "hello"]})
    >>> tone = pl.DataFrame({"talkturn": [1], "speaker": ["Ben"], "tone_sad": [0.8]})
    >>> add_tone(talkturns, tone)["tone_sad"].to_list()
    [None, 0.8]
    """
    table, heard = read_table(talkturns), read_table(tone)
    tones = [name for name in TONES if name in heard.columns]
    if by is None and not {"talkturn", "file"} & set(heard.columns):
        columns = _means_by_time(table, heard, tones)
        return add_columns(table, columns).to_native()
    if by is not None:
        rows = _rows_by_file(table, heard, by)
    else:
        rows = _rows_by_number(table, heard, first_talkturn)
    _check_speakers(table, heard, rows)
    columns = {
        name: fill_rows(table, name, rows, read_numbers(heard, name)) for name in tones
    }
    return add_columns(table, columns).to_native()


def _means_by_time(
    table: nw.DataFrame, heard: nw.DataFrame, tones: list[str]
) -> dict[str, np.ndarray]:
    """Return each talkturn's tones: what was heard in its time, weighed by overlap.

    Of two who speak at once, a table with speakers says whose tone it is.
    """
    require_columns(table, ["start", "end"])
    require_columns(heard, ["start", "end"])
    rows_of, named = _conversations(table, heard)
    tones_of: dict[Any, list[int]] = {}
    for place, name in enumerate(named):
        tones_of.setdefault(name, []).append(place)
    first, last = read_numbers(table, "start"), read_numbers(table, "end")
    start, end = read_numbers(heard, "start"), read_numbers(heard, "end")
    values = {name: read_numbers(heard, name) for name in tones}
    whose = _speakers_heard(table, heard)
    means = {name: np.full(len(table), np.nan) for name in tones}
    for conversation, places in tones_of.items():
        rows, begins, ends = rows_of[conversation], start[places], end[places]
        here = {name: heard_values[places] for name, heard_values in values.items()}
        own = {}
        if whose is not None:
            told, speakers = [whose[0][p] for p in places], whose[1]
            there = {speakers[row] for row in rows}
            _check_there(set(told), there, conversation)
            own = {who: np.array([t in (None, who) for t in told]) for who in there}
        for row in rows:
            overlap = np.minimum(ends, last[row]) - np.maximum(begins, first[row])
            if whose is not None:
                overlap = np.where(own[whose[1][row]], overlap, 0.0)
            for name, heard_values in here.items():
                counts = (overlap > 0) & ~np.isnan(heard_values)
                if counts.any():
                    means[name][row] = np.average(
                        heard_values[counts], weights=overlap[counts]
                    )
    measured = any(np.isfinite(each).any() for each in values.values())
    if measured and all(np.isnan(mean).all() for mean in means.values()):
        warnings.warn(
            "No tone was heard in the time of any talkturn. Do both count from the "
            "same moment, in seconds?",
            stacklevel=3,
        )
    return {
        name: fill_rows(table, name, rows, mean[rows])
        for name, mean in means.items()
        for rows in [np.flatnonzero(~np.isnan(mean))]
    }


def _speakers_heard(
    table: nw.DataFrame, heard: nw.DataFrame
) -> tuple[list[Any], list[Any]] | None:
    """Return who spoke each tone, and each talkturn, if both tables say; else None."""
    if "speaker" not in heard.columns or "speaker" not in table.columns:
        return None
    told, speakers = (
        [None if is_missing(who) else who for who in each["speaker"].to_list()]
        for each in (heard, table)
    )
    return told, speakers


def _check_there(told: set[Any], there: set[Any], conversation: Any) -> None:
    """Refuse a speaker who says nothing in the conversation."""
    unknown = sorted(told - there - {None}, key=str)
    if unknown:
        of = "" if conversation is None else f" of conversation {conversation!r}"
        raise ValueError(
            f"The tone table has a speaker {unknown[0]!r}, who has no talkturn{of}; "
            f"speakers there are {sorted(there - {None}, key=str)[:10]}. If only the "
            "names differ, rename them."
        )


def _rows_by_file(table: nw.DataFrame, heard: nw.DataFrame, by: str) -> np.ndarray:
    require_columns(table, [by])
    require_columns(heard, ["file"])
    row_of: dict[Any, int] = {}
    for row, name in enumerate(table[by].to_list()):
        if name in row_of:
            raise ValueError(
                f"Column {by!r}: rows {row_of[name]} and {row} are both named "
                f"{name!r}, so it is unclear whose tone it is."
            )
        row_of[name] = row
    files = heard["file"].to_list()
    unknown = [name for name in files if name not in row_of]
    if unknown:
        raise ValueError(
            f"No talkturn has {by} {unknown[0]!r} ({len(unknown)} of {len(files)} "
            "rows of the tone table are about talkturns that are not there)."
        )
    return np.array([row_of[name] for name in files])


def _rows_by_number(
    table: nw.DataFrame, heard: nw.DataFrame, first_talkturn: int
) -> np.ndarray:
    if "talkturn" not in heard.columns:
        raise ValueError(
            "The tone table goes by file, not by talkturn number: name the column of "
            "the talkturns that holds the same names with by=."
        )
    rows_of, named = _conversations(table, heard)
    found = []
    for name, number_ in zip(named, heard["talkturn"].to_list(), strict=True):
        place = number_ - first_talkturn
        if not 0 <= place < len(rows_of[name]):
            raise ValueError(
                f"The tone table tells talkturn {number_} of conversation {name!r}, "
                f"whose talkturns are numbered {first_talkturn} to "
                f"{first_talkturn + len(rows_of[name]) - 1}. If the first one is not "
                f"number {first_talkturn}, pass first_talkturn=."
            )
        found.append(rows_of[name][place])
    return np.array(found)


def _conversations(
    table: nw.DataFrame, heard: nw.DataFrame
) -> tuple[dict[Any, list[int]], list[Any]]:
    """Return the rows of each conversation, and which one each tone is of."""
    rows_of: dict[Any, list[int]] = {}
    if "conversation" in table.columns:
        for row, name in enumerate(table["conversation"].to_list()):
            rows_of.setdefault(name, []).append(row)
    else:
        rows_of[None] = list(range(len(table)))
    if "conversation" in heard.columns:
        named = heard["conversation"].to_list()
    else:
        named = [next(iter(rows_of), None)] * len(heard)
        if len(rows_of) > 1:
            raise ValueError(
                "The tone table does not say which of the talkturn table's "
                f"{len(rows_of)} conversations it is about."
            )
    if "conversation" not in table.columns and len(set(named)) == 1:
        rows_of = {named[0]: rows_of[None]}
    for name in named:
        if name not in rows_of:
            raise ValueError(
                f"The tone table is about a conversation {name!r}, which the talkturn "
                f"table does not hold; it holds {list(rows_of)[:10]}."
            )
    return rows_of, named


def _check_speakers(table: nw.DataFrame, heard: nw.DataFrame, rows: np.ndarray) -> None:
    whose = _speakers_heard(table, heard)
    if whose is None:
        return
    told, speakers = whose
    for row, speaker in zip(rows.tolist(), told, strict=True):
        if speaker not in (None, speakers[row]):
            raise ValueError(
                f"Row {row} of the talkturn table is spoken by {speakers[row]!r}, but "
                f"the tone table has {speaker!r} there. Do both count the same "
                "talkturns? If only the names differ, drop the tone table's speaker "
                "column."
            )
