"""Seconds to read 1,000 WebVTT files of an hour each, beside webvtt-py's parsing.

pip install webvtt-py && python tests/benchmarks/transcript_speed.py --files 1000
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
import warnings
from pathlib import Path

from hanrock_sk.features import read_transcript

CUES = 1200  # one every three seconds


def clock(seconds):
    hours, rest = divmod(seconds, 3600)
    return f"{hours:02}:{rest // 60:02}:{rest % 60:02}.000"


def an_hour(rng):
    cues = [
        f"{n + 1}\n{clock(3 * n)} --> {clock(3 * n + 3)}\n"
        f"Speaker {rng.randint(1, 4)}: {' '.join(rng.choices(WORDS, k=10))}\n"
        for n in range(CUES)
    ]
    return "WEBVTT\n\n" + "\n".join(cues)


WORDS = [
    "so",
    "we",
    "talk",
    "about",
    "birds",
    "and",
    "fish",
    "at",
    "the",
    "sea",
    "today",
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=1000)
    n_files = parser.parse_args().files
    rng = random.Random(0)
    path = Path(tempfile.mkdtemp(), "hour.vtt")
    path.write_text(an_hour(rng))
    warnings.simplefilter("ignore")
    import webvtt  # not a dependency of anything else here

    taken = {"read_transcript": 0.0, "webvtt-py": 0.0}
    for _ in range(n_files):  # in turns, so that both see the same machine
        begun = time.perf_counter()
        read_transcript(path)
        taken["read_transcript"] += time.perf_counter() - begun
        begun = time.perf_counter()
        webvtt.read(path)
        taken["webvtt-py"] += time.perf_counter() - begun
    for name, seconds in taken.items():
        print(f"{name}: {seconds:.1f} s for {n_files} files")


if __name__ == "__main__":
    main()
