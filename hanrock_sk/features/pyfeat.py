"""Py-feat's tables: one row per video frame and face, without times in seconds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from os import PathLike
from typing import Any

import numpy as np

from hanrock_sk.features._tables import check_backend, new_table
from hanrock_sk.features.action_units import (
    NOSE_HEIGHT,
    PAPER_ACTION_UNITS,
    SMILE_ACTION_UNITS,
    times_of_frames,
    unit_columns,
)
from hanrock_sk.files.quoted_csv import TextColumns, read_text_columns

_UNIT = re.compile(r"AU(\d\d)")
_CLOCK = re.compile(r"(\d+):(\d\d)")


def read_pyfeat(
    path: str | PathLike[str],
    *,
    frame_rate: float,
    action_units: Iterable[int] | None = None,
    identity: str | Sequence[str] | None = None,
    backend: str = "pandas",
) -> Any:
    r"""Read the frames of a face from a table that py-feat wrote.

    Parameters
    ----------
    path : path-like
        What ``Detector.detect`` returned for a video (``detect_video`` of older
        versions), written as CSV; plain or as ``.gz``.
    frame_rate : float
        Frames of the video a second: py-feat counts frames, and tells time by whole
        seconds alone.
    action_units : iterable of int or None, default=None
        Facial action units to read; None takes those of the paper's four (5, 17, 20,
        25) that the table has. AU 6 and 12 are always read where they are there.
    identity : str, sequence of str or None, default=None
        Whose face, as the column ``Identity`` calls it (``"Person_0"``), needed where a
        frame has several. Several names are one person, whom py-feat took for two;
        where it saw two of them at once, the face of the higher score is taken.
    backend : {"pandas", "polars"}, default="pandas"
        The library of the returned table.

    Returns
    -------
    frames : DataFrame
        As `read_openface` returns them: ``timestamp`` (s), ``confidence`` (the face's
        score, 0-1), ``success`` (1 where a face was found), ``y_30`` (pixels),
        ``AU05_r`` ... (py-feat's activation, 0-1) and ``AU05_c`` ... (1 from 0.5 on).

    Raises
    ------
    ValueError
        If the table is not py-feat's, lacks an action unit asked for, shows several
        faces in a frame of which none is chosen, or the frame rate contradicts its
        times.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from hanrock_sk.features import read_pyfeat
    >>> path = pathlib.Path(tempfile.mkdtemp(), "anna.csv")
    >>> _ = path.write_text("frame,FaceScore,AU05,AU12\n0,0.9,0.25,0.5\n5,0.9,0.75,0\n")
    >>> frames = read_pyfeat(path, frame_rate=25, backend="polars")
    >>> frames[["timestamp", "AU05_r", "AU05_c"]].rows()
    [(0.0, 0.25, 0.0), (0.2, 0.75, 1.0)]
    """
    check_backend(backend)
    units = None if action_units is None else tuple(action_units)
    table = read_text_columns(path, lambda names: _wanted(path, names, units))
    values = {
        name: table.numbers(path, name)
        for name in table.fields
        if name not in ("Identity", "approx_time")
    }
    _check_ranges(path, table, values)
    rows = _rows_of_face(path, table, values, identity)
    values = {name: column[rows] for name, column in values.items()}
    _check_frames(path, values["frame"], table.lines[rows])
    times = times_of_frames(path, values["frame"], frame_rate, "py-feat")
    _check_times(path, table, rows, values["frame"], times)
    score = np.nan_to_num(values["FaceScore"])
    columns = {
        "timestamp": times,
        "confidence": score,
        "success": (score > 0).astype(np.float64),
    }
    if NOSE_HEIGHT in values:
        columns[NOSE_HEIGHT] = values[NOSE_HEIGHT]
    activations = {int(name[2:]): values[name] for name in values if _UNIT.match(name)}
    return new_table(columns | unit_columns(activations, units), backend)


def _wanted(path: Any, names: list[str], units: tuple[int, ...] | None) -> list[str]:
    lacking = [name for name in ("frame", "FaceScore") if name not in names]
    if lacking:
        raise ValueError(f"{path} is no table of py-feat: its header lacks {lacking}.")
    absent = [unit for unit in units or () if f"AU{unit:02d}" not in names]
    if absent:
        raise ValueError(f"{path} has no action unit {absent}.")
    wanted = (*SMILE_ACTION_UNITS, *(PAPER_ACTION_UNITS if units is None else units))
    aus = [f"AU{unit:02d}" for unit in dict.fromkeys(wanted)]
    found = [name for name in aus if name in names]
    if not found:
        raise ValueError(f"{path} has none of the action units {aus}.")
    others = [n for n in (NOSE_HEIGHT, "Identity", "approx_time") if n in names]
    return ["frame", "FaceScore", *found, *others]


def _check_ranges(path: Any, table: TextColumns, values: dict[str, np.ndarray]) -> None:
    for name, column in values.items():
        if name not in ("frame", NOSE_HEIGHT):
            wrong = np.flatnonzero((column < 0) | (column > 1.0001))
            if len(wrong):
                raise ValueError(
                    f"{path}, line {table.lines[wrong[0]]}: {name} is "
                    f"{column[wrong[0]]:g}, outside of [0, 1]."
                )


def _rows_of_face(
    path: Any,
    table: TextColumns,
    values: dict[str, np.ndarray],
    identity: str | Sequence[str] | None,
) -> np.ndarray:
    names = table.fields.get("Identity")
    known: dict[str, int] = {}
    for name in names or ():
        known[name] = known.get(name, 0) + 1
    known.pop("", None)
    listing = ", ".join(f"{name!r} ({count} frames)" for name, count in known.items())
    frames = values["frame"]
    if identity is None:
        twice = np.flatnonzero(np.diff(frames) == 0)
        if len(twice):
            raise ValueError(
                f"{path}, line {table.lines[twice[0] + 1]}: frame "
                f"{frames[twice[0]]:g} shows several faces: "
                + (
                    f"{listing}. Choose one with identity=."
                    if known
                    else "keep the rows of one; there is no column Identity."
                )
            )
        return np.arange(len(frames))
    wanted = [identity] if isinstance(identity, str) else list(identity)
    for name in wanted:
        if name not in known:
            raise ValueError(
                f"{path} has no face {name!r}; it has {listing or 'no Identity'}."
            )
    rows = np.flatnonzero(np.isin(np.array(names), wanted))
    score = np.nan_to_num(values["FaceScore"])
    # By frame, the highest score first, of which the first of each frame stays.
    rows = rows[np.lexsort((-score[rows], frames[rows]))]
    return rows[np.append(True, np.diff(frames[rows]) != 0)]


def _check_frames(path: Any, frames: np.ndarray, lines: np.ndarray) -> None:
    wrong = np.flatnonzero(~(np.diff(frames, prepend=-np.inf) > 0))
    if len(wrong):
        raise ValueError(
            f"{path}, line {lines[wrong[0]]}: frame {frames[wrong[0]]:g} does not come "
            "after the one before."
        )


def _check_times(
    path: Any,
    table: TextColumns,
    rows: np.ndarray,
    frames: np.ndarray,
    times: np.ndarray,
) -> None:
    """Refuse a frame rate by which a frame is not where py-feat says, to the second."""
    if "approx_time" not in table.fields:
        return
    told = _CLOCK.fullmatch(table.fields["approx_time"][rows[-1]])
    if told is None:
        return
    second = 60 * int(told[1]) + int(told[2])
    if not second - 1 <= times[-1] <= second + 2:
        raise ValueError(
            f"{path}, line {table.lines[rows[-1]]}: frame {frames[-1]:g} was filmed at "
            f"{told[0]}, which frame_rate={frames[-1] / times[-1]:g} makes "
            f"{times[-1]:.0f} s; it is about {frames[-1] / (second + 0.5):.3g}."
        )
