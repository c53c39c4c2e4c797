"""Transcripts as text: names, times and words."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from hanrock_sk.features.transcripts.clock import seconds_of
from hanrock_sk.features.transcripts.markup import plain
from hanrock_sk.features.transcripts.names import LONGEST_NAME
from hanrock_sk.features.transcripts.source import Format, Source
from hanrock_sk.features.transcripts.speaker_labels import labels_of
from hanrock_sk.features.transcripts.utterance import Utterance

_CLOCK = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,6})?"
_RANGE = rf"[\[(]?\s*({_CLOCK})(?:\s*(?:-+>?|\u2013|\u2192)\s*({_CLOCK}))?\s*[\])]?"
_TIME = re.compile(rf"{_RANGE}\s*:?")
_NAME_TIME = re.compile(rf"(.{{1,{LONGEST_NAME}}}?)[\s,|\u2013\u2014-]+{_RANGE}\s*:?")
_NAME_TIME_TEXT = re.compile(
    rf"([^:]{{1,{LONGEST_NAME}}}?)\s*[\[(]({_CLOCK})(?:\s*-\s*({_CLOCK}))?[\])]\s*:?\s*(\S.*)"
)
_TIME_TEXT = re.compile(rf"{_RANGE}\s*[-\u2013:]?\s+(\S.*)")

_MOST_HEADINGS = 8

Block = tuple[int, str | None, str | None, str | None, list[str]]
"""Line, name, start, end, and the lines of text."""


def read_plain_text(source: Source) -> list[Utterance]:
    """Return what the lines of a text file say, and who says it."""
    text = source.text.replace("\r\n", "\n").replace("\r", "\n")
    return read_lines(source, text.split("\n"))


def read_lines(source: Source, lines: Sequence[str]) -> list[Utterance]:
    """Return what is said in lines of names, times and words.

    A name and a time on a line, on two lines, or before the words; or names alone. An
    end that is not told is missing; so are all times where there are none.

    Raises
    ------
    ValueError
        If the lines tell neither who speaks nor when.
    """
    numbered = [
        (number, words)
        for number, line in enumerate(lines, 1)
        if (words := plain(line))
    ]
    for style in (
        _names_above_times,
        _names_with_times,
        _times_above_names,
        _times_before_text,
    ):
        blocks = style(numbered)
        if blocks:
            break
    else:
        blocks = _untimed(numbered)
    spoken = [block for block in blocks if block[4]]
    labels = labels_of([block[4] for block in spoken], source.speakers)
    for heading in range(1, min(_MOST_HEADINGS, len(spoken))):
        if labels.form or any(block[1] or block[2] for block in spoken):
            break
        further = labels_of([b[4] for b in spoken[heading:]], source.speakers)
        if further.form:
            source.amend("text above the first speaker, left out", spoken[0][0])
            spoken, labels = spoken[heading:], further
    named = any(block[1] for block in spoken)
    timed = any(block[2] for block in spoken)
    if not named and not timed and labels.form is None and not source.speakers:
        first = numbered[0][1][:60] if numbered else ""
        raise ValueError(
            f"{source.path}, line 1: not a table of words, nor a text that says who "
            f"speaks or when; it begins {first!r}."
        )
    if labels.form and not named:
        source.tell(f"speakers stand as {labels.form!r}")
    found: list[Utterance] = []
    speaker: str | None = None
    for line, name, start, end, said in spoken:
        parts = [(name, " ".join(said), True)] if named else labels.split(said)
        for who, what, begins in parts:
            if who is not None or begins or not labels.carries:
                speaker = who
            if what:
                at = f"line {line}"
                found.append(
                    Utterance(what, _seconds(start), _seconds(end), speaker, at)
                )
    source.allow_missing_times()
    return found


def _seconds(clock: str | None) -> float:
    found = None if clock is None else seconds_of(clock)
    return math.nan if found is None else found


def _names_with_times(lines: list[tuple[int, str]]) -> list[Block]:
    """``Anna Berg  0:03``, and the words below; or ``Anna (0:03): words``."""
    blocks: list[Block] = []
    for number, line in lines:
        above = _NAME_TIME.fullmatch(line)
        before = _NAME_TIME_TEXT.fullmatch(line) if not above else None
        if above and any(map(str.isalpha, above[1])):
            name = above[1].strip("[]():, \t")
            blocks.append((number, name, above[2], above[3], []))
        elif before and any(map(str.isalpha, before[1])):
            blocks.append(
                (number, before[1].strip(), before[2], before[3], [before[4]])
            )
        elif blocks:
            blocks[-1][4].append(line)
        elif number > 12:
            return []
    return blocks if _tells(blocks, lines) else []


def _names_above_times(lines: list[tuple[int, str]]) -> list[Block]:
    """``Anna Berg``, below it ``00:00:03``, below it the words."""
    times = [place for place, (_, line) in enumerate(lines) if _TIME.fullmatch(line)]
    if not times or times[0] == 0 or times[0] > 12:
        return []
    blocks: list[Block] = []
    for this, after in zip(times, [*times[1:], len(lines) + 1], strict=True):
        start, end = _TIME.fullmatch(lines[this][1]).groups()  # type: ignore[union-attr]
        name = lines[this - 1][1].strip("[]:")
        said = [line for _, line in lines[this + 1 : after - 1]]
        blocks.append((lines[this][0], name, start, end, said))
    short = all(len(block[1] or "") <= LONGEST_NAME for block in blocks)
    return blocks if short and sum(bool(block[4]) for block in blocks) else []


def _times_above_names(lines: list[tuple[int, str]]) -> list[Block]:
    """``0:03 --> 0:05``, below it ``Anna Berg``, below it the words."""
    times = [place for place, (_, line) in enumerate(lines) if _TIME.fullmatch(line)]
    if not times or times[0] > 12:
        return []
    blocks: list[Block] = []
    for this, after in zip(times, [*times[1:], len(lines)], strict=True):
        start, end = _TIME.fullmatch(lines[this][1]).groups()  # type: ignore[union-attr]
        said = [line for _, line in lines[this + 1 : after]]
        named = len(said) > 1
        blocks.append(
            (
                lines[this][0],
                said[0] if named else None,
                start,
                end,
                said[1:] if named else said,
            )
        )
    names = {block[1] for block in blocks}
    if None in names or 2 * len(names) > len(blocks) + 1:
        # No line below the times recurs: they are words.
        return [(n, None, s, e, [w, *t] if w else t) for n, w, s, e, t in blocks]
    return blocks


def _times_before_text(lines: list[tuple[int, str]]) -> list[Block]:
    """``[0:03] Anna: words``: the names are found as in captions."""
    blocks: list[Block] = []
    for number, line in lines:
        found = _TIME_TEXT.fullmatch(line)
        if found:
            blocks.append((number, None, found[1], found[2], [found[3]]))
        elif blocks:
            blocks[-1][4].append(line)
        elif number > 12:
            return []
    return blocks if _tells(blocks, lines) else []


def _tells(blocks: list[Block], lines: list[tuple[int, str]]) -> bool:
    return len(blocks) > 1 or (len(blocks) == 1 and blocks[0][0] == lines[0][0])


def _untimed(lines: list[tuple[int, str]]) -> list[Block]:
    return [(number, None, None, None, [line]) for number, line in lines]


FORMAT = Format(
    "text with names (Zoom, Teams, Otter, Rev, noScribe)",
    (".txt", ".md"),
    lambda source: True,
    read_plain_text,
)
