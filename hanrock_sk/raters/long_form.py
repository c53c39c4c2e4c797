"""From one row per talkturn and rater to one row per talkturn."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import narwhals as nw
import numpy as np

from hanrock_sk.raters.time_order import in_time_order
from hanrock_sk.talkturns.labels import label_series, read_labels
from hanrock_sk.talkturns.table import add_columns, read_table, require_columns
from hanrock_sk.talkturns.values import is_missing

RATER_PREFIX = "rater__"
"""What the names of the raters' columns begin with."""

TELL_APART = ("start", "end", "speaker", "text")
"""Columns that tell a conversation's talkturns apart, where no others are named."""


def ratings_from_long(
    ratings: Any,
    *,
    rater: str = "rater",
    label: str = "label",
    talkturn: str | Sequence[str] | None = None,
    per_rating: Sequence[str] = (),
    conversation: str = "conversation",
) -> tuple[Any, list[str]]:
    """Make a talkturn table of a table that has a row for every rating.

    Annotation tools export such tables. Trained on as they are, each talkturn would
    stand several times in its own content context.

    Parameters
    ----------
    ratings : DataFrame
        A row for each talkturn and rater, in time order; and one without a rater and a
        label for a talkturn that nobody rated.
    rater, label : str, default="rater", "label"
        The columns with who rated, and with the label.
    talkturn : str, sequence of str or None, default=None
        The columns that tell talkturns apart, such as that of their numbers. None takes
        those there are of `conversation`, ``start``, ``end``, ``speaker`` and
        ``text``.
    per_rating : sequence of str, default=()
        Columns that belong to the rating rather than the talkturn, such as when it was
        made. They are left out.
    conversation : str, default="conversation"
        The column of conversations, which may be absent.

    Returns
    -------
    talkturns : DataFrame
        A row for each talkturn, in the library of `ratings`, with a column
        ``rater__<name>`` for every rater. Where a column ``start`` says so, in time
        order within conversations; else in order of appearance.
    columns : list of str
        The raters' columns, for `hanrock_sk.Raters`.

    Raises
    ------
    ValueError
        If a rater rated a talkturn twice, a column differs within a talkturn, a label
        has no rater, talkturns would stand several times in their own context, or the
        order of talkturns cannot be told; the error names the rows.

    Examples
    --------
    >>> import polars as pl
    >>> from hanrock_sk.raters import Raters, ratings_from_long
    >>> ratings = pl.DataFrame(
    ...     {"text": ["hi", "well", "hi", "well"],
    ...      "start": [0.0, 1.5, 0.0, 1.5],
    ...      "rater": ["ann", "ann", "ben", "ben"],
    ...      "label": ["calm", "calm", "calm", "angry"]}
    ... )
    >>> talkturns, columns = ratings_from_long(ratings)
    >>> talkturns.columns
    ['text', 'start', 'rater__ann', 'rater__ben']
    >>> talkturns, y = Raters(columns).combine(talkturns)
    """
    table = read_table(ratings, required=[rater, label, *per_rating])
    key = _key_columns(table, talkturn, {rater, label, *per_rating}, conversation)
    keys = _rows_as_tuples(table, key)
    number_of: dict[Hashable, int] = {}
    numbers = np.array([number_of.setdefault(each, len(number_of)) for each in keys])
    firsts = np.unique(numbers, return_index=True)[1]
    kept = [c for c in table.columns if c not in {rater, label, *per_rating}]
    _refuse_differences(table, [c for c in kept if c not in key], numbers, firsts)

    values, present = read_labels(table[label], name=f"Column {label!r}")
    raters = _read_raters(table, rater, label, present)
    columns = {}
    for name in dict.fromkeys(each for each in raters if each is not None):
        rows = np.array([r for r, each in enumerate(raters) if each == name])
        _refuse_twice(numbers[rows], rows, name, key)
        wide = np.zeros(len(firsts), dtype=values.dtype)
        there = np.zeros(len(firsts), dtype=bool)
        wide[numbers[rows]], there[numbers[rows]] = values[rows], present[rows]
        columns[f"{RATER_PREFIX}{name}"] = wide, there
    order = in_time_order(table, numbers, firsts, raters, conversation)
    talkturns = table[firsts[order].tolist()].select(kept)
    _refuse_repetitions(talkturns, firsts[order], conversation)
    talkturns = nw.maybe_reset_index(talkturns)
    made = {
        name: label_series(wide[order], there[order], name, talkturns)
        for name, (wide, there) in columns.items()
    }
    return add_columns(talkturns, made).to_native(), list(made)


