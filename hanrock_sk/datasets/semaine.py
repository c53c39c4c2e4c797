"""SEMAINE: people talk to four characters; raters traced what they seemed to feel."""

from __future__ import annotations

import os
import re
import warnings
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hanrock_sk.datasets._corpus import check_choice
from hanrock_sk.datasets.feeltrace import DIMENSIONS, mean_traces
from hanrock_sk.datasets.partition import (
    DOUBLE_LISTED,
    SUBSETS,
    semaine_recordings,
    warn_double_listed,
)
from hanrock_sk.datasets.semaine_transcripts import SPEAKERS, Turn, read_turns
from hanrock_sk.features._tables import check_backend, new_table

_RECORDING = re.compile(r"(\d{4}(?:\.\d\d){5})_")


@dataclass(frozen=True)
class Session:
    """One character's part of a recording."""

    folder: Path
    recording: str | None
    character: str | None
    turns: list[Turn]


def load_semaine(
    path: str | os.PathLike[str],
    target: str = "valence",
    subset: str | None = None,
    double_listed: str | None = None,
    backend: str = "pandas",
) -> tuple[Any, np.ndarray]:
    r"""Load SEMAINE as a talkturn table, one row per turn of user or operator.

    Parameters
    ----------
    path : path
        The folder ``Sessions`` of the database, or the one it lies in.
    target : {"activation", "intensity", "power", "valence"}, default="valence"
        What `y` holds: the FeelTrace of this dimension, from -1 to 1, averaged over the
        span of the turn and over the raters. A turn has the label of who speaks in it:
        users were rated nearly always, operators seldom, so most of the operators'
        turns are context.
    subset : {"train", "dev", "test"} or None, default=None
        The paper's recordings (Table 5); None for all, also those it does not list.
    double_listed : {"dev", "test"} or None, default=None
        Where the recording 2009.06.26.14.38.17 goes, which Table 5 lists in both; None
        leaves it out of both, with a warning.
    backend : {"pandas", "polars"}, default="pandas"
        Which library's table to return.

    Returns
    -------
    X : DataFrame
        Sorted by session, then by start. Columns ``conversation`` (the session's
        number, as a string), ``speaker`` ("user" or "operator"), ``text``, ``start``,
        ``end`` (seconds into the session), ``character`` (whom the operator plays) and
        ``recording`` (date and time of the recording the session belongs to, by which
        `semaine_partition` divides; missing where no media file tells it). Events such
        as <LAUGH> or (laughs) stand in the text as ``{laugh}``, ``{laughs}``.
    y : ndarray of float, shape (n_talkturns,)
        NaN where nobody was rated.

    Raises
    ------
    FileNotFoundError
        If there is no session with a transcript.
    ValueError
        If a parameter is unknown, a line cannot be read, or times run backwards; the
        error names file and line.

    Warns
    -----
    UserWarning
        If the double-listed recording is left out, recordings are not known, half of a
        session's transcripts are not there, or bytes are not UTF-8.

    Notes
    -----
    The word-level transcripts are read where a session has those of both speakers, else
    the plain one, which is incomplete in some sessions. Sessions without transcripts
    are skipped, and so are turns without words. Raters stopped their traces at
    different times: all are cut to the shortest.

    References
    ----------
    McKeown, G. et al. (2011). The SEMAINE database: Annotated multimodal records of
    emotionally colored conversations between a person and a limited agent. IEEE
    Transactions on Affective Computing 3.

    Examples
    --------
    >>> from hanrock_sk.datasets import load_semaine
    >>> X, y = load_semaine("Sessions", "power", subset="train")  # doctest: +SKIP
    >>> X["recording"].nunique()  # doctest: +SKIP
    12
    """
    check_choice("target", target, DIMENSIONS)
    check_choice("subset", subset, (*SUBSETS, None))
    check_choice("double_listed", double_listed, ("dev", "test", None))
    check_backend(backend)
    sessions = _read_sessions(Path(path))
    if subset is not None:
        _warn_left_out(sessions, double_listed)
        wanted = semaine_recordings(double_listed)[subset]
        sessions = [session for session in sessions if session.recording in wanted]
    rows = [(session, turn) for session in sessions for turn in session.turns]
    if not rows:
        raise FileNotFoundError(
            f"There is no transcript of the recordings of {subset!r} in {path}."
        )
    columns: dict[str, Any] = {
        "conversation": [session.folder.name for session, _ in rows],
        "speaker": [turn.speaker for _, turn in rows],
        "text": [turn.text for _, turn in rows],
        "start": np.array([turn.start for _, turn in rows]),
        "end": np.array([turn.end for _, turn in rows]),
        "character": [session.character for session, _ in rows],
        "recording": [session.recording for session, _ in rows],
    }
    y = np.concatenate([_read_labels(session, target) for session in sessions])
    return new_table(columns, backend), y


def _read_labels(session: Session, target: str) -> np.ndarray:
    """Return each turn's label: the mean trace of who speaks in it."""
    labels = np.full(len(session.turns), np.nan)
    for speaker in SPEAKERS:
        rows = [
            row for row, turn in enumerate(session.turns) if turn.speaker == speaker
        ]
        start = np.array([session.turns[row].start for row in rows])
        end = np.array([session.turns[row].end for row in rows])
        labels[rows] = mean_traces(session.folder, target, speaker, start, end)
    return labels


def _warn_left_out(sessions: list[Session], double_listed: str | None) -> None:
    """Warn of talkturns that no subset has because nobody knows which it should be."""
    twice = [session for session in sessions if session.recording == DOUBLE_LISTED]
    if twice and double_listed is None:
        warn_double_listed(sum(len(session.turns) for session in twice))
    unknown = [session.folder.name for session in sessions if not session.recording]
    if unknown:
        warnings.warn(
            f"Sessions {unknown} hold no media file whose name tells the recording, so "
            "they belong to no subset.",
            stacklevel=3,
        )


def _read_sessions(root: Path) -> list[Session]:
    """Read all sessions that have a transcript, in order of their numbers."""
    if (root / "Sessions").is_dir():
        root = root / "Sessions"
    folders = [
        folder for folder in root.glob("*") if folder.is_dir() and folder.name.isdigit()
    ]
    sessions = []
    for folder in sorted(folders, key=lambda folder: int(folder.name)):
        turns = read_turns(folder)
        if turns:
            sessions.append(
                Session(folder, _recording_time(folder), _read_character(folder), turns)
            )
    if not sessions:
        raise FileNotFoundError(
            f"There is no session with a transcript in {os.fspath(root)!r}. The path "
            "must be that of the folder Sessions of the database, or the one it lies "
            "in."
        )
    return sessions


def _recording_time(folder: Path) -> str | None:
    """Return date and time of the recording: the media files' names begin with it."""
    names = {
        match[1]
        for file in folder.iterdir()
        if (match := _RECORDING.match(file.name)) is not None
    }
    if len(names) > 1:
        raise ValueError(
            f"{folder} holds media files of several recordings: {sorted(names)}."
        )
    return names.pop() if names else None


def _read_character(folder: Path) -> str | None:
    """Return whom the operator plays."""
    file = folder / "session.xml"
    if not file.is_file():
        return None
    try:
        return ElementTree.fromstring(file.read_bytes()).get("character")
    except ElementTree.ParseError as error:
        line = error.position[0]
        raise ValueError(f"{file}, line {line}: not whole XML ({error}).") from None
