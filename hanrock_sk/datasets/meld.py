"""MELD: dialogues from a television series, with emotion and sentiment."""

from __future__ import annotations

import os
import re
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

TARGETS = {"emotion": "Emotion", "sentiment": "Sentiment"}
SUBSETS = ("train", "dev", "test")
ORIGIN = "https://github.com/declare-lab/MELD, folder data/MELD"
COLUMNS = (
    "Utterance",
    "Speaker",
    "Emotion",
    "Sentiment",
    "Dialogue_ID",
    "Utterance_ID",
    "StartTime",
    "EndTime",
)
# No text holds control characters U+0080 to U+009F: they are Windows-1252 punctuation
# that was read as Latin-1 on its way (0x92 is the apostrophe of "don't").
_CP1252_LEFTOVERS = {
    code: bytes([code]).decode("cp1252", errors="ignore") for code in range(0x80, 0xA0)
}
_TIME = re.compile(r"(\d+):(\d\d):(\d\d)[,.](\d{1,3})")


def load_meld(
    path: str | os.PathLike[str],
    target: str = "emotion",
    subset: str | None = None,
    backend: str = "pandas",
) -> tuple[Any, np.ndarray]:
    r"""Load MELD as a talkturn table, one row per utterance.

    Parameters
    ----------
    path : path
        The folder with ``train_sent_emo.csv`` and ``dev_sent_emo.csv``, as published.
    target : {"emotion", "sentiment"}, default="emotion"
        What `y` holds: one of seven emotions, or "positive", "negative", "neutral".
    subset : {"train", "dev", "test"} or None, default=None
        Which file to read; None for train and dev, one after the other.
    backend : {"pandas", "polars"}, default="pandas"
        Which library's table to return.

    Returns
    -------
    X : DataFrame
        Sorted by dialogue, then by utterance. Columns ``conversation`` (subset and
        dialogue, such as "train-12": the files number their dialogues alike),
        ``speaker``, ``start``, ``end`` (seconds into the episode) and ``text``.
    y : ndarray of shape (n_talkturns,)
        Strings as objects, None where the label is empty.

    Raises
    ------
    FileNotFoundError
        If a file is not there.
    ValueError
        If `target`, `subset` or `backend` is unknown, a file lacks a column, or an
        identifier or a time cannot be read; the error names file and line.

    Notes
    -----
    Times are given as published. Some are minutes off within a dialogue, so clip what
    is made of them, as :class:`~hanrock_sk.Timings` does. Windows-1252
    punctuation, which some copies hold as control characters, is repaired.

    References
    ----------
    Poria, S. et al. (2019). MELD: A Multimodal Multi-Party Dataset for Emotion
    Recognition in Conversations. ACL.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from hanrock_sk.datasets import load_meld
    >>> rows = [
    ...     "Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,"
    ...     "StartTime,EndTime",
    ...     'What?,Monica,surprise,negative,0,0,"00:01:01,500","00:01:02,000"',
    ... ]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "dev_sent_emo.csv")
    ...     _ = file.write_text("\n".join(rows))
    ...     X, y = load_meld(folder, subset="dev", backend="polars")
    >>> X.row(0), y.tolist()
    (('dev-0', 'Monica', 61.5, 62.0, 'What?'), ['surprise'])
    """
    check_choice("target", target, TARGETS)
    check_choice("subset", subset, (*SUBSETS, None))
    check_backend(backend)
    rows = []
    for name in ("train", "dev") if subset is None else (subset,):
        rows += _read_utterances(
            corpus_file(path, f"{name}_sent_emo.csv", ORIGIN), name
        )
    columns: dict[str, Any] = {
        "conversation": [row["conversation"] for row in rows],
        "speaker": [row["Speaker"] for row in rows],
        "start": np.array([row["start"] for row in rows]),
        "end": np.array([row["end"] for row in rows]),
        "text": [row["Utterance"] for row in rows],
    }
    y = string_labels([row[TARGETS[target]] or None for row in rows])
    return new_table(columns, backend), y


def _read_utterances(file: Path, subset: str) -> list[dict[str, Any]]:
    """Read one file, in order of dialogue and utterance."""
    rows: list[dict[str, Any]] = []
    for where, row in read_rows(StringIO(_read_text(file), newline=""), COLUMNS, file):
        dialogue = read_whole_number(row["Dialogue_ID"], where, "Dialogue_ID")
        rows.append(
            {
                **row,
                "order": (
                    dialogue,
                    read_whole_number(row["Utterance_ID"], where, "Utterance_ID"),
                ),
                "conversation": f"{subset}-{dialogue}",
                "start": _read_seconds(row["StartTime"], where, "StartTime"),
                "end": _read_seconds(row["EndTime"], where, "EndTime"),
            }
        )
    return sorted(rows, key=lambda row: row["order"])


def _read_text(file: Path) -> str:
    """Decode a file that is UTF-8 or, in copies that passed a spreadsheet, not."""
    content = file.read_bytes()
    try:
        return content.decode("utf-8-sig").translate(_CP1252_LEFTOVERS)
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _read_seconds(time: str, where: str, column: str) -> float:
    """Turn ``HH:MM:SS,mmm`` into seconds."""
    match = _TIME.fullmatch(time.strip())
    if match is None:
        raise ValueError(
            f"{where}: {column} must look like 00:20:57,256, got {time!r}."
        )
    hours, minutes, seconds, decimals = match.groups()
    return int(hours) * 3600 + int(minutes) * 60 + float(f"{seconds}.{decimals}")
