"""A step of a Pipeline at work while a conversation happens, talkturn by talkturn.

A transformer of tables has two halves. `transform` reads a table; what ``live_half``
returns reads one talkturn at a time and remembers of the earlier ones what the next
needs. Each step answers for its own: `TableTransformer.live_half` says how.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from math import isclose
from typing import Any, Protocol

import narwhals as nw
import numpy as np

from hanrock_sk.talkturns.table import add_columns, read_table
from hanrock_sk.talkturns.values import is_missing

Remember = Callable[[], None]
"""Called once it is certain that a talkturn was heard."""


class LiveHalf(Protocol):
    """What a step's ``live_half`` returns: one conversation, as that step hears it.

    Attributes
    ----------
    text : str or None
        The column in which the step reads what was said; None if it reads no text.
    """

    text: str | None

    def hear(self, talkturn: nw.DataFrame) -> tuple[nw.DataFrame, Remember]:
        """Add the step's columns to a table of one row, the next talkturn.

        Parameters
        ----------
        talkturn : narwhals.DataFrame
            The talkturn with the columns of the steps before.

        Returns
        -------
        wide : narwhals.DataFrame
            The talkturn with the columns of this step.
        remember : callable
            Takes the talkturn for heard. Until then nothing has changed, so that a
            talkturn which a later step refuses leaves no trace.
        """
        ...


class Unchanged:
    """The live half of a step that is of use in training alone."""

    text: str | None = None

    def hear(self, talkturn: nw.DataFrame) -> tuple[nw.DataFrame, Remember]:
        """Return the talkturn as it is."""
        return talkturn, lambda: None


@dataclass
class CarryingHalf:
    """The live half of a step that carries something from talkturn to talkturn.

    Attributes
    ----------
    text : str or None
        The column in which the step reads what was said.
    required : sequence of str
        The columns that a talkturn must have.
    carried : object
        What is known from the talkturns heard so far.
    columns : callable
        ``columns(talkturn, carried)`` returns the columns to add, and what to carry on;
        it may change the `carried` it is given, which is a copy.
    """

    text: str | None
    required: Sequence[str]
    carried: Any
    columns: Callable[[nw.DataFrame, Any], tuple[Mapping[str, Any], Any]]

    def hear(self, talkturn: nw.DataFrame) -> tuple[nw.DataFrame, Remember]:
        """Add the columns."""
        talkturn = read_table(talkturn, required=self.required)
        columns, carried = self.columns(talkturn, deepcopy(self.carried))

        def remember() -> None:
            self.carried = carried

        return add_columns(talkturn, columns), remember


class RowByRow:
    """The live half of a step that keeps rows apart: its `transform`, of one row.

    Whether it does is checked once, with the second talkturn, which has to come out the
    same with and without the first.

    Parameters
    ----------
    step : transformer
        Fitted; any one that takes a table and returns a table.
    name : str
        What to call it in an error.
    """

    text: str | None = None

    def __init__(self, step: Any, name: str) -> None:
        self._step, self._name = step, name
        self._first: nw.DataFrame | None = None
        self._is_checked = False

    def hear(self, talkturn: nw.DataFrame) -> tuple[nw.DataFrame, Remember]:
        """Transform a table of one row."""
        wide = self._transform(talkturn)
        if self._first is not None and not self._is_checked:
            # A talkturn may have fewer columns than the first had, or others.
            shared = [name for name in talkturn.columns if name in self._first.columns]
            values = {
                name: _column(*self._first[name].to_list(), *talkturn[name].to_list())
                for name in shared
            }
            both = nw.from_dict(values, backend=talkturn.implementation)
            self._check(talkturn.select(shared), both)

        def remember() -> None:
            self._is_checked = self._first is not None
            self._first = talkturn

        return wide, remember

    def _transform(self, table: nw.DataFrame) -> nw.DataFrame:
        wide = read_table(self._step.transform(table.to_native()))
        if len(wide) != len(table):
            raise ValueError(
                f"{self._name} made {len(wide)} rows of {len(table)}. A step has to "
                "keep the rows of the talkturn table, live or not."
            )
        return wide

    def _check(self, alone: nw.DataFrame, both: nw.DataFrame) -> None:
        apart, together = self._transform(alone), self._transform(both)
        for column in apart.columns:
            here, there = apart[column].to_list()[0], together[column].to_list()[-1]
            if not _are_alike(here, there):
                raise ValueError(
                    f"{self._name} says that it keeps rows apart, but its column "
                    f"{column!r} of a talkturn depends on other rows: {here!r} for the "
                    f"talkturn alone, {there!r} with the one before. Without "
                    "keeps_rows_apart, give it a method live_half()."
                )


def _column(first: Any, second: Any) -> list[Any]:
    """Return a column of two values: a whole number beside a float is a float."""
    values = [first, second]
    if not any(isinstance(value, float) for value in values):
        return values
    return [float(value) if type(value) is int else value for value in values]


def _are_alike(here: Any, there: Any) -> bool:
    """Whether a row came out the same, but for rounding.

    The same row may round otherwise in a matrix product of two rows than alone.
    """
    if is_missing(here) and is_missing(there):
        return True
    vectors = list | tuple | np.ndarray
    if isinstance(here, vectors) and isinstance(there, vectors):
        return len(here) == len(there) and all(map(_are_alike, here, there))
    floats = float | np.floating
    if isinstance(here, floats) and isinstance(there, floats):
        return isclose(here, there, rel_tol=1e-4, abs_tol=1e-6)
    return bool(here == there)


def live_half(step: Any, name: str) -> LiveHalf:
    """Ask any step of a Pipeline for its live half.

    Parameters
    ----------
    step : transformer
        Fitted. It answers with its method ``live_half``; or by an attribute
        ``keeps_rows_apart`` that is true, which says that what `transform` makes of a
        talkturn depends on that row alone.
    name : str
        Its name in the Pipeline.

    Returns
    -------
    half : LiveHalf
        Of a conversation that begins now.

    Raises
    ------
    TypeError
        If it answers in neither way, or says that it has none.
    """
    called = f"The step {name!r}, a {type(step).__name__},"
    if hasattr(step, "live_half"):
        half = step.live_half()
        if half is not None:
            return half
    if getattr(step, "keeps_rows_apart", False):
        return RowByRow(step, called)
    raise TypeError(
        f"{called} cannot work talkturn by talkturn, as far as it says. If what it "
        "makes of a talkturn depends on that talkturn alone, say so: "
        f"pipeline[{name!r}].keeps_rows_apart = True, or the same in its class. If it "
        "needs earlier talkturns, give it a method live_half()."
    )
