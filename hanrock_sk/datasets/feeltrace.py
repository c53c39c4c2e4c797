"""FeelTrace: what raters felt somebody felt, traced while they watched."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import numpy as np

from hanrock_sk.features._spans import slices_within
from hanrock_sk.files.text import read_text

DIMENSIONS = {"activation": "A", "intensity": "I", "power": "P", "valence": "V"}
RATED = {"user": "U", "operator": "O"}

_NAME = re.compile(r"[AR]\d+[RS]\d+T([UO])C(?:Ob|Po|Pr|Sp)2?D(\w+)\.txt")

Trace = tuple[np.ndarray, np.ndarray]
"""Seconds, and the values traced at them."""


def mean_traces(
    folder: Path, dimension: str, rated: str, start: np.ndarray, end: np.ndarray
) -> np.ndarray:
    """Average the raters' traces over spans of time.

    Parameters
    ----------
    folder : pathlib.Path
        A session's folder.
    dimension : {"activation", "intensity", "power", "valence"}
        What was traced.
    rated : {"user", "operator"}
        Who was rated.
    start, end : ndarray of shape (n_spans,)
        Seconds into the session.

    Returns
    -------
    means : ndarray of shape (n_spans,)
        Mean over the raters of the mean over the span, its ends included; NaN where
        there is no trace. Raters stop at different times: all are cut to the shortest.
    """
    traces = [
        read_trace(file)
        for file in sorted(folder.glob("*.txt"))
        if (name := _NAME.fullmatch(file.name))
        and name.groups() == (RATED[rated], DIMENSIONS[dimension])
    ]
    if not traces:
        return np.full(len(start), np.nan)
    shortest = min(times[-1] for times, _ in traces)
    sums, raters = np.zeros(len(start)), np.zeros(len(start))
    for times, values in traces:
        times = times[times <= shortest]
        for row, part in enumerate(slices_within(times, start, end)):
            if part.stop > part.start:
                sums[row] += values[part].mean()
                raters[row] += 1
    return np.divide(sums, raters, out=np.full(len(start), np.nan), where=raters > 0)


def read_trace(file: Path) -> Trace:
    """Read a trace: one ``seconds value`` per line, blank lines between.

    Raises
    ------
    ValueError
        If a line holds something else, or time does not increase; the error names file
        and line.

    Warns
    -----
    UserWarning
        If a value lies outside of [-1, 1].
    """
    numbered = [
        (number, line.split())
        for number, line in enumerate(read_text(file).splitlines(), 1)
        if line.strip()
    ]
    lines = [number for number, _ in numbered]
    try:
        table = np.array([fields for _, fields in numbered], dtype=np.float64)
    except ValueError:
        table = np.empty((0, 0))
    if table.ndim != 2 or table.shape[1:] != (2,) or not np.isfinite(table).all():
        raise ValueError(_describe_odd_line(file, numbered))
    times, values = table.T
    backwards = np.flatnonzero(np.diff(times) <= 0)
    if len(backwards):
        raise ValueError(
            f"{file}, line {lines[backwards[0] + 1]}: time does not go on, "
            f"{times[backwards[0] + 1]:g} s comes after {times[backwards[0]]:g} s."
        )
    outside = np.flatnonzero(np.abs(values) > 1)
    if len(outside):
        warnings.warn(
            f"{file}, line {lines[outside[0]]}: {values[outside[0]]:g} lies outside of "
            "[-1, 1].",
            stacklevel=2,
        )
    return times, values


def _describe_odd_line(file: Path, numbered: list[tuple[int, list[str]]]) -> str:
    for number, fields in numbered:
        try:
            fine = (
                len(fields) == 2
                and np.isfinite([float(field) for field in fields]).all()
            )
        except ValueError:
            fine = False
        if not fine:
            return f"{file}, line {number}: expected 'seconds value', got {fields}."
    return f"{file} holds no trace."
