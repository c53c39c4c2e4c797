"""IEMOCAP: acted dialogues of two, with emotions, valence, activation and dominance."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from hanrock_sk.datasets._corpus import (
    check_choice,
    string_labels,
)
from hanrock_sk.datasets._marks import brace_marks
from hanrock_sk.datasets.forced_alignment import FRAMES_PER_SECOND, word_frames
from hanrock_sk.datasets.partition import IEMOCAP_RECORDINGS, SUBSETS
from hanrock_sk.features._tables import check_backend, new_table
from hanrock_sk.files.text import read_text

EMOTIONS = {
    "ang": "angry",
    "hap": "happy",
    "exc": "happy",
    "neu": "neutral",
    "sad": "sad",
}
"""The paper's four classes; every other code is context (Table 4)."""

DIMENSIONS = ("valence", "activation", "dominance")
TARGETS = ("emotion", *DIMENSIONS)
TIMES = ("turn", "words")
RELEASE = "IEMOCAP_full_release"

_DIALOGUE = re.compile(r"Ses0[1-5][MF]_(impro|script)0[1-9][ab]?(_\d[ab]?)?")
_MEAN = r"\s*(\d+(?:\.\d+)?|nan)?\s*"
_SUMMARY = re.compile(
    r"\[(\d+\.\d+) - (\d+\.\d+)\]\t(\w+)\t(\w+)\t" + rf"\[{_MEAN},{_MEAN},{_MEAN}\]\s*"
)
_RATING = re.compile(r"A-E\d+:\s*val\s*(\d*)\s*;\s*act\s*(\d*)\s*;\s*dom\s*(\d*)\s*;")
_SAID = re.compile(r"(\S+) \[(\d+\.\d+)-(\d+\.\d+)\]:\s?(.*)")


@dataclass(frozen=True)
class RatedTurn:
    """One evaluated turn; `means` are valence, activation and dominance."""

    dialogue: str
    name: str
    start: float
    end: float
    emotion: str
    means: list[float]
    text: str = ""

    @property
    def speaker(self) -> str:
        """Session and gender of who speaks: the gender leads the turn's last part.

        The front part of the name tells who wore the markers in the recording instead.
        """
        return self.dialogue[:5] + self.name.removeprefix(f"{self.dialogue}_")[0]


