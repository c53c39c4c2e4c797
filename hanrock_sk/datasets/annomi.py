"""AnnoMI: counselling on video, coded for motivational interviewing by experts."""

from __future__ import annotations

import os
import warnings
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

from hanrock_sk.datasets._corpus import (
    check_choice,
    corpus_file,
    read_rows,
    read_whole_number,
    string_labels,
)
from hanrock_sk.features._tables import check_backend, new_table
from hanrock_sk.files.text import read_text

TARGETS = {
    "therapist_behaviour": "main_therapist_behaviour",
    "client_talk_type": "client_talk_type",
}
FILES = ("AnnoMI-full.csv", "AnnoMI-simple.csv")
ORIGIN = "https://github.com/uccollab/AnnoMI"
COLUMNS = (
    "transcript_id",
    "mi_quality",
    "topic",
    "utterance_id",
    "interlocutor",
    "timestamp",
    "utterance_text",
    *TARGETS.values(),
)
NO_LABEL = ("", "n/a")

Key = tuple[int, int]
"""A transcript, and an utterance of it."""


def load_annomi(
    path: str | os.PathLike[str],
    target: str = "therapist_behaviour",
    annotator: str | int = "majority",
    backend: str = "pandas",
) -> tuple[Any, np.ndarray]:
    r"""Load AnnoMI as a talkturn table, one row per utterance.

    Parameters
    ----------
    path : path
        The folder with ``AnnoMI-full.csv`` or, if that is not there,
        ``AnnoMI-simple.csv``, as published.
    target : {"therapist_behaviour", "client_talk_type"}, default="therapist_behaviour"
        What `y` holds: "question", "reflection", "therapist_input" or "other" of the
        therapist's utterances; or "change", "neutral" or "sustain" of the client's.
        Those of the other one have no label, and are context.
    annotator : {"majority", "all"} or int, default="majority"
        Some transcripts of the full file were coded by several annotators.
        "majority" takes the label that most of them gave, the one of the lowest
        number of annotator on a tie; a number takes that annotator's labels alone;
        "all" gives a label per annotator.
    backend : {"pandas", "polars"}, default="pandas"
        Which library's table to return.

    Returns
    -------
    X : DataFrame
        Sorted by transcript, then by utterance. Columns ``conversation`` (the number
        of the transcript), ``speaker`` ("therapist" or "client"), ``start`` (seconds;
        ends are not published), ``text``, ``quality`` of the counselling ("high" or
        "low") and ``topic``.
    y : ndarray of shape (n_talkturns,) or (n_talkturns, n_annotators)
        Strings as objects, None where missing. With "all" a column for each annotator
        in the order of their numbers, None where one did not code an utterance.

    Raises
    ------
    FileNotFoundError
        If there is neither file.
    ValueError
        If `target`, `annotator` or `backend` is unknown, a column is missing, or a
        number or a time cannot be read; the error names file and line.

    Warns
    -----
    UserWarning
        If one annotator's rows label an utterance twice, unalike, or rows of the same
        utterance differ in its text: the first row of the file counts.

    Notes
    -----
    The authors publish no parts. Split by ``conversation``, as with `GroupKFold`.

    References
    ----------
    Wu, Z. et al. (2023). Creation, Analysis and Evaluation of AnnoMI, a Dataset of
    Expert-Annotated Counselling Dialogues. Future Internet 15(3).

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from hanrock_sk.datasets import load_annomi
    >>> rows = [
    ...     "transcript_id,mi_quality,topic,utterance_id,interlocutor,timestamp,"
    ...     "utterance_text,annotator_id,main_therapist_behaviour,client_talk_type",
    ...     "0,high,diet,0,therapist,00:00:13,How are you?,3,question,n/a",
    ...     "0,high,diet,0,therapist,00:00:13,How are you?,5,other,n/a",
    ...     "0,high,diet,1,client,00:00:15,Fine.,3,n/a,neutral",
    ... ]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "AnnoMI-full.csv")
    ...     _ = file.write_text("\n".join(rows))
    ...     X, y = load_annomi(folder, annotator="all", backend="polars")
    >>> X["text"].to_list(), y.tolist()
    (['How are you?', 'Fine.'], [['question', 'other'], [None, None]])
    """
    check_choice("target", target, TARGETS)
    check_backend(backend)
    file = annomi_file(path)
    utterances, labels = _read_utterances(file, TARGETS[target])
    annotators = sorted({who for given in labels.values() for who in given})
    if annotator not in ("majority", "all") and annotator not in annotators:
        raise ValueError(
            "annotator must be 'majority', 'all' or the number of an annotator of "
            f"{file}, one of {annotators}, got {annotator!r}."
        )
    keys = sorted(utterances)
    rows = [utterances[key] for key in keys]
    columns: dict[str, Any] = {
        "conversation": [key[0] for key in keys],
        "speaker": [row["interlocutor"] for row in rows],
        "start": np.array([row["start"] for row in rows], dtype=float),
        "text": [row["utterance_text"].strip() for row in rows],
        "quality": [row["mi_quality"] for row in rows],
        "topic": [row["topic"] for row in rows],
    }
    if annotator == "all":
        y = np.full((len(keys), len(annotators)), None, dtype=object)
        for row, key in enumerate(keys):
            for who, label in labels[key].items():
                y[row, annotators.index(who)] = label
    elif annotator == "majority":
        y = string_labels([_majority(labels[key]) for key in keys])
    else:
        y = string_labels([labels[key].get(int(annotator)) for key in keys])
    return new_table(columns, backend), y


