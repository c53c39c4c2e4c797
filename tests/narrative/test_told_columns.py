"""Columns that are told: what they may hold, and what stands for missing."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pytest

from hanrock_sk.narrative.told_columns import (
    read_actions,
    read_prosody,
    read_speakers,
)


def table(frame, **columns):
    return nw.from_native(frame(columns))


def test_speakers(frame):
    assert read_speakers(table(frame, who=["anna", None]), "who") == ["anna", None]
    assert read_speakers(table(frame, who=[2, 7]), "who") == ["2", "7"]
    assert read_speakers(table(frame, who=[2.0, None]), "who") == ["2", None]
    assert read_speakers(table(frame, who=[2, 7]), None) == [None, None]
    with pytest.raises(ValueError, match=r"'who', row 1: .* float 2\.5"):
        read_speakers(table(frame, who=[2.0, 2.5]), "who")


def test_prosody_in_its_order(frame):
    columns = {"tone_sad": "sad", "delay": "gap"}
    measured = read_prosody(table(frame, sad=[0.5, None], gap=[1, 2]), columns)
    np.testing.assert_array_equal(measured, [[1, 0.5], [2, np.nan]])
    assert read_prosody(table(frame, x=[1, 2]), {}).shape == (2, 0)


def test_actions(frame):
    columns = {"head_nod": "nod", "smile": "smiles"}
    seen = table(frame, nod=[True, False, True], smiles=[1.0, None, 0.0])
    assert list(read_actions(seen, columns)) == [
        ("smile", "head_nod"),
        (),
        ("head_nod",),
    ]
    assert list(read_actions(seen, {})) == [()] * 3
    with pytest.raises(ValueError, match=r"'nod' must say .*; row 1 holds 2\.0"):
        read_actions(table(frame, nod=[1, 2]), {"head_nod": "nod"})
