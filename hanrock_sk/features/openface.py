"""OpenFace output: one row per video frame and face.

OpenFace 2.x writes up to 714 columns, older builds fewer and without ``face_id``; both
put a blank before each name. Only the columns that tell something about a talkturn are
read. OpenFace 3 writes other tables, which `openface3` reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from os import PathLike
from typing import Any

import numpy as np

from hanrock_sk.features._tables import check_backend, new_table
from hanrock_sk.features.action_units import (
    DISTANCE,
    NOSE_HEIGHT,
    PAPER_ACTION_UNITS,
    SMILE_ACTION_UNITS,
)
from hanrock_sk.features.openface3 import is_openface3, read_openface3
from hanrock_sk.files.quoted_csv import read_header
from hanrock_sk.files.wide_csv import NumericColumns, read_numeric_columns

_ALWAYS = ("timestamp", "confidence", "success")
_RANGES = {"confidence": (0, 1), "success": (0, 1), "_r": (0, 5), "_c": (0, 1)}


def read_openface(
    path: str | PathLike[str],
    *,
    action_units: Iterable[int] | None = None,
    face_id: int | Sequence[int] | None = None,
    frame_rate: float | None = None,
    backend: str = "pandas",
) -> Any:
    r"""Read the frames of one face from a CSV file of OpenFace.

    All frames are returned, failed ones included: `add_actions` leaves them out when it
    sums the frames up by talkturn.

    Parameters
    ----------
    path : path-like
        What ``FeatureExtraction`` or ``FaceLandmarkVidMulti`` wrote (2.x or older), or
        ``openface detect-video`` (3.0); plain or as ``.gz``.
    action_units : iterable of int or None, default=None
        Facial action units to read. None takes those of the paper's four (5, 17, 20,
        25) that the file has. AU 6 and 12 are always read where they are there: smiles
        and positive expressions are made of them.
    face_id : int, sequence of int or None, default=None
        Which face to follow, needed where the file has several. Several numbers are one
        person, whom the tracker lost and found again; where it saw two of them at
        once, the more confident one is taken. OpenFace 3 numbers the faces of each
        frame, the most confident first, and tells action units of face 0 alone.
    frame_rate : float or None, default=None
        Frames of the video a second, which only OpenFace 3 needs: the times in its
        tables are not the video's.
    backend : {"pandas", "polars"}, default="pandas"
        The library of the returned table.

    Returns
    -------
    frames : DataFrame
        One row per frame in order of time, columns named as OpenFace names them:
        ``timestamp`` (s), ``confidence`` (0-1), ``success`` (0 or 1), and where the
        file has them ``face_id``, ``pose_Tz`` (mm), ``y_30`` (pixels), ``AU05_r`` ...
        (intensity, 0-5) and ``AU05_c`` ... (presence, 0 or 1). Of the paper's action
        units OpenFace 3 has AU 25 alone, as an activation (0-1), present from 0.5 on;
        and 6 and 12.

    Raises
    ------
    ValueError
        If the file is not OpenFace output of a video, is cut short, holds something
        that is not a number, a value out of its range, several faces of which none is
        chosen, or times that do not increase, or if OpenFace 3's lacks a frame rate;
        the error names file and line.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from hanrock_sk.features import read_openface
    >>> path = pathlib.Path(tempfile.mkdtemp(), "anna.csv")
    >>> _ = path.write_text(
    ...     "frame, face_id, timestamp, confidence, success, AU05_r, AU05_c\n"
    ...     "1, 0, 0.000, 0.98, 1, 0.52, 1\n"
    ...     "2, 0, 0.033, 0.00, 0, 0.00, 0\n"
    ... )
    >>> read_openface(path, backend="polars")[["timestamp", "success", "AU05_r"]].rows()
    [(0.0, 1.0, 0.52), (0.033, 0.0, 0.0)]
    """
    check_backend(backend)
    units = None if action_units is None else tuple(action_units)
    names = read_header(path)
    if is_openface3(names):
        faces = face_id if isinstance(face_id, Sequence) else [face_id]
        which = next((face for face in faces if face != 0), 0)  # it has face 0 alone
        return new_table(read_openface3(path, units, which, frame_rate), backend)
    if "FaceScore" in names:
        raise ValueError(f"{path} is a table of py-feat; read_pyfeat reads it.")
    columns = read_numeric_columns(path, lambda names: _wanted(path, names, units))
    _check_ranges(path, columns)
    rows = _rows_of_face(path, columns, face_id)
    _check_times(path, columns, rows)
    return new_table(
        {name: values[rows] for name, values in columns.values.items()}, backend
    )


def _wanted(path: Any, names: list[str], units: tuple[int, ...] | None) -> list[str]:
    lacking = [name for name in _ALWAYS if name not in names]
    if "timestamp" in lacking and "face" in names:
        raise ValueError(
            f"{path} is OpenFace output for single images: without a timestamp its "
            "rows cannot be told to talkturns."
        )
    if lacking:
        raise ValueError(
            f"{path} is not OpenFace output of a video: its header lacks {lacking}."
        )
    if units is None:
        units = PAPER_ACTION_UNITS
    else:
        absent = [unit for unit in units if f"AU{unit:02d}_r" not in names]
        if absent:
            raise ValueError(
                f"{path} has no intensity (AUxx_r) of action unit {absent}."
            )
    intensities = [f"AU{unit:02d}_r" for unit in units]
    presences = [
        f"AU{unit:02d}_c" for unit in dict.fromkeys((*SMILE_ACTION_UNITS, *units))
    ]
    telling = [DISTANCE, NOSE_HEIGHT, *intensities, *presences]
    found = [name for name in telling if name in names]
    if not found:
        raise ValueError(
            f"{path} has neither action units nor head pose: run OpenFace with -aus "
            "-pose."
        )
    face = [name for name in ("face_id",) if name in names]
    return [*face, *_ALWAYS, *found]


def _check_ranges(path: Any, columns: NumericColumns) -> None:
    for name, values in columns.values.items():
        key = name[-2:] if name.startswith("AU") else name
        if key not in _RANGES:
            continue
        low, high = _RANGES[key]
        wrong = np.flatnonzero((values < low) | (values > high))
        if len(wrong):
            raise ValueError(
                f"{path}, line {columns.lines[wrong[0]]}: {name} is "
                f"{values[wrong[0]]:g}, outside of [{low}, {high}]."
            )


def _rows_of_face(
    path: Any, columns: NumericColumns, face_id: int | Sequence[int] | None
) -> np.ndarray:
    if "face_id" not in columns.values:
        if face_id not in (None, 0, (0,), [0]):
            raise ValueError(f"{path} has no face_id column, so no face {face_id}.")
        return np.arange(len(columns.lines))
    faces = columns.values["face_id"]
    known, counts = np.unique(faces, return_counts=True)
    listing = ", ".join(
        f"{face:g} ({count} frames)" for face, count in zip(known, counts, strict=True)
    )
    if face_id is None:
        if len(known) > 1:
            raise ValueError(
                f"{path} shows several faces: {listing}. Choose one with face_id=."
            )
        return np.arange(len(faces))
    wanted = list(face_id) if isinstance(face_id, Sequence) else [face_id]
    for face in wanted:
        if face not in known:
            raise ValueError(f"{path} has no face {face}; it has {listing}.")
    rows = np.flatnonzero(np.isin(faces, wanted))
    if len(wanted) == 1:
        return rows
    times, trust = columns.values["timestamp"], columns.values["confidence"]
    # By time, the most confident first, of which the first of each time stays.
    rows = rows[np.lexsort((-trust[rows], times[rows]))]
    return rows[np.append(True, np.diff(times[rows]) != 0)]


def _check_times(path: Any, columns: NumericColumns, rows: np.ndarray) -> None:
    times, lines = columns.values["timestamp"][rows], columns.lines[rows]
    unknown = np.flatnonzero(np.isnan(times))
    if len(unknown):
        raise ValueError(f"{path}, line {lines[unknown[0]]}: the timestamp is missing.")
    backwards = np.flatnonzero(np.diff(times) <= 0)
    if len(backwards):
        first = backwards[0]
        raise ValueError(
            f"{path}, line {lines[first + 1]}: the timestamp {times[first + 1]:g} s "
            f"does not come after that of the frame before ({times[first]:g} s)."
        )
