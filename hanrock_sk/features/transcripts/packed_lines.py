"""Lines of a transcript in few long strings: each in its own takes fifty bytes more."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import overload

_TOGETHER = 64  # lines in a string


class PackedLines(Sequence[str]):
    """A sequence of texts of one line each, which are made when asked for.

    They are read fast from first to last; what was asked for last is kept, with the
    lines around it.

    Parameters
    ----------
    lines : iterable of str
        What is put into it; no line end is in it.

    Examples
    --------
    >>> from hanrock_sk.features.transcripts.packed_lines import PackedLines
    >>> lines = PackedLines(["so", "", "we begin"])
    >>> len(lines), lines[2], list(lines)
    (3, 'we begin', ['so', '', 'we begin'])
    """

    def __init__(self, lines: Iterable[str] = ()) -> None:
        self._packed: list[str] = []
        self._last: list[str] = []  # lines that are not packed yet
        self._near: list[str] = []
        self._near_number = -1
        self.extend(lines)

    def append(self, line: str) -> None:
        """Put a line below the others."""
        self._last.append(line)
        if len(self._last) == _TOGETHER:
            self._packed.append("\n".join(self._last))
            self._last = []

    def extend(self, lines: Iterable[str]) -> None:
        """Put lines below the others."""
        for line in lines:
            self.append(line)

    def __len__(self) -> int:
        return len(self._packed) * _TOGETHER + len(self._last)

    def __iter__(self) -> Iterator[str]:
        for packed in self._packed:
            yield from packed.split("\n")
        yield from self._last

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self[one] for one in range(len(self))[place]]
        return self.at(range(len(self))[place])

    def at(self, place: int) -> str:
        """Return the line in a place, counted from 0."""
        number, place = divmod(place, _TOGETHER)
        if number == len(self._packed):
            return self._last[place]
        if number != self._near_number:
            self._near = self._packed[number].split("\n")
            self._near_number = number
        return self._near[place]


class PackedParagraphs(Sequence[list[str]]):
    """A sequence of lists of lines, packed likewise.

    Parameters
    ----------
    paragraphs : iterable of iterable of str
        What is put into it; no line end is in a line.

    Examples
    --------
    >>> from hanrock_sk.features.transcripts.packed_lines import PackedParagraphs
    >>> list(PackedParagraphs([["so"], [], ["we", "begin"]]))
    [['so'], [], ['we', 'begin']]
    """

    def __init__(self, paragraphs: Iterable[Iterable[str]] = ()) -> None:
        self._lines = PackedLines()
        self._begins = array("i", [0])
        for lines in paragraphs:
            self.append(lines)

    def append(self, lines: Iterable[str]) -> None:
        """Put a paragraph below the others."""
        for line in lines:
            self._lines.append(line)
        self._begins.append(len(self._lines))

    def __len__(self) -> int:
        return len(self._begins) - 1

    def __iter__(self) -> Iterator[list[str]]:
        lines, begin = iter(self._lines), 0
        for behind in islice(self._begins, 1, None):
            yield list(islice(lines, behind - begin))
            begin = behind

    @overload
    def __getitem__(self, place: int) -> list[str]: ...
    @overload
    def __getitem__(self, place: slice) -> list[list[str]]: ...
    def __getitem__(self, place: int | slice) -> list[str] | list[list[str]]:
        if isinstance(place, slice):
            return [self[one] for one in range(len(self))[place]]
        place = range(len(self))[place]
        return self._lines[self._begins[place] : self._begins[place + 1]]
