"""A recording in parts: read on one clock, in order of time."""

from __future__ import annotations

from pathlib import Path

import narwhals as nw
import pytest
from face_tables import HEADER, face, write

from hanrock_sk.features.recording_parts import in_order, read_face

A, B, C = map(Path, "abc")


def test_order_of_time():
    assert in_order({A: (7.5, 9.0), B: (0.0, 2.0), C: (2.5, 7.0)}) == [B, C, A]
    assert in_order({A: (1.0, 1.0)}) == [A]


@pytest.mark.parametrize("begin", [1.5, 2.0])
def test_parts_that_overlap_or_touch(begin):
    with pytest.raises(ValueError, match=rf"b \(to 2 s\) and a \(from {begin:g} s\)"):
        in_order({A: (begin, 9.0), B: (0.0, 2.0)})


def read(files, clocks=None, face=None, frame_rate=None, backend="pandas"):
    clocks = dict.fromkeys(files, 0.0) | (clocks or {})
    return nw.from_native(read_face(files, clocks, face, frame_rate, backend))


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_parts_of_a_face_on_one_clock(tmp_path, backend):
    """The one named first is the later one, by its clock."""
    one = write(tmp_path / "one.csv", HEADER + "1, 0, 0, 1, 1, 2.5, 1\n")
    two = write(tmp_path / "two.csv", HEADER + "1, 0, 0.25, 1, 1, 0.5, 0\n")
    frames = read([one, two], {one: 3.0, two: 1.0}, backend=backend)
    assert frames.implementation.value == backend
    assert frames["timestamp"].to_list() == [1.25, 3.0]
    assert frames["AU05_r"].to_list() == [0.5, 2.5]
    assert frames["AU05_c"].to_list() == [0, 1]


def test_frames_of_one_face(tmp_path):
    both = face(tmp_path / "a.csv", count=1).read_text()
    other = face(tmp_path / "b.csv", count=1, intensity=2.0, face_id=1).read_text()
    film = write(tmp_path / "film.csv", both + other.removeprefix(HEADER))
    assert read([film], face=1)["AU05_r"].to_list() == [2.0]


def test_parts_with_other_columns(tmp_path):
    one = face(tmp_path / "one.csv", count=4)
    two = write(
        tmp_path / "two.csv", HEADER.replace("AU05", "AU17") + "1,0,5,1,1,0,0\n"
    )
    with pytest.raises(ValueError, match=r"two\.csv has other columns than .*AU05_c"):
        read([one, two])


def test_a_table_of_py_feat(tmp_path):
    feat = write(
        tmp_path / "feat.csv",
        "frame,FaceScore,AU25,Identity\n50,0.9,0.25,Person_1\n50,0.8,0.5,Person_2\n",
    )
    frames = read([feat], {feat: 1.0}, face="Person_2", frame_rate=25)
    assert frames["timestamp"].to_list() == [3.0]
    assert frames["AU25_r"].to_list() == [0.5]
    with pytest.raises(ValueError, match=r"feat\.csv is a table of py-feat, which nee"):
        read([feat], face="Person_2")
