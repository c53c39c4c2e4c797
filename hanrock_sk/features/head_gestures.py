"""Gestures that take a while: smiles, nods of the head, leaning forward.

Each is an event with a first and a last frame. What the rules call a stable point is a
stretch of time in which the head keeps still; how still is not said, so it is fixed
here. A gesture must be seen whole: a frame without a usable face ends it, and so does a
gap in the recording.
"""

from __future__ import annotations

import itertools

import numpy as np
from scipy.ndimage import maximum_filter1d, minimum_filter1d

SMILE_SECONDS = 0.5
"""Shortest smile, from its first to its last frame."""

NOD_SECONDS = (1.0, 1.4)
"""Shortest and longest nod, from stable point to stable point."""
NOD_PIXELS = 16.0
"""Neighbouring extremes of a nod are further apart than this."""
NOD_EXTREMES = 2
"""A nod has more extremes than this."""

LEAN_MILLIMETRES = 150.0
"""By how much the head comes closer, at least, between two stable points."""

STABLE_SECONDS = 0.2
"""The head is stable where it keeps still for this long, around a frame."""
STABLE_PIXELS = 2.0
STABLE_MILLIMETRES = 10.0

GAP_FRAMES = 3
"""More than this many usual distances between two frames are a gap."""

Events = list[tuple[int, int]]
"""First and last frame of each event."""


def smiles(times: np.ndarray, smiling: np.ndarray) -> Events:
    """Find the runs of smiling frames that last half a second.

    Parameters
    ----------
    times : ndarray of shape (n_frames,)
        Seconds, increasing.
    smiling : ndarray of bool, shape (n_frames,)
        Cheeks raised and lip corners pulled, in a usable frame.

    Returns
    -------
    events : list of (int, int)
        First and last frame of each smile.
    """
    return [
        (first, last)
        for first, last in _seen_runs(times, smiling)
        if times[last] - times[first] >= SMILE_SECONDS - 1e-9
    ]


def nods(times: np.ndarray, height: np.ndarray, usable: np.ndarray) -> Events:
    """Find nods: the nose goes up and down between two stable points.

    Parameters
    ----------
    times : ndarray of shape (n_frames,)
        Seconds, increasing.
    height : ndarray of shape (n_frames,)
        Height of the nose in pixels.
    usable : ndarray of bool, shape (n_frames,)
        Frames in which the face was found.

    Returns
    -------
    events : list of (int, int)
        First and last frame of each nod.
    """
    shortest, longest = NOD_SECONDS
    return [
        (first, last)
        for first, last in _between_stable(times, height, usable, STABLE_PIXELS)
        if shortest - 1e-9 <= times[last] - times[first] <= longest + 1e-9
        and _count_extremes(height[first : last + 1]) > NOD_EXTREMES
    ]


def leans(times: np.ndarray, distance: np.ndarray, usable: np.ndarray) -> Events:
    """Find where the head comes closer by 150 mm between two stable points.

    Parameters
    ----------
    times : ndarray of shape (n_frames,)
        Seconds, increasing.
    distance : ndarray of shape (n_frames,)
        Distance from the camera in mm.
    usable : ndarray of bool, shape (n_frames,)
        Frames in which the face was found.

    Returns
    -------
    events : list of (int, int)
        First and last frame of each lean.
    """
    return [
        (first, last)
        for first, last in _between_stable(times, distance, usable, STABLE_MILLIMETRES)
        if distance[first] - distance[last] >= LEAN_MILLIMETRES
    ]


def _runs(flags: np.ndarray) -> Events:
    """First and last index of each run of True."""
    edges = np.diff(np.concatenate([[0], flags.astype(np.int8), [0]]))
    first, behind = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return list(zip(first.tolist(), (behind - 1).tolist(), strict=True))


def _seen_runs(times: np.ndarray, flags: np.ndarray) -> Events:
    """Find runs of True that no gap in time interrupts."""
    distances = np.diff(times)
    gaps = np.flatnonzero(distances > GAP_FRAMES * _usual_distance(times)) + 1
    bounds = [0, *gaps.tolist(), len(times)]
    return [
        (start + first, start + last)
        for start, stop in itertools.pairwise(bounds)
        for first, last in _runs(flags[start:stop])
    ]


def _usual_distance(times: np.ndarray) -> float:
    return float(np.median(np.diff(times))) if len(times) > 1 else 1.0


def _between_stable(
    times: np.ndarray, values: np.ndarray, usable: np.ndarray, tolerance: float
) -> Events:
    """Last frame of each stable stretch and first frame of the next one.

    Both lie in one run of usable frames.
    """
    reach = max(1, round(STABLE_SECONDS / 2 / _usual_distance(times)))
    size = 2 * reach + 1
    events: Events = []
    for first, last in _seen_runs(times, usable & ~np.isnan(values)):
        run = values[first : last + 1]
        # Beyond the run's ends nothing is known: what is seen decides alone.
        highest = maximum_filter1d(run, size, mode="nearest")
        lowest = minimum_filter1d(run, size, mode="nearest")
        stable = _runs(highest - lowest <= tolerance)
        events += [
            (first + before[1], first + after[0])
            for before, after in itertools.pairwise(stable)
        ]
    return events


def _count_extremes(height: np.ndarray) -> int:
    """Count turning points that alternate and lie more than 16 pixels apart.

    A turning point at the height where the head rests before or after is no extreme.
    """
    moves = np.diff(height)
    moving = np.flatnonzero(moves)
    up = moves[moving] > 0
    turns = np.flatnonzero(up[:-1] != up[1:])
    extremes: list[float] = []
    peaks: list[bool] = []
    for value, peak in zip(height[moving[turns] + 1], up[turns], strict=True):
        if extremes and peak == peaks[-1]:
            # A wobble too small to count lay between: keep the more extreme of the two.
            extremes[-1] = (max if peak else min)(extremes[-1], value)
        elif not extremes or abs(value - extremes[-1]) > NOD_PIXELS:
            extremes.append(value)
            peaks.append(peak)
    if extremes and abs(extremes[0] - height[0]) <= STABLE_PIXELS:
        extremes.pop(0)
    if extremes and abs(extremes[-1] - height[-1]) <= STABLE_PIXELS:
        extremes.pop()
    return len(extremes)
