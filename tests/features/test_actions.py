"""Frames summed up by talkturn, against sums frame by frame."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pytest

from hanrock_sk.features import add_actions, read_openface
from hanrock_sk.talkturns.values import is_missing


def values(table, name):
    """A column as a list, None where it is missing."""
    found = nw.from_native(table)[name].to_list()
    return [None if is_missing(value) else value for value in found]


@pytest.fixture
def talkturns(frame):
    return frame(
        {
            "speaker": ["Anna", "Ben", "Anna", "Anna"],
            "text": ["a", "b", "c", "d"],
            "start": [0.0, 0.2, 0.4, 9.0],
            "end": [0.2, 0.4, 0.6, 9.5],
        }
    )


@pytest.fixture
def frames(frame):
    """Seven frames of a face: 0.2 and 0.5 failed, 0.6 is not to be trusted."""
    return frame(
        {
            "timestamp": [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
            "confidence": [0.9, 0.9, 0.9, 0.9, 0.75, 0.9, 0.74],
            "success": [1, 1, 0, 1, 1, 0, 1],
            "AU05_r": [1.0, 2.0, 5.0, 4.0, 0.5, 5.0, 5.0],
            "AU05_c": [1, 1, 0, 1, 0, 0, 1],
            "AU12_c": [1, 0, 0, 1, 1, 0, 0],
        }
    )


def test_means_and_presence_over_usable_frames(talkturns, frames):
    told = add_actions(talkturns, frames, speaker="Anna")
    # 0.0 and 0.1; not Anna's; 0.4 alone; none.
    assert values(told, "au05") == [1.5, None, 0.5, None]
    assert values(told, "au05_shown") == [True, None, False, None]
    assert values(told, "positive_expression") == [False, None, True, None]
    columns = nw.from_native(told).columns
    assert columns[:4] == ["speaker", "text", "start", "end"]
    # No AU06, no nose, no distance: nothing is said of them, nor of AU 12 by itself.
    assert set(columns[4:]) == {"au05", "au05_shown", "positive_expression"}


def test_one_speaker_after_the_other(talkturns, frames):
    told = add_actions(talkturns, frames, speaker="Anna")
    both = add_actions(told, frames, speaker="Ben")
    assert values(both, "au05") == [1.5, 2.25, 0.5, None]
    assert values(both, "au05_shown") == [True, False, False, None]


def test_everyone_offset_and_confidence(talkturns, frames):
    # The usable frames are now at 0.2, 0.3, 0.5, 0.6 and 0.8.
    told = add_actions(talkturns, frames, offset=0.2, min_confidence=0.0)
    assert values(told, "au05") == pytest.approx([1.0, 1.5, 2.25, None])


def test_clocks_that_do_not_meet_are_noticed(talkturns, frames):
    with pytest.warns(UserWarning, match="frames run from 100 s to 100.6 s, .*offset"):
        told = add_actions(talkturns, frames, speaker="Anna", offset=100.0)
    assert values(told, "au05") == [None] * 4


def test_the_index_and_the_rows_stay(talkturns, frames):
    if hasattr(talkturns, "index"):
        talkturns.index = [7, 7, 3, 1]
    told = add_actions(talkturns, frames, speaker="Anna")
    assert values(told, "text") == ["a", "b", "c", "d"]
    if hasattr(talkturns, "index"):
        assert told.index.tolist() == [7, 7, 3, 1]


def test_frames_out_of_order(talkturns, frames):
    backwards = nw.from_native(frames)[::-1].to_native()
    with pytest.raises(ValueError, match="not in order of time"):
        add_actions(talkturns, backwards)


def test_gestures_lie_inside_the_talkturn(frame):
    """A smile from 1.0 to 1.6 s is Anna's from 0.9 to 1.7 s, not from 1.1 to 2.0 s."""
    times = np.arange(60) / 20
    smiling = ((times >= 1.0) & (times <= 1.6)).astype(int)
    frames = frame(
        {
            "timestamp": times,
            "confidence": np.ones(60),
            "success": np.ones(60),
            "AU06_c": smiling,
            "AU12_c": smiling,
            "pose_Tz": np.where(
                times < 2.0, 700.0, np.where(times < 2.2, 600.0, 500.0)
            ),
        }
    )
    talkturns = frame(
        {"start": [0.9, 1.1, 1.0, 1.7, 2.5], "end": [1.7, 2.0, 1.6, 2.5, 2.9]}
    )
    told = add_actions(talkturns, frames)
    assert values(told, "smile") == [True, False, True, False, False]
    assert values(told, "lean_forward") == [False, False, False, True, False]
    assert "head_nod" not in nw.from_native(told).columns


def naive(talkturns, frames):
    """Mean and presence, frame by frame."""
    means, shown = [], []
    for start, end in zip(talkturns["start"], talkturns["end"], strict=True):
        inside = [
            row
            for row in frames.to_dict("records")
            if start <= row["timestamp"] <= end
            and row["success"] == 1
            and row["confidence"] >= 0.75
        ]
        means.append(np.mean([row["AU05_r"] for row in inside]) if inside else None)
        shown.append(all(row["AU05_c"] == 1 for row in inside) if inside else None)
    return means, shown


def test_a_real_file_against_the_naive_twin(data_root):
    import pandas as pd

    frames = read_openface(data_root / "formats" / "openface" / "OpenFace_Test.csv.gz")
    start = np.arange(0, 0.12, 0.007)
    talkturns = pd.DataFrame({"start": start, "end": start + 0.005})
    told = add_actions(talkturns, frames)
    means, shown = naive(talkturns, frames)
    assert values(told, "au05") == pytest.approx(means)
    assert values(told, "au05_shown") == shown
    assert None in means  # the talkturns go on when the film is over
    # Worked out by hand from the file's first frames, 0.000 to 0.002 s.
    first = add_actions(pd.DataFrame({"start": [0.0], "end": [0.002]}), frames)
    assert first["au05"][0] == pytest.approx((0.3434 + 0.3434 + 0.292) / 3)
