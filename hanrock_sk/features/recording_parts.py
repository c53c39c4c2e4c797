"""A recording in several parts, one after another on one clock."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import narwhals as nw

from hanrock_sk.features.openface import read_openface
from hanrock_sk.features.pyfeat import read_pyfeat
from hanrock_sk.files.quoted_csv import read_header
from hanrock_sk.talkturns.table import read_table


def in_order(spans: Mapping[Path, tuple[float, float]]) -> list[Path]:
    """Return the parts of a recording in order of time.

    Raises
    ------
    ValueError
        If one overlaps another.
    """
    ordered = sorted(spans, key=lambda file: spans[file])
    for before, after in itertools.pairwise(ordered):
        if spans[after][0] <= spans[before][1]:
            raise ValueError(
                f"{before} (to {spans[before][1]:g} s) and {after} (from "
                f"{spans[after][0]:g} s) overlap in time, though they should be parts "
                "one after another. Do their clocks need offsets?"
            )
    return ordered


def read_face(
    files: Sequence[Path],
    clocks: Mapping[Path, float],
    face: Any,
    frame_rate: float | None,
    backend: str,
) -> Any:
    """Read the parts of one face's recording, on the common clock.

    Parameters
    ----------
    files : sequence of pathlib.Path
        Output of OpenFace 2 or 3, or of py-feat.
    clocks : mapping of pathlib.Path to float
        Seconds to add to the times of each file.
    face : int, str, sequence of these or None
        OpenFace's number of the face, or py-feat's identity.
    frame_rate : float or None
        Frames of the video a second.
    backend : {"pandas", "polars"}
        The library of the table.

    Returns
    -------
    frames : DataFrame
        As `read_openface` returns them.
    """
    parts = {}
    for file in files:
        if "FaceScore" in read_header(file):
            if frame_rate is None:
                raise ValueError(
                    f"{file} is a table of py-feat, which needs the video's frames a "
                    "second: pass frame_rate=."
                )
            native = read_pyfeat(
                file, frame_rate=frame_rate, identity=face, backend=backend
            )
        else:
            native = read_openface(
                file, face_id=face, frame_rate=frame_rate, backend=backend
            )
        frames = read_table(native)
        parts[file] = frames.with_columns(nw.col("timestamp") + clocks[file])
    ordered = in_order(
        {
            file: (frames["timestamp"].min(), frames["timestamp"].max())
            for file, frames in parts.items()
        }
    )
    columns = set(parts[ordered[0]].columns)
    for file in ordered:
        if set(parts[file].columns) != columns:
            raise ValueError(
                f"{file} has other columns than {ordered[0]}: "
                f"{sorted(columns ^ set(parts[file].columns))}."
            )
    names = parts[ordered[0]].columns
    return nw.concat([parts[file].select(names) for file in ordered]).to_native()
