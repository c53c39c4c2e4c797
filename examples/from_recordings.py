"""From the files that a recording leaves behind to a prediction for each talkturn.

OpenFace has watched both faces of a call, a speech recogniser has written down who said
what, a classifier has judged the tone of voice, and there is the sound. These files
become one talkturn table, and a model reads it::

    python examples/from_recordings.py
    python examples/from_recordings.py --output FOLDER

It takes less than a minute and no download: the call is made up, and its files are
written first, as the tools write them (the lower half of this script). The model learns
from synthetic conversations, for want of a corpus that everyone has.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
import wave
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from sklearn.pipeline import Pipeline

from hanrock_sk import (
    AuxiliaryTargets,
    AuxiliaryWeights,
    HANRockClassifier,
    MonahNarrator,
    explain,
)
from hanrock_sk.datasets import make_conversations
from hanrock_sk.features import assemble

SPEAKERS = {"SPEAKER_00": "woman", "SPEAKER_01": "man"}
"""A recogniser numbers the speakers; who they are, one has to hear."""


def read_recordings(folder: Path) -> pd.DataFrame:
    """Make one table of a call's files."""
    audio = folder / "call.wav"
    if find_spec("parselmouth") is None:
        print("The sound is left out: to measure it, pip install 'hanrock-sk[audio]'")
        audio = None
    talkturns = assemble(
        folder / "call.json",
        openface={speaker: folder / f"{speaker}.csv" for speaker in SPEAKERS},
        tone=folder / "tone.csv",
        audio=audio,
    )
    return talkturns.assign(speaker=talkturns["speaker"].map(SPEAKERS))


def train(columns: pd.Index) -> Pipeline:
    """Learn emotions from synthetic conversations that have no other columns."""
    X, y = make_conversations(40, random_state=0)
    model = HANRockClassifier(
        word_gru=32,
        pri_gru=32,
        attention_units=64,
        lr=0.005,
        max_epochs=6,
        device="cpu",
        random_state=0,
    )
    pipeline = Pipeline(
        [
            ("narrate", MonahNarrator()),
            ("targets", AuxiliaryTargets()),
            ("weights", AuxiliaryWeights(random_state=0)),
            ("model", model),
        ]
    )
    # What nobody measured in the call must not be learnt from.
    return pipeline.fit(X[X.columns.intersection(columns)], y)