def annomi_file(path: str | os.PathLike[str]) -> Path:
    """Return the file to read: the full one, else the simple one."""
    full, simple = (Path(path) / name for name in FILES)
    return (
        simple
        if simple.is_file() and not full.is_file()
        else corpus_file(path, FILES[0], ORIGIN)
    )


def count_transcripts(file: Path) -> int:
    """Count the transcripts that can be read, to see whether the file is whole."""
    utterances, _ = _read_utterances(file, TARGETS["therapist_behaviour"])
    return len({transcript for transcript, _ in utterances})


def _majority(given: dict[int, str | None]) -> str | None:
    """Return the label given most often; on a tie, the lowest-numbered annotator's."""
    labels = [given[who] for who in sorted(given) if given[who] is not None]
    return max(labels, key=labels.count) if labels else None


def _read_utterances(
    file: Path, column: str
) -> tuple[dict[Key, dict[str, Any]], dict[Key, dict[int, str | None]]]:
    """Read each utterance once, and the label that each annotator gave it."""
    utterances: dict[Key, dict[str, Any]] = {}
    labels: dict[Key, dict[int, str | None]] = {}
    unlike = []
    lines = StringIO(read_text(file), newline="")
    for where, row in read_rows(lines, COLUMNS, file):
        key = (
            read_whole_number(row["transcript_id"], where, "transcript_id"),
            read_whole_number(row["utterance_id"], where, "utterance_id"),
        )
        who = read_whole_number(row.get("annotator_id", "0"), where, "annotator_id")
        label = None if row[column] in NO_LABEL else row[column]
        seconds = _read_seconds(row["timestamp"], where)
        first = utterances.setdefault(key, {**row, "start": seconds})
        given = labels.setdefault(key, {}).setdefault(who, label)
        if first["utterance_text"] != row["utterance_text"] or given != label:
            unlike.append(where)
    if unlike:
        warnings.warn(
            f"{len(unlike)} rows do not agree with the first row of their utterance, "
            f"which counts; the first of them is {unlike[0]}.",
            stacklevel=3,
        )
    return utterances, labels


def _read_seconds(time: str, where: str) -> float:
    """Turn ``HH:MM:SS`` into seconds."""
    parts = time.strip().split(":")
    if not 1 < len(parts) <= 3 or not all(part.isdecimal() for part in parts):
        raise ValueError(f"{where}: timestamp must look like 00:20:57, got {time!r}.")
    seconds = 0
    for part in parts:
        seconds = seconds * 60 + int(part)
    return float(seconds)
