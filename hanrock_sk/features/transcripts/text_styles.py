"""How texts lay out names, times and words: each style is tried on the whole file."""

from __future__ import annotations

import math
import re
from array import array
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate, pairwise

import numpy as np

from hanrock_sk.features.transcripts.names import LONGEST_NAME, is_name
from hanrock_sk.features.transcripts.text_blocks import Blocks, Heads
from hanrock_sk.features.transcripts.text_lines import CLOCK, RANGE, Lines

_TIME = re.compile(rf"{RANGE}\s*:?")
_NAME_TIME = re.compile(rf"(.{{1,{LONGEST_NAME}}}?)[\s,|\u2013\u2014-]+{RANGE}\s*:?")
_TIME_NAME = re.compile(rf"{RANGE}\s*[-\u2013\u2014|,]\s*(\S.{{0,{LONGEST_NAME}}})")
_NAME_TIME_TEXT = re.compile(
    rf"([^:]{{1,{LONGEST_NAME}}}?)\s*:?\s*[\[(#]({CLOCK})"
    rf"(?:\s*-\s*({CLOCK}))?[\])#]\s*[:-]?\s*(\S.*)"
)
_NAME_BARE_TIME_TEXT = re.compile(
    rf"([^:]{{1,{LONGEST_NAME}}}?)[\s,|-]+({CLOCK})(?:\s*-\s*({CLOCK}))?"
    r"\s*[:|\u2013\u2014-]\s+(\S.*)"
)
_TIME_TEXT = re.compile(rf"{RANGE}\s*[-\u2013:]?\s+(\S.*)")
_TEXT_TIME = re.compile(rf"(.*\S)\s*[\[#]({CLOCK})[\]#]")
_TELEPHONE = re.compile(r"\+?[\d\s()*-]*[*+]?[\d\s()*-]{3,}")
_ABOVE = 12  # lines of a heading, at most
_NEARLY_ALL = 0.85


Style = Callable[[Lines], Blocks | None]
"""Returns None if the file has another style."""


def in_fields(lines: Lines) -> Blocks | None:
    """``Anna`` tab ``0:03`` tab ``words``, in this order or with the time first."""
    for name, time in ((0, 1), (1, 0)) if lines.most_fields > 2 else ():
        heads = Heads()
        for place, row in enumerate(lines.rows()):
            fields = row.split("\t", 2)
            when = _TIME.fullmatch(fields[time]) if len(fields) > 2 else None
            if when and not _TIME.fullmatch(fields[name]):
                begin = len(row) - len(fields[2])
                heads.add(place, fields[name], when[1], when[2], begin)
        if len(heads) >= 2 and len(heads) >= 0.5 * len(lines):
            names = heads.names
            if name == 0 or 2 * len(names) <= len(heads) + 1 or _all_names(names):
                return Blocks(lines, heads)
    return None


def names_above_times(lines: Lines) -> Blocks | None:
    """``Anna Berg``, below it ``00:00:03``, below it the words."""
    heads = Heads()
    for place, when in _times_alone(lines):
        if not heads and (place == 0 or place > _ABOVE):
            return None
        name = lines.at(place - 1).strip("[]:")
        if len(name) > LONGEST_NAME:
            return None
        heads.add(place, name, when[1], when[2])
    blocks = Blocks(lines, heads, above=1)
    return blocks if blocks.say_something else None


def names_with_times(lines: Lines) -> Blocks | None:
    """``Anna Berg  0:03``, and the words below; or ``Anna (0:03): words``."""
    heads = Heads()
    for place, text in lines.with_clocks():
        above = _NAME_TIME.fullmatch(text)
        before = None if above else _NAME_TIME_TEXT.fullmatch(text)
        head = above or before
        name = head[1].strip("[]():, \t") if head else ""
        if above and _can_be_called(name):
            heads.add(place, name, above[2], above[3])
        elif before and _can_be_called(name):
            heads.add(place, name, before[2], before[3], before.start(4))
    return _under_heads(lines, _believed(heads))


