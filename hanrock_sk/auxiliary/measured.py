"""Targets that are measured: of the talkturn, or of talkturns beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import narwhals as nw
import numpy as np

from hanrock_sk.talkturns.auxiliary_names import TARGET_PREFIX
from hanrock_sk.talkturns.conversations import Conversations
from hanrock_sk.talkturns.speakers import SpeakerNumbers
from hanrock_sk.talkturns.table import require_columns
from hanrock_sk.talkturns.values import read_numbers

ACTIONS = ("au05", "au17", "au20", "au25")
"""The paper's facial action units: the action family, unless told otherwise."""

PROSODY = ("tone_happy", "tone_sad", "tone_angry", "tone_fear")
"""The paper's tones of voice: the prosody family, unless told otherwise."""


def family_columns(
    table: nw.DataFrame, named: Iterable[str] | None, usual: Iterable[str]
) -> list[str]:
    """Return the columns named, or those of the usual ones that are there."""
    if named is None:
        return [column for column in usual if column in table.columns]
    return list(named)


@dataclass(frozen=True)
class MeasuredTarget:
    """A target from a measurement.

    Attributes
    ----------
    family : str
        "action" or "prosody".
    column : str
        The column measured.
    kind : str
        What of it, one of `DERIVED`; "" for the measurement itself.
    """

    family: str
    column: str
    kind: str = ""

    @property
    def key(self) -> str:
        """What is ranked: the column, and what of it."""
        return f"{self.column}_{self.kind}" if self.kind else self.column

    @property
    def name(self) -> str:
        """Name of the target's column."""
        return f"{TARGET_PREFIX}{self.family}__{self.key}"


def measured_targets(
    table: nw.DataFrame,
    families: Mapping[str, Sequence[str]],
    derived: Iterable[str],
    speaker: str,
) -> list[MeasuredTarget]:
    """List the targets of measured columns: themselves, then what is derived.

    Parameters
    ----------
    table : narwhals.DataFrame
        The talkturn table.
    families : mapping of str to sequence of str
        From family to columns.
    derived : iterable of str
        Kinds, of `DERIVED`.
    speaker : str
        Column that says who speaks.

    Raises
    ------
    ValueError
        If a kind is unknown, nothing says who speaks where that is needed, or two
        targets would have one name.
    """
    derived = list(derived)
    unknown = [kind for kind in derived if kind not in DERIVED]
    if unknown:
        raise ValueError(f"derived names {unknown}; there are {list(DERIVED)}.")
    if set(derived) & set(NEEDS_SPEAKERS):
        require_columns(table, [speaker])
    targets = [
        MeasuredTarget(family, column, kind)
        for kind in ("", *derived)
        for family, columns in families.items()
        for column in columns
    ]
    keys = [each.key for each in targets]
    twice = sorted({key for key in keys if derived and keys.count(key) > 1})
    if twice:
        raise ValueError(
            f"Two targets would be named {twice}: a column is named like what is "
            "derived of another. Rename it."
        )
    return targets


def read_measured(
    table: nw.DataFrame,
    targets: Sequence[MeasuredTarget],
    conversations: Conversations,
    speaker: str,
) -> dict[str, np.ndarray]:
    """Read the measurements, and derive what is derived from them.

    Returns
    -------
    values : dict of str to ndarray of shape (n_rows,)
        From `MeasuredTarget.key`; NaN where there is none.
    """
    measured = {each.column: read_numbers(table, each.column) for each in targets}
    speakers = np.arange(len(table))
    if any(each.kind in NEEDS_SPEAKERS for each in targets):
        speakers = np.array([*map(SpeakerNumbers(speaker), table[speaker].to_list())])
    order, bounds = conversations.order, conversations.bounds
    values = {}
    for each in targets:
        of_row = measured[each.column]
        if each.kind:
            derived = np.full(len(of_row), np.nan)
            for first, end in pairwise(bounds):
                rows = order[first:end]
                derived[rows] = DERIVED[each.kind](of_row[rows], speakers[rows])
            of_row = derived
        values[each.key] = of_row
    return values


def change(values: np.ndarray, speakers: np.ndarray) -> np.ndarray:
    """Subtract the value of the same speaker's talkturn before.

    Parameters
    ----------
    values, speakers : ndarray of shape (n_talkturns,)
        Of a conversation, in order of time.

    Returns
    -------
    derived : ndarray of shape (n_talkturns,)
        NaN for a speaker's first talkturn, or where either value is missing.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.auxiliary.measured import change
    >>> change(np.array([1.0, 5, 2, 4]), np.array([0, 1, 0, 1]))
    array([nan, nan,  1., -1.])
    """
    last: dict[int, float] = {}
    derived = np.full(len(values), np.nan)
    for place, (value, who) in enumerate(zip(values, speakers.tolist(), strict=True)):
        derived[place] = value - last.get(who, np.nan)
        last[who] = value
    return derived


def next_value(values: np.ndarray, speakers: np.ndarray) -> np.ndarray:
    """Take the value of the next talkturn, whoever speaks.

    Parameters
    ----------
    values, speakers : ndarray of shape (n_talkturns,)
        Of a conversation, in order of time.

    Returns
    -------
    derived : ndarray of shape (n_talkturns,)
        NaN for the last talkturn.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.auxiliary.measured import next_value
    >>> next_value(np.array([1.0, 5, 2]), np.array([0, 1, 0]))
    array([ 5.,  2., nan])
    """
    return np.append(values[1:], np.nan)


def listener_value(values: np.ndarray, speakers: np.ndarray) -> np.ndarray:
    """Take the value of the next talkturn of somebody else.

    Parameters
    ----------
    values, speakers : ndarray of shape (n_talkturns,)
        Of a conversation, in order of time.

    Returns
    -------
    derived : ndarray of shape (n_talkturns,)
        NaN where nobody else speaks later.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.auxiliary.measured import listener_value
    >>> listener_value(np.array([1.0, 5, 2, 4]), np.array([0, 0, 1, 0]))
    array([ 2.,  2.,  4., nan])
    """
    derived = np.full(len(values), np.nan)
    for place in range(len(values) - 2, -1, -1):
        if speakers[place + 1] != speakers[place]:
            derived[place] = values[place + 1]
        else:
            derived[place] = derived[place + 1]
    return derived


DERIVED: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "change": change,
    "next": next_value,
    "listener": listener_value,
}
"""What can be derived from a measurement, by the end of the target's name."""

NEEDS_SPEAKERS = ("change", "listener")
"""Kinds that depend on who speaks."""
