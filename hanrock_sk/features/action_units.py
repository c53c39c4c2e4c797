"""Which facial action units are told, and from which activation on one is shown."""

from __future__ import annotations

import numpy as np

PAPER_ACTION_UNITS = (5, 17, 20, 25)
"""Upper lid raiser, chin raiser, lip stretcher, lips part (section 2)."""

SMILE_ACTION_UNITS = (6, 12)
"""Cheek raiser and lip corner puller: a smile; the latter, a positive expression."""

NOSE_HEIGHT = "y_30"
"""Height of the tip of the nose in the picture (pixels from the top)."""

DISTANCE = "pose_Tz"
"""Distance of the head from the camera (mm)."""

_SHOWN_FROM = 0.5


def unit_columns(
    activations: dict[int, np.ndarray], units: tuple[int, ...] | None
) -> dict[str, np.ndarray]:
    """Return action units of a program that has activations alone (0-1), as columns.

    Intensities (``AU05_r``) of the units asked for; presence (``AU05_c``), from 0.5 on,
    also of those that a smile is made of.
    """
    told = PAPER_ACTION_UNITS if units is None else units
    columns = {}
    for unit, values in activations.items():
        if unit in told:
            columns[f"AU{unit:02d}_r"] = values
        if unit in told or unit in SMILE_ACTION_UNITS:
            shown = (values >= _SHOWN_FROM).astype(np.float64)
            columns[f"AU{unit:02d}_c"] = np.where(np.isnan(values), np.nan, shown)
    return columns


def times_of_frames(
    path: object, frames: np.ndarray, frame_rate: float | None, program: str
) -> np.ndarray:
    """Return the seconds at which frames were filmed, from their numbers.

    Raises
    ------
    ValueError
        If no frame rate is given, or none above 0.
    """
    if frame_rate is None:
        raise ValueError(
            f"{path}: {program} numbers the frames, but does not say when they were "
            "filmed. Pass the video's frames a second as frame_rate=."
        )
    if not frame_rate > 0:
        raise ValueError(f"frame_rate must be above 0, got {frame_rate!r}.")
    return frames / frame_rate
