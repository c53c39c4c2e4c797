"""Who says what, when, in a text: cut out of its lines when asked for."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator
from copy import copy
from itertools import compress
from typing import NamedTuple

from hanrock_sk.features.transcripts.clock import seconds_of
from hanrock_sk.features.transcripts.text_lines import Lines

_NO_WORDS = -1
_TO_THE_END = (1 << 31) - 1


class Block(NamedTuple):
    """What one person says without a break.

    Attributes
    ----------
    line : int
        Where in the file it begins.
    name : str or None
        As the file tells it.
    start, end : float
        Seconds; NaN where the file does not tell them.
    said : list of str
        Its lines.
    """

    line: int
    name: str | None
    start: float
    end: float
    said: list[str]


class Heads:
    """Lines that say who speaks or when, in columns, in the order of the file.

    Attributes
    ----------
    places : array of int
        Where among the lines each stands.
    names : list of str or None
        Each name once.
    name_of : array of int
        Which of them each tells.
    starts, ends : array of float
        Seconds, NaN where there are none.
    begins, stops : array of int
        Where in the line words stand; -1 if none do.
    """

    def __init__(self) -> None:
        self.places = array("i")
        self.name_of = array("i")
        self.starts, self.ends = array("d"), array("d")
        self.begins, self.stops = array("i"), array("i")
        self._known: dict[str | None, int] = {}

    @property
    def names(self) -> list[str | None]:
        """Each name once."""
        return list(self._known)

    def __len__(self) -> int:
        return len(self.places)

    def add(
        self,
        place: int,
        name: str | None,
        start: str | None = None,
        end: str | None = None,
        begin: int = _NO_WORDS,
        stop: int = _TO_THE_END,
    ) -> None:
        """Put a head below the others."""
        self.places.append(place)
        self.name_of.append(self._known.setdefault(name, len(self._known)))
        self.starts.append(_seconds(start))
        self.ends.append(_seconds(end))
        self.begins.append(begin)
        self.stops.append(stop)

    def kept(self, wanted: Iterable[object]) -> Heads:
        """Return those heads for which something true stands in `wanted`."""
        chosen = bytearray(map(bool, wanted))
        found = Heads()
        found._known = self._known
        for column in ("places", "name_of", "starts", "ends", "begins", "stops"):
            values = getattr(self, column)
            setattr(found, column, array(values.typecode, compress(values, chosen)))
        return found

    def called(self, names: Iterable[str | None]) -> Heads:
        """Return the same heads with other names, one for each."""
        found = self.kept(b"\1" * len(self))
        found._known = {}
        known = found._known
        found.name_of = array("i", (known.setdefault(n, len(known)) for n in names))
        return found


class Blocks:
    """Blocks of a text: each goes from a head to the next one.

    Parameters
    ----------
    lines : Lines
        The text.
    heads : Heads
        In it.
    above : int, default=0
        How many lines above a head belong to it.
    below : int, default=0
        How many lines below it do.
    """

    def __init__(
        self, lines: Lines, heads: Heads, above: int = 0, below: int = 0
    ) -> None:
        self._lines, self._heads = lines, heads
        self._firsts = array("i", (place + 1 + below for place in heads.places))
        self._behind = array("i", (place - above for place in heads.places[1:]))
        if heads:
            self._behind.append(len(lines))

    def __len__(self) -> int:
        return len(self._heads)

    def __iter__(self) -> Iterator[Block]:
        lines, heads, names = self._lines, self._heads, self._heads.names
        at, numbers = lines.at, lines.numbers
        for place, name, start, end, begin, stop, first, behind in zip(
            heads.places,
            heads.name_of,
            heads.starts,
            heads.ends,
            heads.begins,
            heads.stops,
            self._firsts,
            self._behind,
            strict=True,
        ):
            said = [] if begin == _NO_WORDS else [at(place)[begin:stop]]
            if first < behind:
                said += map(at, range(first, behind))
            yield Block(numbers[place], names[name], start, end, said)

    @property
    def told(self) -> bool:
        """Whether any block says who speaks, or when."""
        heads = self._heads
        return self.named or not (
            all(map(math.isnan, heads.starts)) and all(map(math.isnan, heads.ends))
        )

    @property
    def named(self) -> bool:
        """Whether any block says who speaks."""
        names = self._heads.names
        return any(names[number] for number in set(self._heads.name_of))

    def behind(self, many: int) -> Blocks:
        """Return the blocks behind so many."""
        return self._kept(number >= many for number in range(len(self)))

    @property
    def say_something(self) -> bool:
        """Whether anything is said in any block."""
        return any(self._said())

    def spoken(self) -> Blocks:
        """Return the blocks in which something is said."""
        return self._kept(self._said())

    def _said(self) -> Iterator[bool]:
        words = zip(self._heads.begins, self._firsts, self._behind, strict=True)
        return (begin != _NO_WORDS or first < behind for begin, first, behind in words)

    def _kept(self, wanted: Iterable[bool]) -> Blocks:
        chosen = bytearray(wanted)
        found = copy(self)
        found._heads = self._heads.kept(chosen)
        found._firsts = array("i", compress(self._firsts, chosen))
        found._behind = array("i", compress(self._behind, chosen))
        return found


def every_line(lines: Lines) -> Blocks:
    """Return a block for each line, of nobody and no time."""
    heads = Heads()
    for place in range(len(lines)):
        heads.add(place, None, begin=0)
    return Blocks(lines, heads)


def _seconds(clock: str | None) -> float:
    found = None if clock is None else seconds_of(clock)
    return math.nan if found is None else found
