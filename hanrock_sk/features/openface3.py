"""OpenFace 3's table of a video: lists in fields, and times that are not the video's.

``openface detect-video`` writes a row per frame and face with ``timestamp`` (when it
computed), ``frame_index``, ``face_id`` (a face's place within its frame, the most
confident first), ``face_detection`` (a box and its confidence), ``landmarks`` (98
points) and ``action_units``: eight activations, in every row those of the frame's first
face.
"""

from __future__ import annotations

import math
import re
import warnings
from typing import Any

import numpy as np

from hanrock_sk.features.action_units import (
    NOSE_HEIGHT,
    PAPER_ACTION_UNITS,
    SMILE_ACTION_UNITS,
    times_of_frames,
    unit_columns,
)
from hanrock_sk.files.quoted_csv import TextColumns, read_text_columns

UNITS = (1, 2, 4, 6, 9, 12, 25, 26)
"""The eight of DISFA, in the order in which OpenFace 3 has them."""

_NEEDED = ("frame_index", "face_id", "face_detection", "action_units")
_CONFIDENCE = 4  # behind the two corners of the box
_NOSE_TIP = 54  # of the 98 landmarks
_NUMBERS = re.compile(r"[^\[\](),\s]+")


def is_openface3(names: list[str]) -> bool:
    """Whether a file with these columns is OpenFace 3's."""
    return "action_units" in names and "face_detection" in names


def read_openface3(
    path: Any,
    units: tuple[int, ...] | None,
    face_id: int | None,
    frame_rate: float | None,
) -> dict[str, np.ndarray]:
    """Read the most confident face of each frame.

    Parameters
    ----------
    path : path-like
        What ``openface detect-video`` wrote.
    units : tuple of int or None
        Action units to read; None takes those of the paper's four that there are.
    face_id : int or None
        0, or None, which warns where a frame has several faces.
    frame_rate : float or None
        Frames of the video a second.

    Returns
    -------
    columns : dict of str to ndarray
        As `read_openface` returns them.

    Raises
    ------
    ValueError
        If the file is broken, no frame rate is given, or another face is asked for.
    """
    if face_id not in (None, 0):
        raise ValueError(
            f"{path} is of OpenFace 3, which has action units of the most confident "
            f"face of each frame alone (face_id=0), not of face {face_id}. Let it see "
            "one person: crop the video."
        )
    absent = [unit for unit in units or () if unit not in UNITS]
    if absent:
        raise ValueError(f"{path} is of OpenFace 3, which has no action unit {absent}.")
    table = read_text_columns(path, lambda names: _wanted(path, names))
    faces = table.numbers(path, "face_id")
    if face_id is None and (faces > 0).any():
        several = {*np.array(table.fields["frame_index"])[faces > 0].tolist()}
        warnings.warn(
            f"{path} shows several faces in {len(several)} frames. OpenFace 3 does not "
            "follow a face from frame to frame; the most confident one of each is "
            "taken. Pass face_id=0 if it is always the same person's.",
            stacklevel=4,
        )
    rows = np.flatnonzero(~(faces > 0))
    frames = table.numbers(path, "frame_index")[rows]
    _check_order(path, frames, table.lines[rows])
    told = {*(PAPER_ACTION_UNITS if units is None else units), *SMILE_ACTION_UNITS}
    confidence, nose = np.zeros(len(rows)), np.full(len(rows), np.nan)
    activations = np.full((len(rows), len(UNITS)), np.nan)
    for place, row in enumerate(rows.tolist()):
        box = _list_of(path, table, "face_detection", row)
        if not box:
            continue
        confidence[place] = _entry(path, table, "face_detection", row, box, _CONFIDENCE)
        activations[place] = _activations(path, table, row)
        if "landmarks" in table.fields:
            points = _list_of(path, table, "landmarks", row, 2 * _NOSE_TIP + 2)
            if points:
                nose[place] = _entry(
                    path, table, "landmarks", row, points, 2 * _NOSE_TIP + 1
                )
    columns = {
        "timestamp": times_of_frames(path, frames, frame_rate, "OpenFace 3"),
        "confidence": confidence,
        "success": (confidence > 0).astype(np.float64),
    }
    if "landmarks" in table.fields:
        columns[NOSE_HEIGHT] = nose
    by_unit = {
        unit: activations[:, place] for place, unit in enumerate(UNITS) if unit in told
    }
    return columns | unit_columns(by_unit, units)


def _wanted(path: Any, names: list[str]) -> list[str]:
    if "frame_index" not in names and "image_path" in names:
        raise ValueError(
            f"{path} is OpenFace output for single images: without frame_index its "
            "rows cannot be told to talkturns."
        )
    lacking = [name for name in _NEEDED if name not in names]
    if lacking:
        raise ValueError(
            f"{path} is not OpenFace 3's table of a video: its header lacks {lacking}."
        )
    return [*_NEEDED, *(name for name in ("landmarks",) if name in names)]


def _list_of(
    path: Any, table: TextColumns, name: str, row: int, most: int = 64
) -> list[str]:
    """Return the first entries of a list in a field; none if there is no face."""
    field = table.fields[name][row]
    if field.lower() in ("", "nan", "none"):
        return []
    if not field.startswith("[") or not field.endswith("]"):
        raise ValueError(
            f"{path}, line {table.lines[row]}: {name} holds {field[:40]!r}, which is "
            "no list."
        )
    # No number takes more than 32 characters, brackets and all.
    return _NUMBERS.findall(field[: 32 * most])[:most]


def _entry(
    path: Any, table: TextColumns, name: str, row: int, entries: list[str], place: int
) -> float:
    try:
        value = float(entries[place])
    except (IndexError, ValueError):
        value = math.inf
    if math.isinf(value):
        raise ValueError(
            f"{path}, line {table.lines[row]}: {name} has no number as its "
            f"{place + 1}th entry."
        )
    return value


def _activations(path: Any, table: TextColumns, row: int) -> list[float]:
    entries = _list_of(path, table, "action_units", row)
    if not entries:
        return [math.nan] * len(UNITS)
    if len(entries) != len(UNITS):
        raise ValueError(
            f"{path}, line {table.lines[row]}: {len(entries)} action units; OpenFace 3 "
            f"has {len(UNITS)} (AU {', '.join(map(str, UNITS))})."
        )
    values = [
        _entry(path, table, "action_units", row, entries, place)
        for place in range(len(UNITS))
    ]
    wrong = [value for value in values if not -0.0001 <= value <= 1.0001]
    if wrong:
        raise ValueError(
            f"{path}, line {table.lines[row]}: an action unit is {wrong[0]:g}, outside "
            "of [0, 1]."
        )
    return values


def _check_order(path: Any, frames: np.ndarray, lines: np.ndarray) -> None:
    wrong = np.flatnonzero(~(np.diff(frames, prepend=-np.inf) > 0))
    if len(wrong):
        raise ValueError(
            f"{path}, line {lines[wrong[0]]}: frame {frames[wrong[0]]:g} does not come "
            "after the one before."
        )
