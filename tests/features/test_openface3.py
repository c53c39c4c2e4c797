"""OpenFace 3's tables: invented ones, laid out as its command writes them."""

from __future__ import annotations

import pandas as pd
import pytest

from hanrock_sk.features import add_actions, assemble, read_openface

HEADER = (
    "timestamp,video_path,frame_index,face_id,face_detection,landmarks,emotion,"
    "gaze_yaw,gaze_pitch,action_units\n"
)
UNITS = "[[0.1, 0.2, 0.3, {au06}, 0.0, {au12}, {au25}, 0.4]]"


def points(nose=300.25):
    """98 landmarks; the 55th is the tip of the nose."""
    heights = [1.5] * 98
    heights[54] = nose
    return str([[100.125, height] for height in heights])


def row(frame, face="0", score=0.9, au06=0.6, au12=0.7, au25=0.5, nose=300.25):
    units = UNITS.format(au06=au06, au12=au12, au25=au25)
    return (
        f'2026-11-28 09:00:00,"films/Anna, 1.mp4",{frame},{face},'
        f'"[10.0, 20.0, 110.0, 140.0, {score}, 1.0, 2.0]","{points(nose)}",1.0,0.1,0.2,'
        f'"{units}"\n'
    )


NOBODY = "2026-11-28 09:00:00,films/anna.mp4,{frame},,,,,,,\n"


def write(folder, *rows, header=HEADER):
    path = folder / "face_analysis_anna.csv"
    path.write_text(header + "".join(rows))
    return path


def test_frames(tmp_path):
    path = write(
        tmp_path, row(0, "0.0"), NOBODY.format(frame=1), row(2, au25=0.25, nose=310)
    )
    frames = read_openface(path, frame_rate=25)
    assert frames["timestamp"].tolist() == [0, 0.04, 0.08]
    assert frames["success"].tolist() == [1, 0, 1]
    assert frames["confidence"].tolist() == [0.9, 0, 0.9]
    assert frames["AU25_r"].tolist()[::2] == [0.5, 0.25]
    assert frames["AU25_c"].tolist()[::2] == [1, 0]
    assert frames["y_30"].tolist()[::2] == [300.25, 310]
    assert frames[["AU06_c", "AU12_c"]].iloc[0].tolist() == [1, 1]
    assert frames.iloc[1, 3:].isna().all()
    assert not {"AU05_r", "AU12_r", "AU26_r"} & set(frames)
    told = add_actions(pd.DataFrame({"start": [0.0], "end": [0.1]}), frames)
    assert told["au25"].tolist() == [0.375]
    assert told["positive_expression"].tolist() == [True]


def test_action_units_can_be_chosen(tmp_path):
    frames = read_openface(
        write(tmp_path, row(0)), frame_rate=25, action_units=[12, 26]
    )
    assert frames["AU12_r"].tolist() == [0.7]
    assert frames["AU26_r"].tolist() == [0.4]
    with pytest.raises(ValueError, match=r"OpenFace 3, which has no action unit \[5\]"):
        read_openface(write(tmp_path, row(0)), frame_rate=25, action_units=[5])


def test_the_times_are_not_the_videos(tmp_path):
    with pytest.raises(
        ValueError, match="Pass the video's frames a second as frame_rate"
    ):
        read_openface(write(tmp_path, row(0)))


def test_several_faces(tmp_path):
    path = write(tmp_path, row(0), row(0, "1", score=0.6), row(1))
    with pytest.warns(UserWarning, match="shows several faces in 1 frames"):
        frames = read_openface(path, frame_rate=25)
    assert frames["confidence"].tolist() == [0.9, 0.9]
    assert len(read_openface(path, frame_rate=25, face_id=0)) == 2
    assert len(read_openface(path, frame_rate=25, face_id=(0,))) == 2
    for face in (1, [1, 0], (0, 1)):
        with pytest.raises(ValueError, match="not of face 1"):
            read_openface(path, frame_rate=25, face_id=face)


def test_in_a_conversation(tmp_path):
    words = tmp_path / "call.csv"
    words.write_text("speaker,word,start,end\nAnna,Hello,0,0.05\nBen,Hi,0.06,0.1\n")
    path = write(tmp_path, row(0), row(1, au25=1.0), row(2))
    told = assemble(words, openface={"Anna": path}, frame_rate=25)
    assert told["au25"].tolist()[0] == 0.75


def test_a_table_of_another_program(tmp_path):
    feat = tmp_path / "ben.csv"
    feat.write_text("frame,FaceScore,AU25,Identity\n2,0.9,0.25,Person_1\n")
    with pytest.raises(ValueError, match="table of py-feat; read_pyfeat reads it"):
        read_openface(feat)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (row(0) + row(0), "line 3: frame 0 does not come after the one before"),
        (
            row(0).replace("0.4]]", "0.4, 0.4]]"),
            "line 2: 9 action units; OpenFace 3 has 8",
        ),
        (row(0, au06=3.5), r"line 2: an action unit is 3\.5, outside of \[0, 1\]"),
        (row(0, au06="high"), "line 2: action_units has no number as its 4th entry"),
        (row(0).replace("[10.0", "10.0"), "line 2: face_detection holds '10.0, 20.0"),
        (row(0, score="x"), "line 2: face_detection has no number as its 5th entry"),
        (row("first"), "line 2: column 'frame_index' holds 'first', not a number"),
        (row(0)[:700], "line 2: unexpected end of data"),
        (row(0) + "2026,", "line 3: 2 fields, but the header names 10"),
        ("", "has a header but no rows"),
    ],
)
def test_what_is_refused(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        read_openface(write(tmp_path, text), frame_rate=25)


def test_single_images(tmp_path):
    header = HEADER.replace("video_path,frame_index", "image_path")
    path = write(tmp_path, "2026,a.png,0,,,,,,\n", header=header)
    with pytest.raises(ValueError, match="OpenFace output for single images"):
        read_openface(path, frame_rate=25)
