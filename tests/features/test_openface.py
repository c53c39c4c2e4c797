"""Frames of OpenFace, on a real file and on one for each quirk of its layouts."""

from __future__ import annotations

import csv
import gzip

import numpy as np
import pytest

from hanrock_sk.features import read_openface

HEADER = (
    "frame, face_id, timestamp, confidence, success, pose_Tz, "
    "AU05_r, AU12_r, AU05_c, AU06_c, AU12_c"
)


def write(path, *rows, header=HEADER):
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


@pytest.fixture
def samples(data_root):
    return data_root / "formats" / "openface"


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_the_older_layout_on_a_real_file(samples, backend):
    path = samples / "OpenFace_Test.csv.gz"
    with gzip.open(path, "rt", newline="") as file:
        rows = list(csv.DictReader(file, skipinitialspace=True))
    frames = read_openface(path, backend=backend)
    assert type(frames).__module__.startswith(backend)
    assert list(frames.columns) == [
        *("timestamp", "confidence", "success", "pose_Tz", "y_30"),
        *("AU05_r", "AU17_r", "AU20_r", "AU25_r"),
        *("AU06_c", "AU12_c", "AU05_c", "AU17_c", "AU20_c", "AU25_c"),
    ]
    assert len(frames) == len(rows) == 100
    for name in frames.columns:
        assert list(frames[name]) == [float(row[name]) for row in rows]
    assert frames["AU05_r"][0] == 0.3434


@pytest.mark.parametrize("name", ["full_714", "pose_aus"])
def test_the_layouts_of_version_2(samples, tmp_path, name):
    header = (samples / f"openface_2x_header_{name}.txt").read_text().strip()
    columns = [column.strip() for column in header.split(",")]
    values = dict.fromkeys(columns, 0) | {
        "timestamp": 0.04,
        "confidence": 0.9,
        "AU25_r": 1.25,
        "AU28_c": 1,
    }
    row = ", ".join(str(value) for value in values.values())
    frames = read_openface(write(tmp_path / "face.csv", row, header=header))
    assert len(columns) == (714 if name == "full_714" else 46)
    assert ("y_30" in frames.columns) == (name == "full_714")
    assert frames[["timestamp", "confidence", "AU25_r"]].to_numpy().tolist() == [
        [0.04, 0.9, 1.25]
    ]


def test_action_units_can_be_chosen(tmp_path):
    path = write(tmp_path / "face.csv", "1, 0, 0.0, 0.9, 1, 500, 0.5, 2.5, 0, 1, 1")
    assert "AU12_r" not in read_openface(path)
    frames = read_openface(path, action_units=[12])
    assert "AU05_r" not in frames
    assert frames["AU12_r"].tolist() == [2.5]
    with pytest.raises(ValueError, match=r"no intensity .* of action unit \[17\]"):
        read_openface(path, action_units=[5, 17])


def test_several_faces(tmp_path):
    path = write(
        tmp_path / "faces.csv",
        "1, 0, 0.0, 0.9, 1, 500, 0.5, 0, 0, 1, 1",
        "1, 1, 0.0, 0.9, 1, 700, 1.5, 0, 0, 1, 1",
        "2, 1, 0.1, 0.9, 1, 701, 2.5, 0, 0, 1, 1",
    )
    with pytest.raises(
        ValueError, match=r"several faces: 0 \(1 frames\), 1 \(2 frames\).*face_id"
    ):
        read_openface(path)
    assert read_openface(path, face_id=1)["AU05_r"].tolist() == [1.5, 2.5]
    assert read_openface(path, face_id=0)["pose_Tz"].tolist() == [500]
    with pytest.raises(ValueError, match="no face 2"):
        read_openface(path, face_id=2)


def test_failed_frames_are_kept(tmp_path):
    path = write(
        tmp_path / "face.csv",
        "1, 0, 0.0, 0.00, 0, 0, 0, 0, 0, 0, 0",
        "2, 0, 0.1, 0.98, 1, 500, -nan(ind), 0, 0, 0, 0",
    )
    frames = read_openface(path)
    assert frames["success"].tolist() == [0, 1]
    assert np.isnan(frames["AU05_r"][1])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["1, 0, 0.0, 0.9, 1, 500, 0, 0, 0"], "line 2: 9 fields"),
        (["1, 0, 0.0, 0.9, 1, 500, 0, 0, 0, 1, 2"], "line 2: AU12_c is 2, outside"),
        (["1, 0, 0.0, 0.9, 1, 500, 5.5, 0, 0, 1, 1"], "line 2: AU05_r is 5.5"),
        (["1, 0, 0.0, 90, 1, 500, 0, 0, 0, 1, 1"], "line 2: confidence is 90"),
        (["1, 0, , 0.9, 1, 500, 0, 0, 0, 1, 1"], "line 2: the timestamp is missing"),
        (
            [
                "1, 0, 0.1, 0.9, 1, 500, 0, 0, 0, 1, 1",
                "2, 0, 0.0, 0.9, 1, 500, 0, 0, 0, 1, 1",
            ],
            r"line 3: the timestamp 0 s does not come after .* \(0.1 s\)",
        ),
        ([], "has a header but no rows"),
    ],
)
def test_broken_files(tmp_path, rows, message):
    path = write(tmp_path / "face.csv", *rows)
    with pytest.raises(ValueError, match=rf"face\.csv.*{message}"):
        read_openface(path)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("speaker,word,start,end", "not OpenFace output of a video: its header lacks"),
        ("face, confidence, AU05_r", "OpenFace output for single images"),
        ("frame, timestamp, confidence, success, gaze_0_x", "neither action units nor"),
    ],
)
def test_files_of_another_kind(tmp_path, header, message):
    path = write(tmp_path / "face.csv", "1, 2, 3, 4", header=header)
    with pytest.raises(ValueError, match=rf"face\.csv.*{message}"):
        read_openface(path)


def test_no_face_id_column_no_choice(tmp_path):
    path = write(
        tmp_path / "face.csv",
        "1, 0.0, 0.9, 1, 0.5",
        header="frame, timestamp, confidence, success, AU05_r",
    )
    assert read_openface(path, face_id=0)["AU05_r"].tolist() == [0.5]
    with pytest.raises(ValueError, match="no face_id column"):
        read_openface(path, face_id=1)


def test_one_person_under_two_numbers(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "frame, face_id, timestamp, confidence, success, AU05_r\n"
        "1, 0, 0.00, 0.9, 1, 1\n2, 0, 0.04, 0.5, 1, 2\n2, 1, 0.04, 0.9, 1, 3\n"
        "3, 1, 0.08, 0.9, 1, 4\n4, 2, 0.12, 0.9, 1, 5\n"
    )
    frames = read_openface(path, face_id=(0, 1))
    assert frames["AU05_r"].tolist() == [1, 3, 4]
    with pytest.raises(ValueError, match="has no face 7"):
        read_openface(path, face_id=(0, 7))


def test_semicolons_are_named(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("frame;face_id;timestamp\n1;0;0\n")
    with pytest.raises(ValueError, match="separated by semicolons"):
        read_openface(path)
