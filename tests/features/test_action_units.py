"""Action units by hand, of programs that tell activations alone."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.features.action_units import times_of_frames, unit_columns

ACTIVATIONS = {
    unit: np.array([0.25, 0.5, np.nan, 1.0]) + unit / 1000 for unit in (1, 5, 6, 25)
}
ACTIVATIONS[5] = np.array([0.499, 0.5, np.nan, 0.501])
SHOWN = [0, 1, np.nan, 1]


@pytest.mark.parametrize(
    ("units", "intensities", "presences"),
    [
        (None, [5, 25], [5, 6, 25]),
        ((1,), [1], [1, 6]),
        ((6, 12), [6], [6]),
        ((), [], [6]),
    ],
)
def test_columns_of_units(units, intensities, presences):
    """Unit 6 belongs to a smile, and 12 would."""
    columns = unit_columns(ACTIVATIONS, units)
    named = [f"AU{unit:02d}_r" for unit in intensities]
    named += [f"AU{unit:02d}_c" for unit in presences]
    assert sorted(columns) == sorted(named)
    for unit in intensities:
        assert columns[f"AU{unit:02d}_r"] is ACTIVATIONS[unit]
    for unit in presences:
        np.testing.assert_array_equal(columns[f"AU{unit:02d}_c"], SHOWN)


def test_times_of_frames():
    times = times_of_frames("a.csv", np.array([0, 3, 50]), 25, "py-feat")
    np.testing.assert_allclose(times, [0, 0.12, 2])


@pytest.mark.parametrize(
    ("frame_rate", "message"),
    [
        (None, r"^a\.csv: py-feat numbers the frames, .* as frame_rate=\.$"),
        (0, "frame_rate must be above 0, got 0"),
        (-25.0, "frame_rate must be above 0, got -25.0"),
        (np.nan, "frame_rate must be above 0, got nan"),
    ],
)
def test_frame_rates_that_are_none(frame_rate, message):
    with pytest.raises(ValueError, match=message):
        times_of_frames("a.csv", np.array([0]), frame_rate, "py-feat")
