"""SEMAINE's transcripts of a session: word by word, or plain."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from pathlib import Path

from hanrock_sk.datasets._marks import brace_marks
from hanrock_sk.files.text import read_text

SPEAKERS = ("user", "operator")

_TURN = re.compile(r"---recording.*turn (\d+)---")
_WORD = re.compile(r"(\d+)\s+(\d+)\s+(\S+)")
_CLOCK = r"(\d+):(\d\d):(\d{3})"
_LINE = re.compile(rf"{_CLOCK}\s+{_CLOCK}\s+(User|Operator)\s+(.*)")


@dataclass(frozen=True)
class Turn:
    """What one of the two said in one go; times in seconds into the session."""

    speaker: str
    start: float
    end: float
    text: str


def read_turns(folder: Path) -> list[Turn]:
    """Return the turns of a session in order of time; none without a transcript."""
    by_words = {
        speaker: sorted(folder.glob(f"wordLevel_alignedTranscript_*_{speaker}"))
        for speaker in SPEAKERS
    }
    plain = sorted(folder.glob("alignedTranscript_*.txt"))
    if all(by_words.values()) or not plain:
        half = [speaker for speaker in SPEAKERS if not by_words[speaker]]
        if len(half) == 1:
            warnings.warn(f"{folder} has no transcript of the {half[0]}.", stacklevel=4)
        turns = [
            turn
            for speaker in SPEAKERS
            for file in by_words[speaker]
            for turn in _read_turns_by_words(file, speaker)
        ]
    else:
        turns = [turn for file in plain for turn in _read_plain_turns(file)]
    return sorted(turns, key=lambda turn: turn.start)


def _read_turns_by_words(file: Path, speaker: str) -> list[Turn]:
    """Read a word-level transcript; turns without words are left out."""
    turns: list[Turn] = []
    words: list[tuple[float, float, str]] | None = None
    latest = 0.0
    lines = read_text(file, replace=True).splitlines()
    for number, line in enumerate(lines, 1):
        where = f"{file}, line {number}"
        line = line.strip()
        if not line:
            continue
        if _TURN.fullmatch(line):
            if words is not None:
                raise ValueError(f"{where}: a turn begins before the last one ended.")
            words = []
        elif words is None:
            raise ValueError(f"{where}: {line!r} stands outside of a turn.")
        elif line == ".":
            if words:
                text = " ".join(word for _, _, word in words)
                end = max(end for _, end, _ in words)
                turns.append(Turn(speaker, words[0][0], end, _mark_sounds(text)))
            words = None
        else:
            match = _WORD.fullmatch(line)
            if match is None:
                raise ValueError(f"{where}: expected 'start end WORD', got {line!r}.")
            start, end = int(match[1]) / 1000, int(match[2]) / 1000
            _check_clock(where, start, end, latest)
            latest = start
            words.append((start, end, match[3]))
    if words is not None:
        raise ValueError(
            f"{file}, line {len(lines)}: the last turn does not end; the file is cut "
            "short."
        )
    return turns


def _read_plain_turns(file: Path) -> list[Turn]:
    """Read a plain transcript, one turn per line."""
    turns: list[Turn] = []
    latest = dict.fromkeys(SPEAKERS, 0.0)
    for number, line in enumerate(read_text(file, replace=True).splitlines(), 1):
        if not line.strip():
            continue
        where = f"{file}, line {number}"
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise ValueError(
                f"{where}: expected 'mm:ss:mmm mm:ss:mmm User|Operator text', got "
                f"{line!r}."
            )
        start, end = _seconds(*match.groups()[:3]), _seconds(*match.groups()[3:6])
        speaker = match[7].lower()
        _check_clock(where, start, end, latest[speaker])
        latest[speaker] = start
        turns.append(Turn(speaker, start, end, _mark_sounds(match[8])))
    return turns


def _seconds(minutes: str, seconds: str, thousandths: str) -> float:
    return int(minutes) * 60 + int(seconds) + int(thousandths) / 1000


def _check_clock(where: str, start: float, end: float, latest: float) -> None:
    if end < start:
        raise ValueError(f"{where}: ends ({end:g} s) before it starts ({start:g} s).")
    if start < latest:
        raise ValueError(
            f"{where}: time runs backwards, from {latest:g} s to {start:g} s."
        )


def _mark_sounds(text: str) -> str:
    return brace_marks(brace_marks(text, "<", ">"), "(", ")")
