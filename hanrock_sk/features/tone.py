"""Tone of voice: what a classifier such as Vokaturi heard in each talkturn."""

from __future__ import annotations

import warnings
from os import PathLike
from pathlib import PureWindowsPath
from typing import Any

import numpy as np

from hanrock_sk.features._tables import check_backend, new_table
from hanrock_sk.features.tone_printed import is_printed, read_printed
from hanrock_sk.features.transcripts.clock import seconds_of
from hanrock_sk.files.delimited import Row, number, read_delimited
from hanrock_sk.files.text import read_text

TONES = ("tone_neutral", "tone_happy", "tone_sad", "tone_angry", "tone_fear")
"""Vokaturi's five classes, in its order; probabilities that sum to 1."""

_STEMS = {
    "tone_neutral": ("neutrality", "neutral", "neu"),
    "tone_happy": ("happiness", "happy", "hap", "joy", "joyful"),
    "tone_sad": ("sadness", "sad"),
    "tone_angry": ("anger", "angry", "ang"),
    "tone_fear": ("fear", "fearful", "fea"),
}
_NAMES = {
    "conversation": ("conversation", "audio_id"),
    "speaker": ("speaker",),
    "talkturn": ("talkturn", "talkturn_no", "talkturn_number"),
    "file": ("file", "filename", "file_name"),
    **{
        tone: (tone, *stems, *(f"{stem}_percentage" for stem in stems))
        for tone, stems in _STEMS.items()
    },
}
_NAMES["start"] = ("start", "start_time", "begin", "onset")
_NAMES["end"] = ("end", "end_time", "stop", "offset")
_NAMES["duration"] = ("duration", "length")
_OTHER_CLASSES = {
    f"other_{number}": (
        stem,
        *(f"{stem}{ending}" for ending in ("d", "ed", "_percentage")),
    )
    for number, stem in enumerate(
        (
            *("disgust", "dis", "surprise", "sur", "contempt", "calm", "boredom"),
            *("excited", "exc", "frustrated", "fru", "other", "oth", "unknown"),
        )
    )
}
_SUM_TOLERANCE = 0.02


def read_tone(
    path: str | PathLike[str], *, encoding: str = "utf-8", backend: str = "pandas"
) -> Any:
    r"""Read a table of tones of voice.

    Several headers are understood: MONAH's (``audio_id``, ``speaker``, ``talkturn no``,
    ``neutrality``, ``happiness``, ``sadness``, ``anger``, ``fear``), the one with a row
    per sound file (``filename``, ``happy_percentage`` ...), and Vokaturi's own words
    (``Neutral``, ``Happy``, ``Sad``, ``Angry``, ``Fear``) or short ones (``neu``,
    ``hap``, ``ang``), in any order, as a table or as Vokaturi prints them. Further
    classes (disgust, surprise ...) may stand beside, or have been left out.

    Parameters
    ----------
    path : path-like
        A text table: comma, tab or semicolon between the fields.
    encoding : str, default="utf-8"
        Encoding of the file.
    backend : {"pandas", "polars"}, default="pandas"
        The library of the returned table.

    Returns
    -------
    tone : DataFrame
        One row per row of the file. What it is about: ``conversation``, ``speaker``,
        ``talkturn`` (number within the conversation), ``file`` (name without folder and
        suffix) or ``start`` and ``end`` (s), as far as the file says; and the tones it
        has of ``tone_neutral``, ``tone_happy``, ``tone_sad``, ``tone_angry``,
        ``tone_fear`` (0-1). A row whose
        tones are all empty or all 0 is an invalid voice: its tones are missing.

    Raises
    ------
    ValueError
        If the file does not say which talkturn a row is about, has no tones, tones that
        are not probabilities (or percentages), or two rows about one talkturn; the
        error names file and line.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from hanrock_sk.features import read_tone
    >>> path = pathlib.Path(tempfile.mkdtemp(), "tone.csv")
    >>> _ = path.write_text(
    ...     "filename,happy_percentage,sadness_percentage,neutral_percentage,"
    ...     "anger_percentage,fear_percentage\n"
    ...     "turns/anna_0.wav,50,20,20,10,0\n"
    ... )
    >>> read_tone(path, backend="polars")[["file", "tone_happy", "tone_fear"]].rows()
    [('anna_0', 0.5, 0.0)]
    """
    check_backend(backend)
    text = read_text(path, encoding)
    if is_printed(text):
        return new_table(read_printed(text, path), backend)
    known = _NAMES | _OTHER_CLASSES
    columns, rows = read_delimited(path, known, encoding=encoding, text=text)
    tones = [tone for tone in TONES if tone in columns]
    if not set(tones) - {"tone_neutral"}:
        raise ValueError(
            f"{path}, line 1: no column tells a tone of voice (happiness, sadness, "
            "anger, fear)."
        )
    timed = "start" in columns and bool(columns & {"end", "duration"})
    if not columns & {"talkturn", "file"} and not timed:
        raise ValueError(
            f"{path}, line 1: no column says which talkturn a row is about (talkturn "
            "no, filename, or start and end)."
        )
    if not rows:
        raise ValueError(f"{path} has a header but no rows.")
    values = np.array([[number(path, row, tone) for tone in tones] for row in rows])
    others = np.array(
        [
            [number(path, row, c) for c in sorted(columns & set(_OTHER_CLASSES))]
            for row in rows
        ]
    )
    _make_probabilities(path, rows, tones, values, others)
    keys: dict[str, Any] = {
        column: [row.fields[column] or None for row in rows]
        for column in ("conversation", "speaker")
        if column in columns
    }
    if "talkturn" in columns:
        keys["talkturn"] = _talkturn_numbers(path, rows)
    if "file" in columns:
        # Windows' rules split both kinds of paths.
        keys["file"] = [PureWindowsPath(row.fields["file"]).stem for row in rows]
    if timed and not columns & {"talkturn", "file"}:
        keys["start"] = np.array([_time(path, row, "start") for row in rows])
        if "end" in columns:
            keys["end"] = np.array([_time(path, row, "end") for row in rows])
        else:
            lasted = np.array([_time(path, row, "duration") for row in rows])
            keys["end"] = keys["start"] + lasted
    else:
        _check_unique(path, rows, keys)
    measured = {tone: values[:, place] for place, tone in enumerate(tones)}
    return new_table({**keys, **measured}, backend)