def _key_columns(
    table: nw.DataFrame,
    talkturn: str | Sequence[str] | None,
    others: set[str],
    conversation: str,
) -> list[str]:
    if talkturn is None:
        known = (conversation, *(name for name in TELL_APART if name not in others))
        named = [name for name in known if name in table.columns]
        if not named:
            raise ValueError(
                f"No column tells talkturns apart; there are {list(table.columns)}. "
                "Name those that do in talkturn=."
            )
        return named
    named = [talkturn] if isinstance(talkturn, str) else list(talkturn)
    require_columns(table, named)
    both = sorted(others & set(named))
    if both:
        raise ValueError(
            f"The columns {both} differ from rating to rating: they cannot tell "
            "talkturns apart."
        )
    return named


def _rows_as_tuples(table: nw.DataFrame, columns: Sequence[str]) -> list[Hashable]:
    """Return what stands in some columns of each row, missing values being equal."""
    listed = [
        [None if is_missing(value) else value for value in table[column].to_list()]
        for column in columns
    ]
    return list(zip(*listed, strict=True))


def _read_raters(
    table: nw.DataFrame, rater: str, label: str, present: np.ndarray
) -> list[str | None]:
    raters = [
        None if is_missing(each) else _rater_name(each)
        for each in table[rater].to_list()
    ]
    for row, name in enumerate(raters):
        if name is None and present[row]:
            raise ValueError(
                f"Row {row} has a label, but column {rater!r} does not say who gave it."
            )
    if not any(each is not None for each in raters):
        raise ValueError(f"Column {rater!r} names no rater.")
    return raters


def _rater_name(value: Any) -> str:
    """Write a rater's name."""
    # A pandas column of whole numbers turns into floats where one is missing.
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if whole else value)


def _refuse_twice(
    numbers: np.ndarray, rows: np.ndarray, rater: str, key: list[str]
) -> None:
    """Refuse a rater who rated a talkturn twice."""
    _, first, counts = np.unique(numbers, return_index=True, return_counts=True)
    if (counts > 1).any():
        number = numbers[first[np.argmax(counts > 1)]]
        one, other = rows[numbers == number][:2]
        raise ValueError(
            f"Rows {one} and {other} are two ratings of one talkturn by the rater "
            f"{rater!r}. If they are two talkturns, name the columns that tell them "
            f"apart in talkturn=, which now is {key}; if the rating was made twice, "
            "leave one out."
        )


def _refuse_differences(
    table: nw.DataFrame, columns: list[str], numbers: np.ndarray, firsts: np.ndarray
) -> None:
    """Refuse columns that differ within a talkturn."""
    for column in columns:
        values = _rows_as_tuples(table, [column])
        for row, value in enumerate(values):
            first = int(firsts[numbers[row]])
            if value != values[first]:
                raise ValueError(
                    f"Column {column!r} differs between rows {first} and {row}, which "
                    "are ratings of one talkturn. If it belongs to the rating, name it "
                    "in per_rating=; if these are two talkturns, name the columns that "
                    "tell them apart in talkturn=."
                )


def _refuse_repetitions(
    talkturns: nw.DataFrame, rows: np.ndarray, conversation: str
) -> None:
    """Refuse talkturns that stand several times in their own context."""
    said = [c for c in (conversation, "speaker", "text") if c in talkturns.columns]
    if "text" not in said or "start" not in talkturns.columns:
        return
    seen: dict[Hashable, int] = {}
    for place, each in enumerate(_rows_as_tuples(talkturns, [*said, "start"])):
        first = seen.setdefault(each, place)
        if first != place:
            raise ValueError(
                f"Rows {rows[first]} and {rows[place]} are the same talkturn, with the "
                "same text and start, though the columns in talkturn= tell them apart: "
                "it would stand twice in its own context. Name other columns."
            )
