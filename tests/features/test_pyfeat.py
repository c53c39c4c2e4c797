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
            "line 3: frame 0 does not come after",
        ),
        (HEADER + ROWS.replace("0.8,0.4", "0.8,4"), r"line 3: AU05 is 4, outside"),
    ],
)
def test_what_is_refused(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        read_pyfeat(write(tmp_path, text), frame_rate=10)
