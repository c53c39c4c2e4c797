"""Lines of a text transcript, without what is about the transcript itself."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress

from hanrock_sk.features.transcripts.markup import plain
from hanrock_sk.features.transcripts.packed_lines import PackedLines
from hanrock_sk.features.transcripts.source import Source

CLOCK = (
    r"(?:(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,6})?(?:[^\S\n]?[AaPp]\.?[Mm]\b\.?)?|"
    r"\d{1,6}(?:[.,]\d{1,6})?[^\S\n]?s)"
)
"""A time, as texts tell it: 1:02:03.5, 2:03, 12.5s."""

RANGE = (
    rf"[\[(#]?\s*({CLOCK})(?:\s*(?:-+>?|\u2013|\u2014|\u2192|to)\s*({CLOCK}))?"
    r"\s*[\])#]?"
)
"""A time or two, in brackets or not."""

_HAS_CLOCK = re.compile(r"\d(?::\d\d|[^\S\n]?s)")  # what every clock has in it
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.{1,200}?)(?<=\S)\1")
_TENTHS = re.compile(r"#(\d{1,2}:\d{2}:\d{2})-(\d)#")
_NUMBER = re.compile(r"\s*\(?(\d{1,6})(?:[.)]\s|\s)\s*(?=\S)")
_WIDE = re.compile(r"\t|\s{3,}")
_SENT_BY = re.compile(r"(.{0,20}?)\bFrom\s+(\S.*?)(?:\s+[tT]o\s+[^:]{1,100}?)?\s*:")
_ABOUT = re.compile(
    r"(?:(?:this transcript was |automatically )?(?:transcribed|generated|created) "
    r"(?:by|with|using) \S.*|.{1,100} (?:started|stopped) transcription|audio source:.*"
    r"|start: [\d:.]+ \| stop: [\d:.]+.*)",
    re.IGNORECASE,
)


class Lines(PackedLines):
    """Lines of a text, packed, and their parts between tabs or wide gaps.

    Attributes
    ----------
    numbers : array of int
        Which line of the file each is, counted from 1.
    most_fields : int
        How many parts a line has at most.
    """

    def __init__(self) -> None:
        super().__init__()
        self.numbers = array("i")
        self._clocked = bytearray()
        self.most_fields = 0

    def add(self, number: int, fields: Sequence[str]) -> None:
        """Put a line below the others, in its parts, without markup."""
        text = fields[0] if len(fields) == 1 else " ".join(fields)
        self._clocked.append(_HAS_CLOCK.search(text) is not None)
        self.most_fields = max(self.most_fields, len(fields))
        self.numbers.append(number)
        self.append("\t".join(fields))

    def rows(self) -> Iterator[str]:
        """Yield the lines, a tab between their parts."""
        return super().__iter__()

    def __iter__(self) -> Iterator[str]:
        if self.most_fields < 2:
            return super().__iter__()
        return (row.replace("\t", " ") for row in super().__iter__())

    def at(self, place: int) -> str:
        """Return the line in a place, blanks between its parts."""
        return super().at(place).replace("\t", " ")

    def with_clocks(self) -> Iterator[tuple[int, str]]:
        """Yield places and texts of the lines in which a time may stand."""
        return compress(enumerate(self), self._clocked)


def prepared(source: Source, lines: Iterable[str]) -> Lines:
    """Return the lines that are not empty.

    Taken off are Markdown's marks, numbers of lines, "From" and "to" of chats, and
    lines in which the program tells of itself.

    Parameters
    ----------
    source : Source
        The file.
    lines : iterable of str
        Its lines, gone through twice.
    """
    kept, counted = bytearray(), _Counted()
    about = sent = sent_behind_number = 0
    for line in lines:
        bare = line.strip()
        told = bool(bare) and not _ABOUT.fullmatch(bare[:300])
        kept.append(told)
        if told:
            sent += _was_sent(line)
            begin = counted.behind_number(line)
            sent_behind_number += begin > 0 and _was_sent(line[begin:])
        elif bare:
            about += 1
    if about:
        source.tell(f"{about} lines about the transcript left out")
    if counted.holds:
        sent = sent_behind_number
    chat = sent * 3 > kept.count(True) > 0
    found = Lines()
    for number, line in compress(enumerate(lines, 1), kept):
        if counted.holds:
            line = line[_NUMBER.match(line).end() :]  # type: ignore[union-attr]
        if chat:
            line = _SENT_BY.sub(r"\1\2:", line, count=1)
        if "#" in line:
            line = _TENTHS.sub(r"#\1.\2#", line)
        if "*" in line or "_" in line:
            line = _EMPHASIS.sub(r"\2", line)
        fields = [text for part in _WIDE.split(line) if (text := plain(part))]
        if fields:
            found.add(number, fields)
    return found


def _was_sent(line: str) -> bool:
    return "From" in line and _SENT_BY.match(line) is not None


class _Counted:
    """Whether numbers that count the lines stand before all of them, so far."""

    def __init__(self) -> None:
        self._goes_on = True
        self._first = self._many = 0

    @property
    def holds(self) -> bool:
        return self._goes_on and self._many > 2

    def behind_number(self, line: str) -> int:
        """Return where a line goes on behind its number; 0 if it has none."""
        match = _NUMBER.match(line) if self._goes_on else None
        number = int(match[1]) if match else 0
        if not self._many:
            self._first = number
        self._goes_on = match is not None and number == self._first + self._many
        self._many += 1
        return match.end() if match else 0