def _time(path: Any, row: Row, column: str) -> float:
    seconds = seconds_of(row.fields[column])
    if seconds is None:
        raise ValueError(
            f"{path}, line {row.line}: {column} must be a time (seconds, or hh:mm:ss), "
            f"got {row.fields[column][:40]!r}."
        )
    return seconds


def _make_probabilities(
    path: Any,
    rows: list[Row],
    tones: list[str],
    values: np.ndarray,
    others: np.ndarray,
) -> None:
    """Mark invalid voices as missing and turn percentages into probabilities.

    Five classes sum to 1; of more classes these five are a part. Scores of a classifier
    that scores each class by itself sum to anything, which is worth a warning.
    Percentages of more classes than the file has sum to less than 100.
    """
    values[(values == 0).all(axis=1)] = np.nan
    valid = ~np.isnan(values).all(axis=1)
    sums = values.sum(axis=1) + np.nan_to_num(others).sum(axis=1)
    whole = len(tones) == len(TONES)
    percent = whole and bool((np.abs(sums[valid] - 100) <= 100 * _SUM_TOLERANCE).any())
    most = sums[valid].max(initial=0)
    in_part = not percent and 50 < most <= 102 and bool((values[valid] >= 0).all())
    odd: list[tuple[str, float]] = []
    if in_part:
        values /= 100
        sums /= 100
    if percent:
        values /= 100
        sums /= 100
    for row, tone_values, total in zip(
        np.flatnonzero(valid), values[valid], sums[valid], strict=True
    ):
        where = f"{path}, line {rows[row].line}"
        if np.isnan(tone_values).any():
            raise ValueError(f"{where}: only some of the tones are given.")
        if (tone_values < 0).any() or (tone_values > 1).any():
            raise ValueError(f"{where}: the tones are not probabilities from 0 to 1.")
        if whole and percent and abs(total - 1) > _SUM_TOLERANCE:
            raise ValueError(
                f"{where}: the five tones sum to {total * 100:g}, not to 100 percent."
            )
        if in_part or (whole and abs(total - 1) > _SUM_TOLERANCE):
            odd.append((where, total))
    if odd:
        warnings.warn(
            f"{odd[0][0]}: the tones sum to {odd[0][1] * (100 if in_part else 1):g}, "
            f"not to {100 if in_part else 1}, here and in {len(odd) - 1} other rows; "
            f"they are taken {'as percentages' if in_part else 'as they are'}.",
            stacklevel=3,
        )


def _talkturn_numbers(path: Any, rows: list[Row]) -> np.ndarray:
    found = []
    for row in rows:
        value = number(path, row, "talkturn")
        if not value >= 0 or value != int(value):
            raise ValueError(
                f"{path}, line {row.line}: the talkturn must be numbered 0, 1, 2 ..., "
                f"got {row.fields['talkturn']!r}."
            )
        found.append(int(value))
    return np.array(found, dtype=np.int64)


def _check_unique(path: Any, rows: list[Row], keys: dict[str, Any]) -> None:
    names = ("conversation", "talkturn") if "talkturn" in keys else ("file",)
    identifying = [keys[name] for name in names if name in keys]
    lines: dict[tuple, int] = {}
    for row, key in zip(rows, zip(*identifying, strict=True), strict=True):
        if key in lines:
            raise ValueError(
                f"{path}, line {row.line}: the same talkturn as in line {lines[key]}."
            )
        lines[key] = row.line
