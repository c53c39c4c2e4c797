"""Cues of a caption file: when, and the lines shown."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterator, Sequence
from typing import NamedTuple, overload

from hanrock_sk.features.transcripts.packed_lines import PackedLines, PackedParagraphs
from hanrock_sk.features.transcripts.source import Source

_TIME = r"(-?)(?:(\d{1,5}):)?(\d{1,3}):(\d{1,2})(?:[.,:](\d{1,9}))?"
_ARROW = re.compile(
    rf"^[^\S\n]*{_TIME}[^\S\n]*(?:--+|[-\u2013\u2014])[^\S\n]?>[^\S\n]*"
    rf"(?:{_TIME})?([^\S\n][^\n]*)?$",
    re.MULTILINE,
)
_FRAMES = re.compile(r"(?<=\d\d:\d\d:\d\d):(\d\d)(?!\d)")
_COMMA = re.compile(rf"^[^\S\n]*{_TIME},{_TIME}()[^\S\n]*$", re.MULTILINE)
_BLANK = re.compile(r"\n(?:[^\S\n]*\n)+")
_HEADER = re.compile(r"\s*WEBVTT(?:\s|$)")
_NO_CUE = re.compile(r"(?:NOTE(?:\s|$)|(?:STYLE|REGION)\s*(?:\n|$))")


class Cue(NamedTuple):
    """A stretch of time and the lines shown in it.

    Attributes
    ----------
    line : int
        The line of the file that holds its times, counted from 1.
    name : str
        The identifier above the times; empty if there is none.
    start, end : float
        Seconds.
    lines : list of str
        As they stand in the file, blank ones left out.
    """

    line: int
    name: str
    start: float
    end: float
    lines: list[str]


class Cues(Sequence[Cue]):
    """Cues in columns, as objects they take many times the file.

    Attributes
    ----------
    names : PackedLines
        What stands above the times of each.
    lines : PackedParagraphs
        The lines of each.
    """

    def __init__(self, names: PackedLines) -> None:
        self.names = names
        self.lines = PackedParagraphs()
        self._line = array("i")
        self._starts, self._ends = array("d"), array("d")

    def append(self, line: int, start: float, end: float, lines: list[str]) -> None:
        """Put the next cue behind the others."""
        self._line.append(line)
        self._starts.append(start)
        self._ends.append(end)
        self.lines.append(lines)

    def times(self) -> Iterator[tuple[int, float, float]]:
        """Yield the line of the times, the start and the end of each cue."""
        return zip(self._line, self._starts, self._ends, strict=True)

    def __len__(self) -> int:
        return len(self._line)

    @overload
    def __getitem__(self, place: int) -> Cue: ...
    @overload
    def __getitem__(self, place: slice) -> list[Cue]: ...
    def __getitem__(self, place: int | slice) -> Cue | list[Cue]:
        if isinstance(place, slice):
            return [self[one] for one in range(len(self))[place]]
        return Cue(
            self._line[place],
            self.names[place],
            self._starts[place],
            self._ends[place],
            self.lines[place],
        )


def read_cues(source: Source, *, commas: bool = False) -> Cues:
    """Read the cues of a WebVTT or SRT file, or (with `commas`) of an SBV file.

    A cue's text goes on to the next one's times, whatever blank lines are in it. Notes,
    styles, headers and identifiers are no text.

    Raises
    ------
    ValueError
        If the file has no cue at all.
    """
    text = _without_frames(source, _with_plain_line_ends(source.text))
    # What stands before, between and behind the lines of times, by its places.
    behind, until = array("i", [0]), array("i")
    starts, ends = array("d"), array("d")
    for timing in (_COMMA if commas else _ARROW).finditer(text):
        until.append(timing.start())
        behind.append(timing.end())
        fields = timing.groups()
        starts.append(_seconds(fields[:5]))
        ends.append(_seconds(fields[5:10]))
    if not until:
        first = text.strip().split("\n", 1)[0][:60]
        raise ValueError(
            f"{source.path}, line 1: expected captions ('00:00:01.000 --> "
            f"00:00:02.500' and text below it), got {first!r} and not one cue."
        )
    begins = until[:]
    until.append(len(text))
    cues = Cues(_names(source, text, behind, until))
    line, counted, latest, shift = 1, 0, 0.0, 0.0
    for place, begin in enumerate(begins):
        line += text.count("\n", counted, begin)
        counted = begin
        start, end = starts[place], ends[place]
        if math.isnan(end):
            source.amend("a cue without an end", line)
        body = text[behind[place + 1] : until[place + 1]]
        lines = _lines_said(source, body, line, place + 1)
        if place and start + shift < latest:
            above = text[behind[place] : until[place]]
            if _has_header(above):
                source.amend("times that begin anew below it, read as going on", line)
                shift = latest
        end = (start if math.isnan(end) or not end else end) + shift
        cues.append(line, start + shift, end, lines)
        latest = max(latest, end)
    if not text[behind[-1] : until[-1]].strip():
        source.amend("a last cue without text", line)
    return cues


def _with_plain_line_ends(text: str) -> str:
    text = text.removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _without_frames(source: Source, text: str) -> str:
    """Return the text with hh:mm:ss:ff in the lines of times as decimals."""
    if _FRAMES.search(text) is None:
        return text
    first, most = None, 0
    for times in _ARROW.finditer(text):
        if frames := _FRAMES.findall(times[0]):
            first = times.start() if first is None else first
            most = max(most, *map(int, frames))
    if first is None:
        return text
    rate = 25 if most < 25 else 30 if most < 30 else 60
    line = text.count("\n", 0, first) + 1
    source.amend(f"times that count frames, read as {rate} a second", line)

    def in_decimals(times: re.Match[str]) -> str:
        return _FRAMES.sub(lambda n: f".{int(1000 * int(n[1]) / rate):03d}", times[0])

    return _ARROW.sub(in_decimals, text)


def _seconds(fields: tuple[str | None, ...]) -> float:
    """Return what a clock says, NaN if there is none."""
    sign, hours, minutes, seconds, fraction = fields
    if seconds is None:
        return math.nan
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds)
    value = float(f"{whole}.{fraction}") if fraction else float(whole)
    return -value if sign else value


def _names(
    source: Source, text: str, behind: Sequence[int], until: array[int]
) -> PackedLines:
    """Return the cues' names, and take them off what stands above the times.

    A name is the line right above the times, if a blank one is above it. Without the
    blank line, only a number that goes on from the cue's before is one. Names that only
    a few cues seem to have are lines of text below a blank line.
    """
    found, given = PackedLines(), 0
    before: str | None = None
    bodies = zip(behind[:-1], until[:-1], strict=True)
    for begin, stop in bodies:
        before = _name_at_the_end(text[begin:stop], before)
        found.append(before)
        given += before != ""
    few = not found[0] and 2 * given <= len(found)
    if not given:
        _check_head(source, text[: until[0]])
        return found
    names = PackedLines()
    line = 1
    for place, name in enumerate(found):
        body = text[behind[place] : until[place]]
        line += body.count("\n")
        if few and not name.isdecimal() and not _HEADER.match(name):
            name = ""
        names.append(name)
        if not name:
            continue
        rest = body.rstrip().removesuffix(name).rstrip(" \t")
        if place and not rest.endswith("\n\n") and rest.strip():
            source.amend("no blank line above a cue", line)
        until[place] = behind[place] + len(rest)
    _check_head(source, text[: until[0]])
    return names


def _name_at_the_end(body: str, before: str | None) -> str:
    """Return the cue's name that ends the text above its times, if there is one."""
    lines = body[-2000:].removesuffix("\n").rsplit("\n", 2)
    name = lines[-1].strip()
    if not name or "\n" not in body:
        return ""
    # The first line of a body is what is left of the line of times: no blank one.
    first = before is None
    alone = len(lines) == 1 if first else len(lines) == 2 and body.count("\n") == 2
    if _HEADER.match(name):
        return ""
    if first and alone:
        return name
    if not alone and len(lines) > 1 and not lines[-2].strip():
        return name
    if before and _is_next(name, before):
        return name
    return ""