def names_with_bare_times(lines: Lines) -> Blocks | None:
    """``Anna 0:03 - words``, on nearly every line."""
    heads = Heads()
    for place, text in lines.with_clocks():
        if found := _NAME_BARE_TIME_TEXT.fullmatch(text):
            heads.add(place, found[1].strip(), found[2], found[3], found.start(4))
    heads = _believed(heads)
    return _under_heads(lines, heads) if 2 * len(heads) >= len(lines) else None


def times_above_names(lines: Lines) -> Blocks | None:
    """``0:03 --> 0:05``, below it ``Anna Berg``, below it the words."""
    heads = Heads()
    for place, when in _times_alone(lines):
        if not heads and place > _ABOVE:
            return None
        heads.add(place, None, when[1], when[2])
    return _named_by_first_lines(lines, heads) if heads else None


def times_with_names(lines: Lines) -> Blocks | None:
    """``[0:03] - Anna Berg``, and the words below."""
    heads = Heads()
    for place, text in lines.with_clocks():
        if found := _TIME_NAME.fullmatch(text):
            heads.add(place, found[3].rstrip(":"), found[1], found[2])
    if not heads or heads.places[0] > _ABOVE or len(heads) * 1.5 > len(lines):
        return None
    names = heads.names
    if 2 * len(names) > len(heads) + 1 and not _all_names(names):
        return None
    return _under_heads(lines, heads)


def times_before_text(lines: Lines) -> Blocks | None:
    """``[0:03] Anna: words``: the names are found as in captions.

    Or ``Anna`` on a line of its own above each time.
    """
    heads, enclosed = Heads(), bytearray()
    for place, text in lines.with_clocks():
        if found := _TIME_TEXT.fullmatch(text):
            heads.add(place, None, found[1], found[2], found.start(3))
            enclosed.append(not text[0].isdigit())
    if 2 * sum(enclosed) > len(heads):  # others are times that somebody says
        heads = heads.kept(enclosed)
    if not heads or heads.places[0] > _ABOVE:
        return None
    if heads.places[0] > 0 and len(heads) > 1:
        names: dict[str, None] = {}
        for place in heads.places:
            name = lines.at(place - 1).rstrip(":")
            names[name] = None
            if len(name) > LONGEST_NAME or 2 * len(names) > len(heads) + 1:
                break
        else:
            above = (lines.at(place - 1).rstrip(":") for place in heads.places)
            return Blocks(lines, heads.called(above), above=1)
    return _under_heads(lines, heads)


def times_behind_text(lines: Lines) -> Blocks | None:
    """``Anna: words #00:00:03.1#``: a paragraph ends with its end."""
    found = (_TEXT_TIME.fullmatch(text) for _, text in lines.with_clocks())
    if not lines or sum(map(bool, found)) < _NEARLY_ALL * len(lines):
        return None
    heads = Heads()
    before: str | None = None
    for place, text in enumerate(lines):
        if match := _TEXT_TIME.fullmatch(text):
            heads.add(place, None, before, match[2], 0, match.end(1))
        else:
            heads.add(place, None, before, None, 0)
        before = match[2] if match else None
    return Blocks(lines, heads)


def names_on_lines(lines: Lines) -> Blocks | None:
    """``ANNA``, and the words below: names that recur, each on a line of its own."""
    names = {
        text
        for text in _recurring(lines)
        if len(text) <= LONGEST_NAME and is_name(text.rstrip(":"))
    }
    if len(names) == 1 and lines[0] in names:  # who speaks once, in a short text
        names |= {text for text in lines if is_name(text) and text[-1].isalnum()}
    heads, changes, before = Heads(), 0, None
    for place, text in enumerate(lines):
        if text in names:
            heads.add(place, text.rstrip(":"))
            changes += before is not None and text != before
            before = text
    # Somebody says something below every name, and seldom twice in a row.
    said = [b - a > 1 for a, b in pairwise([*heads.places, len(lines)])]
    if len(names) < 2 or not all(said) or heads.places[0] > _ABOVE:
        return None
    if changes < 0.7 * (len(heads) - 1) or 10 * len(heads) < len(lines):
        return None
    return _under_heads(lines, heads)


