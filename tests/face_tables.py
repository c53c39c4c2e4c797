"""OpenFace 2's tables, written for tests."""

from __future__ import annotations

HEADER = "frame, face_id, timestamp, confidence, success, AU05_r, AU05_c\n"


def write(path, text):
    path.write_text(text)
    return path


def face(path, start=0.0, count=25, intensity=1.0, face_id=0):
    """Ten frames a second."""
    rows = [
        f"{place + 1}, {face_id}, {start + place / 10:.3f}, 0.98, 1, {intensity}, 1\n"
        for place in range(count)
    ]
    return write(path, HEADER + "".join(rows))
