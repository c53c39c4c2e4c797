"""AMI and MELD in the layout of their releases, small and invented."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np

ACTS = {
    "inf": ["it has four buttons", "they are made of rubber", "it costs a dollar"],
    "ass": ["that is good", "i like it", "not too bad"],
    "sug": ["we could make it yellow", "let us take the cheap one"],
    "el.inf": ["what does it cost", "how many are there"],
    "bck": ["mm-hmm", "{vocalsound} yeah"],
}
"""Texts by AMI's dialogue acts; backchannels are not labelled."""

EMOTIONS = {
    "neutral": ["It is at four.", "He works there."],
    "joy": ["That is wonderful!", "I love it!"],
    "anger": ["How dare you?", "Get out!"],
    "sadness": ["I miss her.", "It is all over."],
    "surprise": ["What?", "You did what?"],
    "fear": ["There is something out there.", "I am scared."],
    "disgust": ["That smells.", "Oh, that is gross."],
}
SENTIMENTS = {"neutral": "neutral", "surprise": "positive", "joy": "positive"}


def write_ami(folder: Path, talkturns: int = 30) -> Path:
    """Write ten meetings to train on and three to report on; return the folder."""
    folder.mkdir()
    generator, lists = np.random.default_rng(0), {"train": [], "dev": []}
    rows = [("meeting", "start", "end", "speaker", "role", "da_type", "text")]
    for number in range(13):
        meeting = f"ES20{number:02d}a"
        lists["train" if number < 10 else "dev"].append(meeting)
        for turn in range(talkturns):
            act = generator.choice(list(ACTS))
            start = 3 * turn + generator.random()
            said = start + 1 + generator.random()
            row = (meeting, start, said, "ABCD"[turn % 4], "PM", act)
            rows.append((*row, generator.choice(ACTS[act])))
    for name, meetings in lists.items():
        (folder / f"{name}.txt").write_text("\n".join(meetings))
    table = "\n".join("\t".join(map(str, row)) for row in rows)
    (folder / "ami_dialogue_acts.tsv.gz").write_bytes(gzip.compress(table.encode()))
    return folder


def write_meld(folder: Path, utterances: int = 12) -> Path:
    """Write ten dialogues to train on and four to report on; return the folder."""
    folder.mkdir()
    generator = np.random.default_rng(0)
    for name, n_dialogues in ("train", 10), ("dev", 4):
        rows = []
        for dialogue in range(n_dialogues):
            for at in range(utterances):
                emotion = generator.choice(list(EMOTIONS))
                rows.append(
                    {
                        "Utterance": generator.choice(EMOTIONS[emotion]),
                        "Speaker": ("Monica", "Ross")[at % 2],
                        "Emotion": emotion,
                        "Sentiment": SENTIMENTS.get(emotion, "negative"),
                        "Dialogue_ID": dialogue,
                        "Utterance_ID": at,
                        "StartTime": f"00:01:{4 * at:02d},000",
                        "EndTime": f"00:01:{4 * at + 2:02d},500",
                    }
                )
        with (folder / f"{name}_sent_emo.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder
