"""Lines of a text transcript, without what is about the transcript itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from hanrock_sk.features.transcripts.markup import plain
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


class Line(NamedTuple):
    """A line of text.

    Attributes
    ----------
    number : int
        Which line of the file it is, counted from 1.
    text : str
        Without markup.
    fields : list of str
        Its parts between tabs or wide gaps.
    """

    number: int
    text: str
    fields: list[str]


def prepared(source: Source, lines: Sequence[str]) -> list[Line]:
    """Return the lines that are not empty.

    Taken off are Markdown's marks, numbers of lines, "From" and "to" of chats, and
    lines in which the program tells of itself.
    """
    raw = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    told = [row for row in raw if not _ABOUT.fullmatch(row[1].strip()[:300])]
    if len(told) < len(raw):
        source.tell(f"{len(raw) - len(told)} lines about the transcript left out")
    raw = _without_numbers(told)
    if raw and sum(_SENT_BY.match(line) is not None for _, line in raw) * 3 > len(raw):
        raw = [(number, _SENT_BY.sub(r"\1\2:", line, count=1)) for number, line in raw]
    found = []
    for number, line in raw:
        line = _TENTHS.sub(r"#\1.\2#", line)
        if "*" in line or "_" in line:
            line = _EMPHASIS.sub(r"\2", line)
        fields = [text for part in _WIDE.split(line) if (text := plain(part))]
        if fields:
            found.append(Line(number, " ".join(fields), fields))
    return found


def _without_numbers(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Take off numbers that count the lines."""
    matches = [_NUMBER.match(line) for _, line in lines]
    numbers = [int(match[1]) for match in matches if match]
    if len(numbers) < 3 or len(numbers) < len(lines):
        return lines
    first = numbers[0]
    if numbers != list(range(first, first + len(numbers))):
        return lines
    return [
        (number, line[match.end() :] if match else line)
        for (number, line), match in zip(lines, matches, strict=True)
    ]