def load_iemocap(
    path: str | os.PathLike[str],
    target: str = "emotion",
    subset: str | None = None,
    times: str = "turn",
    backend: str = "pandas",
) -> tuple[Any, np.ndarray]:
    r"""Load IEMOCAP as a talkturn table, one row per evaluated turn.

    Parameters
    ----------
    path : path
        The folder ``IEMOCAP_full_release``, or the one it lies in. Of each session the
        folders ``dialog/EmoEvaluation`` and ``dialog/transcriptions`` are read, and
        ``sentences/ForcedAlignment`` for the times of words.
    target : {"emotion", "valence", "activation", "dominance"}, default="emotion"
        What `y` holds:

        - ``"emotion"``: "angry", "happy" (happy or excited), "neutral" or "sad". Turns
          with another label, or without agreement, have none: they are context.
        - ``"valence"``, ``"activation"``, ``"dominance"``: the mean over the external
          raters, from 1 to 5. Where a rater left a dimension out it is the mean over
          the others, and missing if there are none.
    subset : {"train", "dev", "test"} or None, default=None
        The paper's sessions (Table 5): 1 to 3, 4, or 5; None for all.
    times : {"turn", "words"}, default="turn"
        Where a talkturn starts and ends: as it was cut, or with its first and last word
        in the forced alignment. A turn without one keeps its cut.
    backend : {"pandas", "polars"}, default="pandas"
        Which library's table to return.

    Returns
    -------
    X : DataFrame
        Sorted by dialogue, then by start. Columns ``conversation`` (the dialogue, such
        as "Ses01F_impro01"), ``speaker`` (session and gender, such as "Ses01M"),
        ``text``, ``start``, ``end`` (seconds into the dialogue), ``turn`` (the corpus'
        name for it) and ``recording`` (the dialogue's front part, such as "Ses01F", by
        which `iemocap_partition` divides). Events such as [LAUGHTER] stand in the text
        as ``{laughter}``.
    y : ndarray of shape (n_talkturns,)
        Strings as objects, None where there is no label; or floats, NaN where missing.

    Raises
    ------
    FileNotFoundError
        If no session, or a file that belongs to another, is there.
    ValueError
        If a parameter is unknown, or a line cannot be read; the error names file and
        line.

    Warns
    -----
    UserWarning
        If sessions, words of a turn or alignments are not there, or bytes are not
        UTF-8.

    Notes
    -----
    Turns named with ``XX`` stand in the transcriptions only; nobody evaluated them, and
    the paper does not count them. They are left out.

    References
    ----------
    Busso, C. et al. (2008). IEMOCAP: Interactive emotional dyadic motion capture
    database. Language Resources and Evaluation 42.

    Examples
    --------
    >>> from hanrock_sk.datasets import load_iemocap
    >>> X, y = load_iemocap("IEMOCAP_full_release", "valence")  # doctest: +SKIP
    >>> X.shape  # doctest: +SKIP
    (10039, 7)
    """
    check_choice("target", target, TARGETS)
    check_choice("subset", subset, (*SUBSETS, None))
    check_choice("times", times, TIMES)
    check_backend(backend)
    wanted = (
        sum(IEMOCAP_RECORDINGS.values(), ())
        if subset is None
        else IEMOCAP_RECORDINGS[subset]
    )
    turns = [
        turn
        for session in _session_folders(Path(path), wanted)
        for file in _evaluation_files(session)
        if file.stem[:6] in wanted
        for turn in _read_dialogue(session, file, times)
    ]
    columns: dict[str, Any] = {
        "conversation": [turn.dialogue for turn in turns],
        "speaker": [turn.speaker for turn in turns],
        "text": [brace_marks(turn.text, "[", "]") for turn in turns],
        "start": np.array([turn.start for turn in turns]),
        "end": np.array([turn.end for turn in turns]),
        "turn": [turn.name for turn in turns],
        "recording": [turn.dialogue[:6] for turn in turns],
    }
    if target == "emotion":
        y = string_labels([EMOTIONS.get(turn.emotion) for turn in turns])
    else:
        y = np.array([turn.means[DIMENSIONS.index(target)] for turn in turns])
    return new_table(columns, backend), y


def _session_folders(root: Path, wanted: Sequence[str]) -> list[Path]:
    """Return the folders of the sessions that the wanted recordings lie in."""
    if (root / RELEASE).is_dir():
        root = root / RELEASE
    folders = [
        root / f"Session{int(name)}" for name in sorted({r[3:5] for r in wanted})
    ]
    absent = [folder.name for folder in folders if not folder.is_dir()]
    if len(absent) == len(folders):
        raise FileNotFoundError(
            f"There is no {' or '.join(absent)} in {os.fspath(root)!r}. The path must "
            f"be that of the folder {RELEASE} of the official release."
        )
    if absent:
        warnings.warn(
            f"{root} lacks {absent}: only the other sessions are loaded.", stacklevel=3
        )
    return [folder for folder in folders if folder.is_dir()]


def _evaluation_files(session: Path) -> list[Path]:
    """Return a session's evaluation files, one for each dialogue."""
    folder = session / "dialog" / "EmoEvaluation"
    # The archive holds macOS' own files, named "._" and the name of the real one.
    files = [
        file for file in sorted(folder.glob("*.txt")) if _DIALOGUE.fullmatch(file.stem)
    ]
    if not files:
        raise FileNotFoundError(f"There are no evaluations of dialogues in {folder}.")
    return files


