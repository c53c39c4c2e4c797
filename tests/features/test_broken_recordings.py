"""What programs tell of face and voice, broken on the way."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

from broken_files import broken, check_read_or_refused, fuzz
from hypothesis import given

from hanrock_sk.features import read_openface, read_pyfeat, read_tone

_POINTS = str([[100.5, float(place)] for place in range(98)])
_OPENFACE3 = "".join(
    f'2026-11-28 09:00:00,a.mp4,{frame},0,"[1.0, 2.0, 3.0, 4.0, 0.9]","{_POINTS}",1,0,'
    '0,"[[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]]"\n'
    for frame in range(3)
)
FILES = {
    "openface2.csv": (
        b"frame, face_id, timestamp, confidence, success, pose_Tz, AU05_r, AU05_c\n"
        b"1, 0, 0.00, 0.98, 1, 500.5, 0.2, 0\n2, 0, 0.04, 0.98, 1, 501.5, 0.6, 1\n"
    ),
    "openface3.csv": (
        "timestamp,video_path,frame_index,face_id,face_detection,landmarks,emotion,"
        "gaze_yaw,gaze_pitch,action_units\n" + _OPENFACE3
    ).encode(),
    "pyfeat.csv": (
        b"FaceScore,y_30,AU05,AU12,input,frame,approx_time,Identity\n"
        b"0.9,200.5,0.2,0.75,a.mp4,0,00:00,Person_0\n"
        b"0.7,210,0.4,0.5,a.mp4,50,00:02,Person_0\n"
    ),
    "tone.csv": b"file,neutral,happy,sad,angry,fear\na.wav,0.5,0.2,0.1,0.1,0.1\n",
    "times.csv": b"start;end;happy;sad\n0:00,5;0:01,5;0,5;0,5\n0:02;0:03;0,1;0,9\n",
    "printed.txt": b"a.wav\nNeutral: 0.7\nHappy: 0\nSad: 0.2\nAngry: 0.1\nFear: 0\n",
}


def read(name, content):
    path = Path(tempfile.mkdtemp(), name)
    path.write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if name.startswith("openface"):
            return read_openface(path, frame_rate=25)
        if name.startswith("pyfeat"):
            return read_pyfeat(path, frame_rate=25)
        return read_tone(path)


def test_whole():
    assert [len(read(name, content)) for name, content in FILES.items()] == [
        2, 3, 2, 1, 2, 1,
    ]  # fmt: skip


@fuzz
@given(broken(FILES))
def test_broken_files_are_read_or_refused_by_name(file):
    check_read_or_refused(read, *file)
