"""The actions family: what the speaker's face and head did during each talkturn."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from hanrock_sk.features._spans import (
    CLOCK_NOISE,
    fill_rows,
    rows_of,
    slices_within,
    spans,
)
from hanrock_sk.features.action_units import DISTANCE, NOSE_HEIGHT
from hanrock_sk.features.head_gestures import Events, leans, nods, smiles
from hanrock_sk.talkturns.labels import label_series
from hanrock_sk.talkturns.table import add_columns, read_table
from hanrock_sk.talkturns.values import read_numbers


def add_actions(
    talkturns: Any,
    frames: Any,
    *,
    speaker: Any = None,
    conversation: Any = None,
    offset: float = 0.0,
    min_confidence: float = 0.75,
) -> Any:
    """Sum the frames of a speaker's face up by talkturn.

    A frame belongs to a talkturn of the speaker if its time lies in [start, end]. Only
    usable frames count: the tracker succeeded and was confident enough.

    Parameters
    ----------
    talkturns : DataFrame
        Talkturns with ``start`` and ``end`` in seconds.
    frames : DataFrame
        What `read_openface` returned.
    speaker : hashable or None, default=None
        Whose face it is: only this speaker's talkturns are told. None takes the
        talkturns of everyone.
    conversation : hashable or None, default=None
        Which conversation the recording shows, if the table has several.
    offset : float, default=0.0
        Seconds to add to the frames' times to arrive at the talkturns' clock.
    min_confidence : float, default=0.75
        Frames in which the tracker is less confident than this are not usable.

    Returns
    -------
    talkturns : DataFrame
        The same rows, with columns for what the frames have: ``au05`` ... (mean
        intensity over the usable frames, 0-5), ``au05_shown`` ... and
        ``positive_expression`` (present in every usable frame), ``smile``, ``head_nod``
        and ``lean_forward`` (a whole one lies inside the talkturn). A talkturn without
        a usable frame has missing values, never zeros; talkturns of other speakers keep
        what they had.

    Raises
    ------
    ValueError
        If the speaker or conversation does not occur, or a talkturn ends before it
        starts.

    Warns
    -----
    UserWarning
        If no talkturn has a usable frame: clocks that need an `offset`, most often.

    Examples
    --------
    >>> import polars as pl
    >>> from hanrock_sk.features import add_actions
    >>> talkturns = pl.DataFrame(
    ...     {"speaker": ["Anna", "Ben"], "start": [0.0, 0.1], "end": [0.1, 0.2]}
    ... )
    >>> frames = pl.DataFrame(
    ...     {
    ...         "timestamp": [0.0, 0.05, 0.1],
    ...         "confidence": [0.9, 0.9, 0.1],
    ...         "success": [1, 1, 0],
    ...         "AU05_r": [1.0, 2.0, 0.0],
    ...         "AU05_c": [1, 1, 0],
    ...     }
    ... )
    >>> told = add_actions(talkturns, frames, speaker="Anna")
    >>> told.rows()
    [('Anna', 0.0, 0.1, 1.5, True), ('Ben', 0.1, 0.2, None, None)]
    """
    table = read_table(talkturns, required=["start", "end"])
    seen = read_table(frames, required=["timestamp", "confidence", "success"])
    rows = rows_of(table, conversation, speaker)
    start, end = spans(table, rows)
    times = read_numbers(seen, "timestamp") + offset
    usable = (read_numbers(seen, "success") == 1) & (
        read_numbers(seen, "confidence") >= min_confidence
    )
    if (np.diff(times) <= 0).any():
        raise ValueError("The frames are not in order of time, or several faces' own.")
    values = {
        name: read_numbers(seen, name)
        for name in seen.columns
        if name.startswith("AU") or name in (DISTANCE, NOSE_HEIGHT)
    }
    within = slices_within(times[usable], start, end)
    told = np.array([part.stop > part.start for part in within], dtype=bool)
    if not told.any():
        warnings.warn(
            "No usable frame lies in a talkturn of "
            f"{'anyone' if speaker is None else speaker}: the frames run from "
            f"{times.min():g} s to {times.max():g} s, the talkturns from "
            f"{_bound(np.fmin, start)} to {_bound(np.fmax, end)}. Do the clocks need "
            "an offset?",
            stacklevel=2,
        )
    intensities, shown = {}, {}
    for name, column in values.items():
        unit = name[:4].lower()
        if name.endswith("_r"):
            intensities[unit] = _means(column[usable], within)
        elif name.endswith("_c") and f"{name[:4]}_r" in values:
            shown[f"{unit}_shown"] = _always(column[usable], within)
    if "AU12_c" in values:
        shown["positive_expression"] = _always(values["AU12_c"][usable], within)
    for name, events in _gestures(times, values, usable).items():
        happened = _happened_inside(events, times, start, end)
        shown[name] = np.where(told, happened, np.nan)

    columns: dict[str, Any] = {
        name: fill_rows(table, name, rows, measured)
        for name, measured in intensities.items()
    }
    for name, measured in shown.items():
        filled = fill_rows(table, name, rows, measured)
        columns[name] = label_series(filled == 1, ~np.isnan(filled), name, table)
    return add_columns(table, columns).to_native()


def _bound(extreme: np.ufunc, times: np.ndarray) -> str:
    return f"{extreme.reduce(times):g} s"


def _means(values: np.ndarray, within: list[slice]) -> np.ndarray:
    """Mean of what was measured in each talkturn, NaN if nothing was."""
    means = np.full(len(within), np.nan)
    for row, part in enumerate(within):
        measured = values[part][~np.isnan(values[part])]
        if len(measured):
            means[row] = measured.mean()
    return means


def _always(present: np.ndarray, within: list[slice]) -> np.ndarray:
    """1 if present in every usable frame of a talkturn, else 0; NaN without frames."""
    return np.array(
        [
            np.nan if part.stop == part.start else float((present[part] == 1).all())
            for part in within
        ]
    )


def _gestures(
    times: np.ndarray, values: dict[str, np.ndarray], usable: np.ndarray
) -> dict[str, Events]:
    found = {}
    if "AU06_c" in values and "AU12_c" in values:
        smiling = usable & (values["AU06_c"] == 1) & (values["AU12_c"] == 1)
        found["smile"] = smiles(times, smiling)
    if NOSE_HEIGHT in values:
        found["head_nod"] = nods(times, values[NOSE_HEIGHT], usable)
    if DISTANCE in values:
        found["lean_forward"] = leans(times, values[DISTANCE], usable)
    return found


def _happened_inside(
    events: Events, times: np.ndarray, start: np.ndarray, end: np.ndarray
) -> np.ndarray:
    """Whether a whole event lies inside each talkturn."""
    happened = np.zeros(len(start))
    for first, last in events:
        begun = start - CLOCK_NOISE <= times[first]
        happened[begun & (times[last] <= end + CLOCK_NOISE)] = 1
    return happened