def _read_dialogue(session: Path, evaluation: Path, times: str) -> list[RatedTurn]:
    """Return the turns of one dialogue, in order of time."""
    texts = _read_transcription(session / "dialog" / "transcriptions" / evaluation.name)
    turns = _read_evaluation(evaluation)
    silent = [turn.name for turn in turns if turn.name not in texts]
    if silent:
        warnings.warn(
            f"{evaluation} has {len(silent)} turns without a transcription, the first "
            f"{silent[0]}: their text is empty.",
            stacklevel=4,
        )
    turns = [replace(turn, text=texts.get(turn.name, "")) for turn in turns]
    if times == "words":
        turns = _cut_to_words(session, turns)
    return sorted(turns, key=lambda turn: turn.start)


def _read_evaluation(file: Path) -> list[RatedTurn]:
    """Read the turns of one evaluation file, in its order."""
    turns: list[RatedTurn] = []
    ratings: list[list[list[str]]] = []
    for number, line in enumerate(read_text(file, replace=True).splitlines(), 1):
        where = f"{file}, line {number}"
        if line.startswith("["):
            summary = _SUMMARY.fullmatch(line)
            if summary is None:
                raise ValueError(
                    f"{where}: expected '[start - end] turn emotion [V, A, D]', got "
                    f"{line!r}."
                )
            start, end, name, emotion, *published = summary.groups()
            if not re.fullmatch(rf"{file.stem}_[MF]\d{{3}}", name):
                raise ValueError(f"{where}: {name} is no turn of {file.stem}.")
            if any(turn.name == name for turn in turns):
                raise ValueError(f"{where}: {name} is evaluated for the second time.")
            if float(end) < float(start):
                raise ValueError(f"{where}: {name} ends before it starts.")
            means = [float(mean or "nan") for mean in published]
            turns.append(
                RatedTurn(file.stem, name, float(start), float(end), emotion, means)
            )
            ratings.append([[], [], []])
        elif rating := _RATING.match(line):
            if not turns:
                raise ValueError(f"{where}: a rating stands before the first turn.")
            for given, value in zip(ratings[-1], rating.groups(), strict=True):
                given.append(value)
    if not turns:
        raise ValueError(f"{file} evaluates no turn.")
    return [
        replace(
            turn,
            means=[_mean_rating(*pair) for pair in zip(turn.means, given, strict=True)],
        )
        for turn, given in zip(turns, ratings, strict=True)
    ]


def _mean_rating(published: float, given: list[str]) -> float:
    """Return the published mean, unless a rater left the dimension out."""
    values = [float(value) for value in given if value]
    if len(values) == len(given):
        return published
    return sum(values) / len(values) if values else float("nan")


def _read_transcription(file: Path) -> dict[str, str]:
    """Read what was said in each turn; lines without a turn's name are left out."""
    said = {}
    for number, line in enumerate(read_text(file, replace=True).splitlines(), 1):
        match = _SAID.fullmatch(line)
        if match is not None:
            said[match[1]] = match[4].strip()
        elif line.startswith(file.stem):
            raise ValueError(
                f"{file}, line {number}: expected 'turn [start-end]: text', got "
                f"{line!r}."
            )
    return said


def _cut_to_words(session: Path, turns: list[RatedTurn]) -> list[RatedTurn]:
    """Let turns start with their first aligned word and end with their last."""
    folder = session / "sentences" / "ForcedAlignment"
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no {folder}, so no times of words.")
    cut, absent = [], []
    for turn in turns:
        file = folder / turn.dialogue / f"{turn.name}.wdseg"
        if not file.is_file():
            absent.append(file)
            cut.append(turn)
            continue
        frames = word_frames(file)
        if frames:
            start = turn.start + frames[0][0] / FRAMES_PER_SECOND
            end = turn.start + (frames[-1][1] + 1) / FRAMES_PER_SECOND
            turn = replace(turn, start=start, end=end)
        cut.append(turn)
    if absent:
        warnings.warn(
            f"There is no {absent[0]} ({len(absent)} such in the dialogue): these "
            "turns keep the times they were cut at.",
            stacklevel=5,
        )
    return cut
