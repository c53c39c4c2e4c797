"""Tone of voice: what a classifier such as Vokaturi heard in each talkturn."""

from __future__ import annotations

from os import PathLike
from pathlib import PureWindowsPath
from typing import Any

import numpy as np

from hanrock_sk.features._tables import check_backend, new_table
from hanrock_sk.files.delimited import Row, number, read_delimited

TONES = ("tone_neutral", "tone_happy", "tone_sad", "tone_angry", "tone_fear")
"""Vokaturi's five classes, in its order; probabilities that sum to 1."""

_STEMS = {
    "tone_neutral": ("neutrality", "neutral"),
    "tone_happy": ("happiness", "happy"),
    "tone_sad": ("sadness", "sad"),
    "tone_angry": ("anger", "angry"),
    "tone_fear": ("fear", "fearful"),
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
_SUM_TOLERANCE = 0.02


def read_tone(
    path: str | PathLike[str], *, encoding: str = "utf-8", backend: str = "pandas"
) -> Any:
    r"""Read a table of tones of voice.

    Several headers are understood: MONAH's (``audio_id``, ``speaker``, ``talkturn no``,
    ``neutrality``, ``happiness``, ``sadness``, ``anger``, ``fear``), the one with a row
    per sound file (``filename``, ``happy_percentage`` ...), and Vokaturi's own words
    (``Neutral``, ``Happy``, ``Sad``, ``Angry``, ``Fear``), in any order.

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
        ``talkturn`` (number within the conversation) or ``file`` (name without folder
        and suffix), as far as the file says; and the tones it has of ``tone_neutral``,
        ``tone_happy``, ``tone_sad``, ``tone_angry``, ``tone_fear`` (0-1). A row whose
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
    columns, rows = read_delimited(path, _NAMES, encoding=encoding)
    tones = [tone for tone in TONES if tone in columns]
    if not set(tones) - {"tone_neutral"}:
        raise ValueError(
            f"{path}, line 1: no column tells a tone of voice (happiness, sadness, "
            "anger, fear)."
        )
    if not columns & {"talkturn", "file"}:
        raise ValueError(
            f"{path}, line 1: no column says which talkturn a row is about (talkturn "
            "no, or filename)."
        )
    if not rows:
        raise ValueError(f"{path} has a header but no rows.")
    values = np.array([[number(path, row, tone) for tone in tones] for row in rows])
    _make_probabilities(path, rows, tones, values)
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
    _check_unique(path, rows, keys)
    measured = {tone: values[:, place] for place, tone in enumerate(tones)}
    return new_table({**keys, **measured}, backend)


def _make_probabilities(
    path: Any, rows: list[Row], tones: list[str], values: np.ndarray
) -> None:
    """Mark invalid voices as missing and turn percentages into probabilities."""
    values[(values == 0).all(axis=1)] = np.nan
    valid = ~np.isnan(values).all(axis=1)
    sums = values.sum(axis=1)
    percent = len(tones) == len(TONES) and bool(
        (np.abs(sums[valid] - 100) <= 100 * _SUM_TOLERANCE).any()
    )
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
        if len(tones) == len(TONES) and abs(total - 1) > _SUM_TOLERANCE:
            whole = "100 percent" if percent else "1"
            raise ValueError(
                f"{where}: the five tones sum to {total * (100 if percent else 1):g}, "
                f"not to {whole}."
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
