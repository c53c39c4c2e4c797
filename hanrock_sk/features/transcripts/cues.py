"""Cues of a caption file: when, and the lines shown."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

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


def read_cues(source: Source, *, commas: bool = False) -> list[Cue]:
    """Read the cues of a WebVTT or SRT file, or (with `commas`) of an SBV file.

    A cue's text goes on to the next one's times, whatever blank lines are in it. Notes,
    styles, headers and identifiers are no text.

    Raises
    ------
    ValueError
        If the file has no cue at all.
    """
    text = _without_frames(source, _with_plain_line_ends(source.text))
    form = _COMMA if commas else _ARROW
    # Where the lines of times stand: all of their matches take ten times the file.
    begins, stops = array("q"), array("q")
    for timing in form.finditer(text):
        begins.append(timing.start())
        stops.append(timing.end())
    if not begins:
        first = text.strip().split("\n", 1)[0][:60]
        raise ValueError(
            f"{source.path}, line 1: expected captions ('00:00:01.000 --> "
            f"00:00:02.500' and text below it), got {first!r} and not one cue."
        )
    bodies, names = _bodies(source, text, begins, stops)
    cues: list[Cue] = []
    line, counted, latest, shift = 1, 0, 0.0, 0.0
    for place, begin in enumerate(begins):
        line += text.count("\n", counted, begin)
        counted = begin
        fields = form.match(text, begin, stops[place]).groups()  # type: ignore[union-attr]
        start, end = _seconds(fields[:5]), _seconds(fields[5:10])
        if end is None:
            source.amend("a cue without an end", line)
        lines = _lines_said(source, bodies[place + 1], line, place + 1)
        start = start or 0.0
        if place and start + shift < latest and _has_header(bodies[place]):
            source.amend("times that begin anew below it, read as going on", line)
            shift = latest
        cues.append(
            Cue(line, names[place], start + shift, (end or start) + shift, lines)
        )
        latest = max(latest, cues[-1].end)
        bodies[place] = ""  # its lines are in the cue
    if not bodies[-1].strip():
        source.amend("a last cue without text", line)
    return cues


def _with_plain_line_ends(text: str) -> str:
    text = text.removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _without_frames(source: Source, text: str) -> str:
    """Return the text with hh:mm:ss:ff in the lines of times as decimals."""
    if _FRAMES.search(text) is None:
        return text
    found = [match for match in _ARROW.finditer(text) if _FRAMES.search(match[0])]
    most = max((int(n) for m in found for n in _FRAMES.findall(m[0])), default=0)
    if not found:
        return text
    rate = 25 if most < 25 else 30 if most < 30 else 60
    line = text.count("\n", 0, found[0].start()) + 1
    source.amend(f"times that count frames, read as {rate} a second", line)

    def in_decimals(times: re.Match[str]) -> str:
        return _FRAMES.sub(lambda n: f".{int(1000 * int(n[1]) / rate):03d}", times[0])

    return _ARROW.sub(in_decimals, text)


def _seconds(fields: tuple[str | None, ...]) -> float | None:
    sign, hours, minutes, seconds, fraction = fields
    if seconds is None:
        return None
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds)
    value = float(f"{whole}.{fraction}") if fraction else float(whole)
    return -value if sign else value


def _bodies(
    source: Source, text: str, begins: Sequence[int], stops: Sequence[int]
) -> tuple[list[str], list[str]]:
    """Return what stands before, between and behind the times; and cues' names.

    A name is the line right above the times, if a blank one is above it. Without the
    blank line, only a number that goes on from the cue's before is one. Names that only
    a few cues seem to have are lines of text below a blank line.
    """
    bounds = zip(chain([0], stops), chain(begins, [len(text)]), strict=True)
    bodies = [text[behind:until] for behind, until in bounds]
    names: list[str] = []
    for body in bodies[:-1]:
        names.append(_name_at_the_end(body, names[-1] if names else None))
    given = sum(1 for name in names if name)
    few = not names[0] and 2 * given <= len(names)
    line = 1
    for place, name in enumerate(names):
        line += bodies[place].count("\n")
        if not name:
            continue
        if few and not name.isdecimal() and not _HEADER.match(name):
            names[place] = ""
            continue
        rest = bodies[place].rstrip().removesuffix(name).rstrip(" \t")
        if place and not rest.endswith("\n\n") and rest.strip():
            source.amend("no blank line above a cue", line)
        bodies[place] = rest
    _check_head(source, bodies[0])
    return bodies, names


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
