"""Py-feat's tables: one row per video frame and face, without times in seconds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from os import PathLike
from typing import Any

import numpy as np

from hanrock_sk.features._tables import check_backend, new_table
from hanrock_sk.features.openface import PAPER_ACTION_UNITS, SMILE_ACTION_UNITS
from hanrock_sk.files.wide_csv import NumericColumns, read_numeric_columns

_UNIT = re.compile(r"AU(\d\d)")
_SHOWN_FROM = 0.5


def read_pyfeat(
    path: str | PathLike[str],
    *,
    frame_rate: float,
    action_units: Iterable[int] | None = None,
    backend: str = "pandas",
) -> Any:
    r"""Read the frames of a face from a table that py-feat wrote.

    Parameters
    ----------
    path : path-like
        What ``Detector.detect_video`` returned, written as CSV.
    frame_rate : float
        Frames of the video a second: py-feat counts frames alone.
    action_units : iterable of int or None, default=None
        Facial action units to read; None takes those of the paper's four (5, 17, 20,
        25) that the table has. AU 6 and 12 are always read where they are there.
    backend : {"pandas", "polars"}, default="pandas"
        The library of the returned table.

    Returns
    -------
    frames : DataFrame
        As `read_openface` returns them: ``timestamp`` (s), ``confidence`` (the face's
        score, 0-1), ``success`` (1 where a face was found), ``AU05_r`` ... (py-feat's
        activation, 0-1) and ``AU05_c`` ... (1 from 0.5 on).

    Raises
    ------
    ValueError
        If the table is not py-feat's, lacks an action unit asked for, or shows several
        faces in a frame.

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
    if not frame_rate > 0:
        raise ValueError(f"frame_rate must be above 0, got {frame_rate!r}.")
    units = None if action_units is None else tuple(action_units)
    table = read_numeric_columns(path, lambda names: _wanted(path, names, units))
    _check_frames(path, table)
    score = table.values["FaceScore"]
    found = ~np.isnan(score)
    columns = {
        "timestamp": table.values["frame"] / frame_rate,
        "confidence": np.where(found, score, 0.0),
        "success": found.astype(np.float64),
    }
    for name, values in table.values.items():
        if _UNIT.fullmatch(name):
            if int(name[2:]) in (PAPER_ACTION_UNITS if units is None else units):
                columns[f"{name}_r"] = values
            shown = (values >= _SHOWN_FROM).astype(np.float64)
            columns[f"{name}_c"] = np.where(np.isnan(values), np.nan, shown)
    return new_table(columns, backend)


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
    return ["frame", "FaceScore", *found]


def _check_frames(path: Any, table: NumericColumns) -> None:
    frames = table.values["frame"]
    wrong = np.flatnonzero(~(np.diff(frames, prepend=-np.inf) > 0))
    if len(wrong):
        raise ValueError(
            f"{path}, line {table.lines[wrong[0]]}: frame {frames[wrong[0]]:g} does "
            "not come after the one before. Does the table show several faces? Then "
            "keep the rows of one."
        )
    for name, values in table.values.items():
        if name != "frame":
            wrong = np.flatnonzero((values < 0) | (values > 1.0001))
            if len(wrong):
                raise ValueError(
                    f"{path}, line {table.lines[wrong[0]]}: {name} is "
                    f"{values[wrong[0]]:g}, outside of [0, 1]."
                )