def main() -> None:
    """Write the files, read them, train, predict, and show it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--output", type=Path, help="folder to write to; a temporary one by default"
    )
    folder = parser.parse_args().output or Path(tempfile.mkdtemp(prefix="hanrock-"))
    recordings, page = folder / "call", folder / "report.html"
    recordings.mkdir(parents=True, exist_ok=True)
    # So small a network loses more by handing work to threads than it wins.
    torch.set_num_threads(1)

    call = plan_call()
    write_recordings(recordings, call)
    print(f"What is left of the call, in {recordings}:")
    for file in sorted(recordings.iterdir()):
        print(f"  {file.name:16s} {file.stat().st_size / 1000:8.1f} kB")

    talkturns = read_recordings(recordings)
    shown = ["speaker", "start", "delay", "speech_rate", "tone_sad", "au17", "smile"]
    heard = [column for column in ["pitch_mean"] if column in talkturns.columns]
    print("\nThe talkturn table, in part. What could not be measured is missing:")
    print(talkturns[shown + heard].round(2).to_string())

    pipeline = train(talkturns.columns)
    felt = np.array([talkturn.feeling for talkturn in call], dtype=object)
    predicted = pipeline.predict(talkturns)
    print("\nWhat they feel, what is predicted, and what the model reads:")
    narratives = pipeline[:-1].transform(talkturns)["narrative"]
    for row in zip(felt, predicted, narratives, strict=True):
        print("  {:8s} {:8s} {}".format(*row))
    print(f"{(felt == predicted).sum()} of {len(felt)} as they feel")

    explain.report(pipeline, talkturns, felt, page, title="What is left of a call")
    print(f"\nwrote {page} ({page.stat().st_size / 1e6:.1f} MB)")


# From here on the call is made up. With files of your own, none of this is needed.

CALL = """
SPEAKER_00 neutral Well, how was the hotel, just the usual room?
SPEAKER_01 neutral So, it was an ordinary room, and everything looked quite normal.
SPEAKER_00 neutral Right, and the flight, that was at 7 as you expected?
SPEAKER_01 neutral Okay, yes, a regular flight, it was all very routine.
SPEAKER_00 happy I thought of the beach again, it was so wonderful, really lovely.
SPEAKER_01 angry Look, they lost my suitcase, it was rude, it was outrageous.
SPEAKER_00 neutral Oh.
SPEAKER_01 angry They made me wait, this is unacceptable, everything seems so unfair.
SPEAKER_00 sad I mean, that sounds really miserable, I feel quite sad.
SPEAKER_01 sad And the boat was gone, the beach looked bleak and empty.
SPEAKER_00 happy You know, there was the map, you made it brilliant, it was perfect.
SPEAKER_01 neutral Mm-hmm.
SPEAKER_00 happy So, my brother brought up the boat yesterday, that sounds delightful.
SPEAKER_01 happy Right, that would be great, I feel quite cheerful.
"""
"""Who speaks, what they feel, what they say."""

FRAME_RATE, SAMPLE_RATE = 25, 16_000
PITCH = {"SPEAKER_00": 210, "SPEAKER_01": 120}
TONES = ("neutrality", "happiness", "sadness", "anger", "fear")
ACTION_UNITS = (5, 6, 12, 17, 20, 25)


class Manner(NamedTuple):
    """How people speak and look who feel so, give or take."""

    delay: float  # seconds of silence before they speak
    speech_rate: float  # words per minute
    pitch: float  # relative to their usual one
    tone: tuple[float, ...]  # as in TONES
    face: dict[int, float]  # intensity of the action units that are not at rest, to 5


MANNERS = {
    "neutral": Manner(0.4, 160, 1.0, (0.80, 0.05, 0.05, 0.05, 0.05), {}),
    "happy": Manner(0.2, 180, 1.3, (0.15, 0.70, 0.05, 0.05, 0.05), {6: 2, 12: 3}),
    "sad": Manner(1.3, 115, 0.9, (0.18, 0.02, 0.70, 0.05, 0.05), {}),
    "angry": Manner(-0.1, 205, 1.2, (0.13, 0.02, 0.05, 0.75, 0.05), {5: 3, 17: 2}),
}


class Talkturn(NamedTuple):
    """One talkturn of the call."""

    speaker: str
    feeling: str
    words: list[str]
    times: np.ndarray  # when each word starts, and when the last one ends (seconds)


def plan_call() -> list[Talkturn]:
    """Lay the talkturns of the call out in time."""
    random = np.random.default_rng(0)
    call, over = [], 0.5
    for line in CALL.strip().splitlines():
        speaker, feeling, *words = line.split()
        manner = MANNERS[feeling]
        delay, speech_rate = random.normal(1, 0.1, 2) * manner[:2]
        seconds = np.arange(len(words) + 1) * 60 / speech_rate
        times = (over + delay + seconds).round(3)
        call.append(Talkturn(speaker, feeling, words, times))
        over = times[-1]
    return call


def write_recordings(folder: Path, call: list[Talkturn]) -> None:
    """Write what a recogniser, OpenFace, Vokaturi and a microphone would leave."""
    write_transcript(folder / "call.json", call)
    for speaker in SPEAKERS:
        own = [talkturn for talkturn in call if talkturn.speaker == speaker]
        write_face(folder / f"{speaker}.csv", own)
    write_tone(folder / "tone.csv", call)
    write_sound(folder / "call.wav", call)


def write_transcript(file: Path, call: list[Talkturn]) -> None:
    """Write WhisperX' JSON; a number is a word that it finds no times for."""
    segments = []
    for speaker, _, said, times in call:
        words = [
            {"word": word, "start": start, "end": end, "speaker": speaker}
            if not word.isdigit()
            else {"word": word}
            for word, (start, end) in zip(said, pairwise(times.tolist()), strict=True)
        ]
        start, end = times[[0, -1]].tolist()
        segment = {"start": start, "end": end, "text": " ".join(said), "words": words}
        segments.append({**segment, "speaker": speaker})
    file.write_text(json.dumps({"segments": segments, "language": "en"}))


