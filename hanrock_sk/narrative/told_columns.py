"""The columns that are told, read and checked: speakers, prosody, actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Integral

import narwhals as nw
import numpy as np

from hanrock_sk.narrative.phrases import PHRASES
from hanrock_sk.talkturns.values import is_missing, read_numbers

PROSODY = ("delay", "speech_rate", *PHRASES["tone"])
ACTIONS = tuple(PHRASES["actions"])


def read_speakers(table: nw.DataFrame, column: str | None) -> list[str | None]:
    """Read who speaks, None where it is not known."""
    if column is None:
        return [None] * len(table)
    speakers: list[str | None] = []
    for row, speaker in enumerate(table[column].to_list()):
        if is_missing(speaker):
            speakers.append(None)
        elif isinstance(speaker, str | Integral):
            speakers.append(str(speaker))
        elif isinstance(speaker, float | np.floating) and speaker.is_integer():
            # A pandas column of whole numbers turns into floats where one is missing.
            speakers.append(str(int(speaker)))
        else:
            raise ValueError(
                f"Column {column!r}, row {row}: expected the speaker's name, got "
                f"{type(speaker).__name__} {speaker!r}. Use strings or whole numbers."
            )
    return speakers


def read_prosody(table: nw.DataFrame, columns: Mapping[str, str]) -> np.ndarray:
    """Read the prosody features told: shape (n_rows, n_features), NaN missing."""
    features = [
        read_numbers(table, columns[name]) for name in PROSODY if name in columns
    ]
    return np.column_stack(features) if features else np.empty((len(table), 0))


def read_actions(
    table: nw.DataFrame, columns: Mapping[str, str]
) -> Iterable[tuple[str, ...]]:
    """Read which actions were seen in each talkturn, in the order of the phrases.

    Raises
    ------
    ValueError
        If a value is neither true nor false; the message names column and row.
    """
    names = [name for name in ACTIONS if name in columns]
    if not names:
        return [()] * len(table)
    shown = []
    for name in names:
        values = read_numbers(table, columns[name])
        odd = np.flatnonzero(~np.isnan(values) & (values != 0) & (values != 1))
        if len(odd):
            raise ValueError(
                f"Column {columns[name]!r} must say whether the action was seen, with "
                f"True and False or 1 and 0; row {odd[0]} holds {values[odd[0]]}."
            )
        shown.append((values == 1).tolist())
    return [
        tuple(name for name, there in zip(names, row, strict=True) if there)
        for row in zip(*shown, strict=True)
    ]