def _is_next(name: str, before: str) -> bool:
    return (
        name.isdecimal()
        and before.isdecimal()
        and len(name) < 10
        and len(before) < 10
        and int(name) == int(before) + 1
    )


def _lines_said(source: Source, body: str, line: int, number: int) -> list[str]:
    """Return the lines of a cue's text; what stands below a blank line is text too."""
    said: list[str] = []
    body = body.strip("\n")
    if "\n" not in body and not body.startswith("WEBVTT"):
        return [body] if body.strip() else []
    for place, block in enumerate(_BLANK.split(body)):
        here = block.strip()
        if not here:
            continue
        if _HEADER.match(here):
            above = body.count("\n", 0, body.find(here))
            source.amend("a second header", line + above + 1)
        elif place and source.suffix == ".vtt" and _NO_CUE.match(here):
            continue
        elif place and here == str(number + 1):
            source.amend("a blank line below a cue's number", line)
        else:
            if said:
                source.amend("a blank line within a cue", line)
            said += [part for part in block.split("\n") if part.strip()]
    return said


def _has_header(body: str) -> bool:
    """Whether a header stands on its own below what a cue shows."""
    return "WEBVTT" in body and any(map(_HEADER.match, _BLANK.split(body)))


def _check_head(source: Source, above: str) -> None:
    """Note what stands above the first cue and is no header."""
    for block in _BLANK.split(above):
        here = block.strip()
        if here and not (
            _HEADER.match(here) or _NO_CUE.match(here) or here.isdecimal()
        ):
            source.amend("text above the first cue, left out", 1)