def write_face(file: Path, talkturns: list[Talkturn]) -> None:
    """Write OpenFace's CSV of a face: of its 714 columns those that are read.

    The happy smile and nod, the angry lean forward, and the sad bow their heads, so
    that the tracker fails.
    """
    time = np.arange(0, talkturns[-1].times[-1] + 2, 1 / FRAME_RATE)
    seen = np.ones(len(time))
    distance, nose = 700 * seen, 240 * seen
    units = {unit: np.full(len(time), 0.2) for unit in ACTION_UNITS}
    for _, feeling, _, times in talkturns:
        speaking = (time >= times[0]) & (time <= times[-1])
        for unit, intensity in MANNERS[feeling].face.items():
            units[unit][speaking] = intensity
        since = time - times[0]
        if feeling == "happy":
            nodding = (since >= 0.5) & (since <= 1.5)  # twice
            nose[nodding] += 20 * np.sin(4 * np.pi * (since[nodding] - 0.5))
        elif feeling == "angry":
            distance -= np.interp(since, [0.5, 1.5, 2.5, 3.0], [0, 200, 200, 0])
        elif feeling == "sad":
            seen[speaking] = 0
    columns = {
        "frame": np.arange(1, len(time) + 1),
        "face_id": np.zeros(len(time)),
        "timestamp": time,
        "confidence": 0.98 * seen,
        "success": seen,
        "pose_Tz": distance * seen,
        "y_30": nose * seen,
        **{f"AU{unit:02d}_r": units[unit] * seen for unit in ACTION_UNITS},
        **{f"AU{unit:02d}_c": (units[unit] >= 1) * seen for unit in ACTION_UNITS},
    }
    frames, header = np.column_stack(list(columns.values())), ", ".join(columns)
    np.savetxt(file, frames, fmt="%g", delimiter=", ", header=header, comments="")


def write_tone(file: Path, call: list[Talkturn]) -> None:
    """Write Vokaturi's probabilities; it cannot judge a mere "Oh."."""
    random = np.random.default_rng(0)
    with file.open("w", newline="") as opened:
        table = csv.writer(opened)
        table.writerow(["audio_id", "speaker", "talkturn no", *TONES])
        for number, (speaker, feeling, words, _) in enumerate(call):
            if len(words) > 1:
                tone = random.dirichlet(30 * np.array(MANNERS[feeling].tone)).round(3)
                table.writerow(["call", speaker, number, *tone])


def write_sound(file: Path, call: list[Talkturn]) -> None:
    """Write a WAV that hums at the speaker's pitch while somebody speaks."""
    sound = np.zeros(round((call[-1].times[-1] + 1) * SAMPLE_RATE))
    for speaker, feeling, _, times in call:
        first, last = (times[[0, -1]] * SAMPLE_RATE).round().astype(int)
        pitch = PITCH[speaker] * MANNERS[feeling].pitch
        phase = 2 * np.pi * pitch * np.arange(last - first) / SAMPLE_RATE
        for harmonic in range(1, 9):
            sound[first:last] += np.sin(harmonic * phase) / harmonic
    with wave.open(str(file), "wb") as opened:
        opened.setnchannels(1)
        opened.setsampwidth(2)  # bytes
        opened.setframerate(SAMPLE_RATE)
        opened.writeframes((5000 * sound).astype("<i2").tobytes())


if __name__ == "__main__":
    main()
