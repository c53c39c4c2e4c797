"""py-feat's tables."""

from __future__ import annotations

import pandas as pd
import pytest

from hanrock_sk.features import add_actions, read_pyfeat

HEADER = "FaceRectX,FaceScore,AU05,AU06,AU12,AU17,anger,frame\n"
ROWS = "1,0.9,0.2,0.6,0.7,0.4,0,0\n1,0.8,0.4,0.6,0.4,0.8,0,1\n,,,,,,,2\n"


def write(folder, text):
    path = folder / "a.csv"
    path.write_text(text)
    return path


def test_frames(tmp_path):
    frames = read_pyfeat(write(tmp_path, HEADER + ROWS), frame_rate=10)
    assert frames["timestamp"].tolist() == [0.0, 0.1, 0.2]
    assert frames["success"].tolist() == [1, 1, 0]
    assert frames["AU12_c"].tolist()[:2] == [1, 0]
    assert "AU06_r" not in frames.columns
    assert frames["confidence"].tolist() == [0.9, 0.8, 0]
    talkturns = pd.DataFrame({"start": [0.0], "end": [0.2]})
    told = add_actions(talkturns, frames)
    assert told["au05"].tolist() == pytest.approx([0.3])
    assert told["positive_expression"].tolist() == [False]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("frame,AU05\n0,1\n", r"lacks \['FaceScore'\]"),
        ("frame,FaceScore,AU01\n0,1,1\n", "has none of the action units"),
        (
            HEADER + ROWS.split("\n")[0] + "\n" + ROWS,
            "line 3: frame 0 shows several faces: keep the rows of one",
        ),
        (HEADER + ROWS.replace("0.8,0.4", "0.8,4"), r"line 3: AU05 is 4, outside"),
    ],
)
def test_what_is_refused(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        read_pyfeat(write(tmp_path, text), frame_rate=10)


FACES = """,FaceScore,y_30,AU05,AU12,input,frame,approx_time,Identity
0,0.9,200.5,0.2,0.75,"films/Anna, first.mp4",0,00:00,Person_0
1,0.8,310,0.6,0.25,"films/Anna, first.mp4",0,00:00,Person_1
2,0.7,210,0.4,0.5,"films/Anna, first.mp4",50,00:02,Person_0
3,0.95,211,0.1,0.5,"films/Anna, first.mp4",50,00:02,Person_2
4,0.0,,,,"films/Anna, first.mp4",75,00:03,
"""


def test_several_faces(tmp_path):
    path = write(tmp_path, FACES)
    with pytest.raises(ValueError, match=r"line 3: frame 0 shows several faces: 'Pers"):
        read_pyfeat(path, frame_rate=25)
    frames = read_pyfeat(path, frame_rate=25, identity="Person_0")
    assert frames["timestamp"].tolist() == [0.0, 2.0]
    assert frames["y_30"].tolist() == [200.5, 210]
    assert frames["AU05_r"].tolist() == [0.2, 0.4]
    assert frames["AU12_c"].tolist() == [1, 1]
    joined = read_pyfeat(path, frame_rate=25, identity=["Person_0", "Person_2"])
    assert joined["confidence"].tolist() == [0.9, 0.95]
    assert joined["AU05_r"].tolist() == [0.2, 0.1]
    with pytest.raises(ValueError, match="has no face 'Anna'; it has 'Person_0' "):
        read_pyfeat(path, frame_rate=25, identity="Anna")


def test_a_frame_rate_that_is_not_the_videos(tmp_path):
    path = write(tmp_path, FACES)
    with pytest.raises(
        ValueError, match=r"filmed at 00:02, .*=10 makes 5 s.* about 20"
    ):
        read_pyfeat(path, frame_rate=10, identity="Person_0")
