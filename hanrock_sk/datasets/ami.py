"""The AMI meetings: dialogue acts, and two targets that are measured, not rated."""

from __future__ import annotations

import csv
import gzip
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hanrock_sk.datasets._corpus import (
    check_choice,
    corpus_file,
    read_bounded_lines,
    read_rows,
    string_labels,
)
from hanrock_sk.datasets.ami_annotations import (
    are_annotations,
    meetings_of_part,
    read_dialogue_acts,
)
from hanrock_sk.features._tables import check_backend, new_table
from hanrock_sk.features.timings import count_words

TARGETS = ("dialogue_act", "gap", "speech_rate")
SUBSETS = ("train", "dev", "test")

DIALOGUE_ACTS = {
    "inf": "inform",
    "ass": "assess",
    "sug": "propose",
    "off": "propose",
    "el.inf": "elicit",
    "el.ass": "elicit",
    "el.sug": "elicit",
    "el.und": "elicit",
}
"""AMI's acts that carry content, in four classes; all others are context."""

TABLE = "ami_dialogue_acts.tsv.gz"
ORIGIN = (
    "the manual annotations of the AMI Meeting Corpus, one row per dialogue act; the "
    "annotations themselves, unpacked from ami_public_manual_*.zip of "
    "https://groups.inf.ed.ac.uk/ami/download, will do as well"
)

COLUMNS = ("meeting", "start", "end", "speaker", "role", "da_type", "text")


def load_ami(
    path: str | os.PathLike[str],
    target: str = "dialogue_act",
    subset: str | None = None,
    backend: str = "pandas",
) -> tuple[Any, np.ndarray]:
    r"""Load the AMI meetings as a talkturn table, one row per dialogue act.

    Parameters
    ----------
    path : path
        The folder of the official annotations (``ami_public_manual_*.zip``, unpacked:
        ``words``, ``dialogueActs``, ``ontologies``, ``corpusResources``), or one with
        ``ami_dialogue_acts.tsv.gz`` (tab separated, no quoting, UTF-8; columns
        ``meeting start end speaker role da_type text``, others are ignored).
    target : {"dialogue_act", "gap", "speech_rate"}, default="dialogue_act"
        What `y` holds:

        - ``"dialogue_act"``: "inform", "assess", "propose" or "elicit". Other acts
          (backchannels, stalls, fragments, ...) have no label and are context.
        - ``"gap"``: seconds from the end of the talkturn to the start of the next
          talkturn of the meeting, if that is another speaker's. Negative where the
          other speaker did not wait. Missing where the same speaker goes on, and at
          the end of the meeting.
        - ``"speech_rate"``: natural logarithm of words per minute, words counted as
          by :class:`~hanrock_sk.Timings`. Missing where no word was said or
          the talkturn does not end after it starts.
    subset : {"train", "dev", "test"} or None, default=None
        The meetings listed in ``<subset>.txt`` in the folder, a meeting a line; with
        the official annotations and no such file, those that ``meetings.xml`` marks.
        None for all. The published lists share no speaker.
    backend : {"pandas", "polars"}, default="pandas"
        Which library's table to return.

    Returns
    -------
    X : DataFrame
        Sorted by meeting as in the file, then by start, so that a row's next talkturn
        is the one that started next. Columns ``conversation`` (the meeting), ``group``
        (the four people, who meet several times: split by it, as with `GroupKFold`,
        to meet new speakers in the test), ``speaker`` (a letter within the meeting),
        ``role``, ``start``, ``end`` (seconds) and ``text``, which holds marks such as
        ``{vocalsound}``. With ``target="speech_rate"`` there is no ``end``: see Notes.
    y : ndarray of shape (n_talkturns,)
        Strings as objects, None where missing; or float, NaN where missing.

    Raises
    ------
    FileNotFoundError
        If a file is not there.
    ValueError
        If `target`, `subset` or `backend` is unknown, the table lacks a column, a
        time is not a number, or a listed meeting is not in the table.

    Notes
    -----
    Words and duration are all that the speech rate is made of. A narrator that tells
    "quickly", or any feature made from ``end``, would give that target away, so the
    column is left out. Nor may ``speech_rate`` be an auxiliary target of it. The gap
    lies after the talkturn: its delay, duration and speech rate tell nothing of it
    that a listener would not know by then. But the *next* row's ``delay`` is nearly
    the gap itself, so no model of it may look ahead.

    References
    ----------
    Carletta, J. et al. (2005). The AMI Meeting Corpus: a pre-announcement. CC BY 4.0.

    Examples
    --------
    >>> import gzip, pathlib, tempfile
    >>> from hanrock_sk.datasets import load_ami
    >>> rows = [
    ...     "meeting start end speaker role da_type text",
    ...     "ES2002a 50.4 51.0 B PM stl Okay",
    ...     "ES2002a 51.5 52.5 A ID inf Hi",
    ... ]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = "\n".join(rows).replace(" ", "\t").encode()
    ...     file = pathlib.Path(folder, "ami_dialogue_acts.tsv.gz")
    ...     _ = file.write_bytes(gzip.compress(table))
    ...     X, y = load_ami(folder, backend="polars")
    ...     _, gap = load_ami(folder, target="gap")
    >>> X["speaker"].to_list(), y.tolist(), gap.tolist()
    (['B', 'A'], [None, 'inform'], [0.5, nan])
    """
    check_choice("target", target, TARGETS)
    check_choice("subset", subset, (*SUBSETS, None))
    check_backend(backend)
    rows = _read_rows_of(path, subset)
    start, end = _read_seconds(rows, "start"), _read_seconds(rows, "end")
    rows, start, end = _in_time_order(rows, start, end)
    texts = [row["text"] for row in rows]
    columns: dict[str, Any] = {
        "conversation": [row["meeting"] for row in rows],
        "group": [row["meeting"][:6] for row in rows],
        "speaker": [row["speaker"] for row in rows],
        "role": [row["role"] for row in rows],
        "start": start,
        "end": end,
        "text": texts,
    }
    if target == "dialogue_act":
        y = string_labels([DIALOGUE_ACTS.get(row["da_type"]) for row in rows])
    elif target == "gap":
        y = _gaps(columns["conversation"], columns["speaker"], start, end)
    else:
        y = _log_speech_rate(texts, start, end)
        del columns["end"]
    return new_table(columns, backend), y


