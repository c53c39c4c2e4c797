"""Write the invented counselling sessions that the README and the tutorial read.

Run from the repository's root::

    python docs/data/make_sessions.py docs/data

``sessions.csv`` has two dozen sessions as transcripts of the commonest kind look:
starts without ends, codes for one of the two speakers, by two raters, some missing.
``new_session.vtt`` has one more, uncoded, as captions.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

COUNSELLOR = {
    "question": (
        "what brings you here {when}", "how was {topic} {when}",
        "what would you like to change about {topic}", "when did {topic} get harder",
        "who helps you with {topic}", "how do you feel about {topic} now",
    ),
    "reflection": (
        "so {topic} has been weighing on you", "it sounds as if {topic} wears you out",
        "you are torn about {topic}", "part of you wants {topic} to be different",
        "so {when} was a good day", "you sound proud of {topic}",
    ),
    "advice": (
        "you could write down every {unit} of {topic}", "try a short walk {when}",
        "it may help to talk to a friend about {topic}",
        "let us set one small goal for {topic}", "keep {topic} out of the bedroom",
        "I would suggest one {unit} without it",
    ),
    "other": (
        "mm-hmm", "okay", "right", "thank you for telling me", "take your time",
        "good to see you {when}",
    ),
}  # fmt: skip
CLIENT = (
    "{topic} is all I think about", "I slept badly {when}", "not much has changed",
    "I tried for one {unit}", "my sister says {topic} is getting worse", "I think so",
    "I don't know", "{when} was better", "I want to stop worrying about {topic}",
    "maybe", "it is hard to say no", "I felt ashamed {when}",
)  # fmt: skip
TOPICS = ("work", "drinking", "sleep", "smoking", "money", "the exams", "my weight")
WHEN = ("today", "last week", "this morning", "yesterday", "since we met")
UNITS = ("day", "evening", "week")

COLUMNS = ("conversation", "speaker", "start", "text", "rater_1", "rater_2")
N_SESSIONS, N_PAIRS = 24, 10
MISSING, DISAGREE = 0.15, 0.15


def make_session(generator: np.random.Generator) -> list[tuple[float, str, str, str]]:
    """Return start, speaker, text and code of each talkturn; the client has no code."""
    topic = str(generator.choice(TOPICS))
    said, start = [], 3.0
    for _ in range(N_PAIRS):
        code = str(generator.choice([*COUNSELLOR], p=[0.35, 0.25, 0.2, 0.2]))
        for speaker, texts in (("counsellor", COUNSELLOR[code]), ("client", CLIENT)):
            text = str(generator.choice(texts)).format(
                topic=topic, when=generator.choice(WHEN), unit=generator.choice(UNITS)
            )
            if speaker == "counsellor" and code == "question":
                text += "?"
            said.append((start, speaker, text, code if speaker != "client" else ""))
            start = round(start + 1 + 0.4 * len(text.split()) + generator.random(), 1)
    return said


def rate(code: str, generator: np.random.Generator) -> str:
    """Return what a rater notes: now and then nothing, or another code."""
    if not code or generator.random() < MISSING:
        return ""
    if generator.random() < DISAGREE:
        return str(generator.choice([*COUNSELLOR]))
    return code


def clock(seconds: float) -> str:
    """Write seconds as captions do."""
    minutes, rest = divmod(seconds, 60)
    return f"00:{int(minutes):02d}:{rest:06.3f}"


def main(folder: str) -> None:
    """Write both files."""
    generator = np.random.default_rng(0)
    with Path(folder, "sessions.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            ["conversation", "speaker", "start", "text", "rater_1", "rater_2"]
        )
        for number in range(1, N_SESSIONS + 1):
            for start, speaker, text, code in make_session(generator):
                ratings = [rate(code, generator) for _ in range(2)]
                writer.writerow([f"s{number:02d}", speaker, start, text, *ratings])
    new = make_session(generator)
    cues = ["WEBVTT"]
    for (start, speaker, text, _), (end, *_) in zip(new, [*new[1:], (0,)], strict=True):
        end = end or start + 2
        cues.append(f"{clock(start)} --> {clock(end - 0.3)}\n{speaker}: {text}")
    Path(folder, "new_session.vtt").write_text("\n\n".join(cues) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