def names_in_fields(lines: Lines) -> Blocks | None:
    """``Anna`` tab ``words``, on nearly every line."""
    heads = Heads()
    for place, row in enumerate(lines.rows() if lines.most_fields > 1 else ()):
        if row.count("\t") == 1:
            name = row.partition("\t")[0]
            heads.add(place, name.rstrip(":"), begin=len(name) + 1)
    if len(heads) < _NEARLY_ALL * len(lines) or len(heads) < 2:
        return None
    names = heads.names
    if any(len(name or "") > 40 for name in names):
        return None
    if 2 * len(names) > len(heads) + 1 and not _all_names(names):
        return None
    return _under_heads(lines, heads)


TIMED: tuple[Style, ...] = (
    in_fields,
    names_above_times,
    names_with_times,
    times_above_names,
    times_with_names,
    times_before_text,
    times_behind_text,
    names_with_bare_times,
)
"""The styles that tell when, in the order in which they are tried."""

NAMED: tuple[Style, ...] = (names_on_lines, names_in_fields)
"""Styles of names without times, tried where no line begins with a name."""


def first_that_fits(styles: Iterable[Style], lines: Lines) -> Blocks | None:
    """Return the blocks of the first style that the lines have."""
    return next((found for style in styles if (found := style(lines))), None)


def _times_alone(lines: Lines) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield the places of lines that hold a time and nothing else."""
    for place, text in lines.with_clocks():
        if when := _TIME.fullmatch(text):
            yield place, when


def _recurring(lines: Lines) -> set[str]:
    """Return the lines that stand more than once, without holding all others."""
    hashes = np.sort(np.fromiter(map(hash, lines), np.int64, len(lines)))
    again = set(hashes[1:][hashes[1:] == hashes[:-1]].tolist())
    counts = Counter(text for text in lines if hash(text) in again)
    return {text for text, count in counts.items() if count > 1}


def _all_names(names: Iterable[str | None]) -> bool:
    return all(name is not None and is_name(name) for name in names)


def _can_be_called(name: str) -> bool:
    """Whether somebody may be called so: in letters, or by a number of a telephone."""
    return any(map(str.isalpha, name)) or _TELEPHONE.fullmatch(name) is not None


def _believed(heads: Heads) -> Heads:
    """Return the heads of blocks that are no talk which ends with a time of day.

    Names recur, or look like names at times in order.
    """
    called = [_can_be_called(name or "") for name in heads.names]
    heads = heads.kept(called[number] for number in heads.name_of)
    names = heads.names
    counts = Counter(heads.name_of)
    looks = {
        number
        for number in counts
        if (name := names[number]) and (is_name(name) or _TELEPHONE.fullmatch(name))
    }
    recurs = [counts[number] > 1 for number in range(len(names))]
    often = heads.kept(recurs[number] for number in heads.name_of)
    if not often:
        in_order = all(a <= b for a, b in pairwise(heads.starts))
        if len(heads) > 1 and in_order:
            return heads
        return heads.kept(number in looks for number in heads.name_of)
    latest = array("d", accumulate(often.starts, max))
    soonest = array("d", accumulate(reversed(often.starts), min))[::-1]

    def stands_in_time(place: int, when: float) -> bool:
        at = bisect(often.places, place)
        before = latest[at - 1] if at else 0.0
        after = soonest[at] if at < len(soonest) else math.inf
        return before <= when <= after

    return heads.kept(
        recurs[number] or (number in looks and stands_in_time(place, when))
        for place, number, when in zip(
            heads.places, heads.name_of, heads.starts, strict=True
        )
    )


def _under_heads(lines: Lines, heads: Heads) -> Blocks | None:
    """Give the lines to the heads above them."""
    if not heads or heads.places[0] > _ABOVE:
        return None
    blocks = Blocks(lines, heads)
    enough = len(heads) > 1 or heads.places[0] == 0
    return blocks if enough and blocks.say_something else None


def _named_by_first_lines(lines: Lines, heads: Heads) -> Blocks:
    """Take first lines for names if each stands above others, and they recur."""
    known: set[str] = set()
    for place, behind in pairwise([*heads.places, len(lines)]):
        if behind - place < 3 or 2 * len(known) > len(heads) + 1:
            return Blocks(lines, heads)
        known.add(lines.at(place + 1))
    if 2 * len(known) > len(heads) + 1:
        return Blocks(lines, heads)
    firsts = (lines.at(place + 1) for place in heads.places)
    return Blocks(lines, heads.called(firsts), below=1)