def _read_rows_of(
    path: str | os.PathLike[str], subset: str | None
) -> list[dict[str, str]]:
    """Read the rows of the meetings of a subset, each with `where` it stands."""
    folder = Path(path)
    listed = None if subset is None else _meetings_of(folder, subset)
    if not (folder / TABLE).is_file() and are_annotations(folder):
        rows, source = read_dialogue_acts(folder, listed), folder / "dialogueActs"
    else:
        source = corpus_file(folder, TABLE, ORIGIN)
        rows = _read_table(source, listed)
    absent = sorted((listed or set()) - {row["meeting"] for row in rows})
    if absent:
        raise ValueError(f"{source} lacks meetings of the {subset} part: {absent}.")
    return rows


def _meetings_of(folder: Path, subset: str) -> set[str]:
    """Return the meetings of a part: as listed, else as the annotations mark them."""
    if are_annotations(folder) and not (folder / f"{subset}.txt").is_file():
        return meetings_of_part(folder, subset)
    origin = "https://groups.inf.ed.ac.uk/ami/corpus/datasets.shtml, a meeting a line"
    listing = corpus_file(folder, f"{subset}.txt", origin)
    return set(listing.read_text(encoding="utf-8").split())


def _read_table(file: Path, listed: set[str] | None) -> list[dict[str, str]]:
    """Read the rows of the table that are of listed meetings."""
    with gzip.open(file, "rt", encoding="utf-8", newline="") as table:
        lines = read_bounded_lines(table, file)
        return [
            {**row, "where": where}
            for where, row in read_rows(
                lines, COLUMNS, file, delimiter="\t", quoting=csv.QUOTE_NONE
            )
            if listed is None or row["meeting"] in listed
        ]


def _read_seconds(rows: Sequence[dict[str, str]], column: str) -> np.ndarray:
    """Read a column of times."""
    seconds = np.empty(len(rows))
    for number, row in enumerate(rows):
        try:
            seconds[number] = float(row[column])
        except ValueError:
            seconds[number] = math.nan
        if not math.isfinite(seconds[number]):
            raise ValueError(
                f"{row['where']}: {column} must be a number of seconds, got "
                f"{row[column]!r}."
            )
    return seconds


def _in_time_order(
    rows: Sequence[dict[str, str]], start: np.ndarray, end: np.ndarray
) -> tuple[list[dict[str, str]], np.ndarray, np.ndarray]:
    """Sort by meeting, in order of appearance, then by start; ties stay as they are."""
    rank: dict[str, int] = {}
    meeting = np.array([rank.setdefault(row["meeting"], len(rank)) for row in rows])
    order = np.lexsort((start, meeting))
    return [rows[number] for number in order], start[order], end[order]


def _gaps(
    meeting: Sequence[str], speaker: Sequence[str], start: np.ndarray, end: np.ndarray
) -> np.ndarray:
    """Seconds until another speaker starts, where that is the next talkturn."""
    meetings, speakers = np.array(meeting), np.array(speaker)
    gap = np.full(len(start), np.nan)
    changes = (meetings[1:] == meetings[:-1]) & (speakers[1:] != speakers[:-1])
    gap[:-1][changes] = (start[1:] - end[:-1])[changes]
    return gap


def _log_speech_rate(
    texts: Sequence[str], start: np.ndarray, end: np.ndarray
) -> np.ndarray:
    """Log of words per minute; NaN for no words, or a talkturn without duration."""
    words = np.array([count_words(text) for text in texts])
    there = (words > 0) & (end > start)
    rate = np.full(len(words), np.nan)
    rate[there] = np.log(words[there] * 60 / (end - start)[there])
    return rate
