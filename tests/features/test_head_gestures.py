"""Smiles, nods and leans on signals drawn by hand."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.features.head_gestures import leans, nods, smiles

FPS = 25


def clock(frames):
    return np.arange(frames) / FPS


def flags(*runs):
    """Flags from (value, number of frames)."""
    return np.concatenate([np.full(count, bool(value)) for value, count in runs])


def test_a_smile_lasts_half_a_second():
    smiling = flags((0, 5), (1, 13), (0, 4), (1, 14), (0, 2))
    # 13 frames last 0.48 s from the first to the last, 14 frames 0.52 s.
    assert smiles(clock(len(smiling)), smiling) == [(22, 35)]


def test_a_gap_ends_a_smile():
    times = np.concatenate([clock(8), 5 + clock(8)])
    assert smiles(times, np.ones(16, dtype=bool)) == []
    assert smiles(clock(16), np.ones(16, dtype=bool)) == [(0, 15)]


def height(cycles, amplitude, seconds, still=20):
    """Nose at rest, going up and down in `seconds`, and at rest again."""
    moving = np.arange(1, round(seconds * FPS)) / round(seconds * FPS)
    wave = amplitude * np.sin(2 * np.pi * cycles * moving)
    return np.concatenate([np.zeros(still), wave, np.zeros(still)]) + 200


def found_nods(signal, usable=None):
    usable = np.ones(len(signal), dtype=bool) if usable is None else usable
    return nods(clock(len(signal)), signal, usable)


def test_a_nod():
    # Two cycles have four extremes, 40 pixels apart.
    signal = height(cycles=2, amplitude=20, seconds=1.2)
    ((first, last),) = found_nods(signal)
    assert (first, last) == pytest.approx((19, 49), abs=3)


@pytest.mark.parametrize(
    ("why", "signal"),
    [
        ("two extremes", height(cycles=1, amplitude=20, seconds=1.2)),
        ("16 pixels", height(cycles=2, amplitude=7.9, seconds=1.2)),
        ("too fast", height(cycles=2, amplitude=20, seconds=0.6)),
        ("too slow", height(cycles=2, amplitude=20, seconds=2.0)),
        ("at rest", np.full(60, 200.0)),
    ],
)
def test_no_nod(why, signal):
    assert found_nods(signal) == []


def test_wobbles_are_no_extremes():
    """One dip with jitter below 16 pixels on its way has one extreme."""
    dip = height(cycles=0.5, amplitude=60, seconds=1.2)
    jitter = np.where(np.arange(len(dip)) % 4 < 2, 0.0, 6.0)
    jitter[:20] = jitter[-20:] = 0
    assert found_nods(dip + jitter) == []


def test_moving_off_and_settling_are_no_extremes():
    """Up and down once; small moves the other way before and after do not count."""
    points = [(0, 0), (20, 0), (22, -1.9), (30, 30), (40, -30), (48, 1.9), (50, 0)]
    signal = np.interp(np.arange(71), *zip(*points, strict=True)) + 200
    assert found_nods(signal) == []
    larger = [(0, 0), (20, 0), (22, -17), (30, 30), (40, -30), (48, 17), (50, 0)]
    signal = np.interp(np.arange(71), *zip(*larger, strict=True)) + 200
    assert len(found_nods(signal)) == 1


def test_a_failed_frame_ends_a_nod():
    signal = height(cycles=2, amplitude=20, seconds=1.2)
    usable = np.ones(len(signal), dtype=bool)
    usable[34] = False
    assert found_nods(signal, usable) == []


def distance(drop, seconds, still=15):
    moving = np.linspace(0, 1, round(seconds * FPS))
    return 700 - drop * np.concatenate([np.zeros(still), moving, np.ones(still)])


@pytest.mark.parametrize(
    ("drop", "found"), [(151, 1), (149, 0), (-151, 0)], ids=["near", "short", "away"]
)
def test_lean_forward(drop, found):
    signal = distance(drop, seconds=1)
    events = leans(clock(len(signal)), signal, np.ones(len(signal), dtype=bool))
    assert len(events) == found
    for first, last in events:
        assert (first, last) == pytest.approx((15, 39), abs=3)


def test_a_lean_must_be_seen_whole():
    signal = distance(200, seconds=1)
    usable = np.ones(len(signal), dtype=bool)
    usable[25] = False
    assert leans(clock(len(signal)), signal, usable) == []
    missing = signal.copy()
    missing[25] = np.nan
    assert leans(clock(len(signal)), missing, np.ones(len(signal), dtype=bool)) == []


def test_one_frame_and_none():
    one = np.ones(1)
    assert smiles(one, one == 1) == nods(one, one, one == 1) == []
    assert leans(one, one, one == 0) == []
