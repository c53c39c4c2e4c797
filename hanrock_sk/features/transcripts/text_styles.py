"""How texts lay out names, times and words: each style is tried on the whole file."""

from __future__ import annotations

import math
import re
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from hanrock_sk.features.transcripts.clock import seconds_of
from hanrock_sk.features.transcripts.names import LONGEST_NAME, is_name
from hanrock_sk.features.transcripts.text_lines import CLOCK, RANGE, Line

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


class Block(NamedTuple):
    """What one person says without a break.

    Attributes
    ----------
    line : int
        Where in the file it begins.
    name, start, end : str or None
        As the file tells them.
    said : list of str
        Its lines.
    """

    line: int
    name: str | None
    start: str | None
    end: str | None
    said: list[str]


Style = Callable[[Sequence[Line]], list[Block]]
"""Returns no blocks if the file has another style."""


def in_fields(lines: Sequence[Line]) -> list[Block]:
    """``Anna`` tab ``0:03`` tab ``words``, in this order or with the time first."""
    for name, time in ((0, 1), (1, 0)):
        blocks: list[Block] = []
        for line in lines:
            fields = line.fields
            when = _TIME.fullmatch(fields[time]) if len(fields) > 2 else None
            if when and not _TIME.fullmatch(fields[name]):
                said = [" ".join(fields[2:])]
                start, end = when.groups()
                blocks.append(Block(line.number, fields[name], start, end, said))
            elif blocks:
                blocks[-1].said.append(line.text)
        if len(blocks) >= 2 and len(blocks) >= 0.5 * len(lines):
            names = {block.name for block in blocks}
            if name == 0 or 2 * len(names) <= len(blocks) + 1 or _all_names(names):
                return blocks
    return []


def names_above_times(lines: Sequence[Line]) -> list[Block]:
    """``Anna Berg``, below it ``00:00:03``, below it the words."""
    times = [place for place, line in enumerate(lines) if _TIME.fullmatch(line.text)]
    if not times or times[0] == 0 or times[0] > _ABOVE:
        return []
    blocks = []
    for this, after in zip(times, [*times[1:], len(lines) + 1], strict=True):
        start, end = _TIME.fullmatch(lines[this].text).groups()  # type: ignore[union-attr]
        name = lines[this - 1].text.strip("[]:")
        said = [line.text for line in lines[this + 1 : after - 1]]
        blocks.append(Block(lines[this].number, name, start, end, said))
    short = all(len(block.name or "") <= LONGEST_NAME for block in blocks)
    return blocks if short and any(block.said for block in blocks) else []


def names_with_times(lines: Sequence[Line]) -> list[Block]:
    """``Anna Berg  0:03``, and the words below; or ``Anna (0:03): words``."""
    heads: dict[int, Block] = {}
    for place, line in enumerate(lines):
        above = _NAME_TIME.fullmatch(line.text)
        before = None if above else _NAME_TIME_TEXT.fullmatch(line.text)
        name = (above or before or [None, ""])[1] or ""
        name = name.strip("[]():, \t")
        if above and _can_be_called(name):
            heads[place] = Block(line.number, name, above[2], above[3], [])
        elif before and _can_be_called(name):
            heads[place] = Block(line.number, name, before[2], before[3], [before[4]])
    return _under_heads(lines, _believed(heads))


def names_with_bare_times(lines: Sequence[Line]) -> list[Block]:
    """``Anna 0:03 - words``, on nearly every line."""
    heads = {
        place: Block(line.number, found[1].strip(), found[2], found[3], [found[4]])
        for place, line in enumerate(lines)
        if (found := _NAME_BARE_TIME_TEXT.fullmatch(line.text))
    }
    heads = _believed(heads)
    return _under_heads(lines, heads) if 2 * len(heads) >= len(lines) else []


def times_above_names(lines: Sequence[Line]) -> list[Block]:
    """``0:03 --> 0:05``, below it ``Anna Berg``, below it the words."""
    times = [place for place, line in enumerate(lines) if _TIME.fullmatch(line.text)]
    if not times or times[0] > _ABOVE:
        return []
    blocks = []
    for this, after in zip(times, [*times[1:], len(lines)], strict=True):
        start, end = _TIME.fullmatch(lines[this].text).groups()  # type: ignore[union-attr]
        said = [line.text for line in lines[this + 1 : after]]
        blocks.append(Block(lines[this].number, None, start, end, said))
    return _named_by_first_lines(blocks)


def times_with_names(lines: Sequence[Line]) -> list[Block]:
    """``[0:03] - Anna Berg``, and the words below."""
    heads = {
        place: Block(line.number, found[3].rstrip(":"), found[1], found[2], [])
        for place, line in enumerate(lines)
        if (found := _TIME_NAME.fullmatch(line.text))
    }
    if not heads or min(heads) > _ABOVE or len(heads) * 1.5 > len(lines):
        return []
    names = Counter(block.name for block in heads.values())
    if 2 * len(names) > len(heads) + 1 and not _all_names(names):
        return []
    return _under_heads(lines, heads)


def times_before_text(lines: Sequence[Line]) -> list[Block]:
    """``[0:03] Anna: words``: the names are found as in captions.

    Or ``Anna`` on a line of its own above each time.
    """
    timed = {
        place: found
        for place, line in enumerate(lines)
        if (found := _TIME_TEXT.fullmatch(line.text))
    }
    enclosed = [place for place in timed if not lines[place].text[0].isdigit()]
    if 2 * len(enclosed) > len(timed):  # others are times that somebody says
        timed = {place: timed[place] for place in enclosed}
    heads = {
        place: Block(lines[place].number, None, found[1], found[2], [found[3]])
        for place, found in timed.items()
    }
    if not heads or min(heads) > _ABOVE:
        return []
    if min(heads) > 0 and len(heads) > 1:
        above = [lines[place - 1].text.rstrip(":") for place in heads]
        if all(len(name) <= LONGEST_NAME for name in above) and (
            2 * len(set(above)) <= len(above) + 1
        ):
            places = sorted(heads)
            return [
                heads[place]._replace(
                    name=name,
                    said=[
                        *heads[place].said,
                        *(line.text for line in lines[place + 1 : after - 1]),
                    ],
                )
                for place, after, name in zip(
                    places, [*places[1:], len(lines) + 1], above, strict=True
                )
            ]
    return _under_heads(lines, heads)


def times_behind_text(lines: Sequence[Line]) -> list[Block]:
    """``Anna: words #00:00:03.1#``: a paragraph ends with its end."""
    found = [_TEXT_TIME.fullmatch(line.text) for line in lines]
    if sum(match is not None for match in found) < _NEARLY_ALL * len(lines):
        return []
    blocks: list[Block] = []
    before: str | None = None
    for line, match in zip(lines, found, strict=True):
        end = match[2] if match else None
        said = [match[1] if match else line.text]
        blocks.append(Block(line.number, None, before, end, said))
        before = end
    return blocks


def names_on_lines(lines: Sequence[Line]) -> list[Block]:
    """``ANNA``, and the words below: names that recur, each on a line of its own."""
    counts = Counter(line.text for line in lines)
    names = {
        text
        for text, count in counts.items()
        if count > 1 and len(text) <= LONGEST_NAME and is_name(text.rstrip(":"))
    }
    if len(names) == 1 and lines[0].text in names:  # who speaks once, in a short text
        names |= {
            line.text
            for line in lines
            if is_name(line.text) and line.text[-1].isalnum()
        }
    places = [place for place, line in enumerate(lines) if line.text in names]
    # Somebody says something below every name, and seldom twice in a row.
    said = [b - a > 1 for a, b in pairwise([*places, len(lines)])]
    if len(names) < 2 or not all(said) or places[0] > _ABOVE:
        return []
    changes = sum(lines[a].text != lines[b].text for a, b in pairwise(places))
    if changes < 0.7 * (len(places) - 1) or 10 * len(places) < len(lines):
        return []
    heads = {
        place: Block(lines[place].number, lines[place].text.rstrip(":"), None, None, [])
        for place in places
    }
    return _under_heads(lines, heads)


def names_in_fields(lines: Sequence[Line]) -> list[Block]:
    """``Anna`` tab ``words``, on nearly every line."""
    pairs = [line.fields[0] for line in lines if len(line.fields) == 2]
    names = Counter(name.rstrip(":") for name in pairs)
    if len(pairs) < _NEARLY_ALL * len(lines) or len(pairs) < 2:
        return []
    if any(len(name) > 40 for name in names):
        return []
    if 2 * len(names) > len(pairs) + 1 and not _all_names(names):
        return []
    heads = {
        place: Block(
            line.number, line.fields[0].rstrip(":"), None, None, [line.fields[1]]
        )
        for place, line in enumerate(lines)
        if len(line.fields) == 2
    }
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


def _all_names(names: Sequence[str | None] | set | Counter) -> bool:
    return all(name is not None and is_name(name) for name in names)


def _can_be_called(name: str) -> bool:
    """Whether somebody may be called so: in letters, or by a number of a telephone."""
    return any(map(str.isalpha, name)) or _TELEPHONE.fullmatch(name) is not None


def _believed(heads: dict[int, Block]) -> dict[int, Block]:
    """Return the heads of blocks that are no talk which ends with a time of day.

    Names recur, or look like names at times in order.
    """
    heads = {
        place: block
        for place, block in heads.items()
        if _can_be_called(block.name or "")
    }
    counts = Counter(block.name for block in heads.values())
    looks = {
        name
        for name in counts
        if name and (is_name(name) or _TELEPHONE.fullmatch(name))
    }
    places = sorted(place for place in heads if counts[heads[place].name] > 1)
    if not places:
        found = {place: head for place, head in heads.items() if head.name in looks}
        times = [seconds_of(head.start or "") or 0.0 for head in heads.values()]
        return heads if len(heads) > 1 and times == sorted(times) else found
    times = [seconds_of(heads[place].start or "") or 0.0 for place in places]
    latest = list(accumulate(times, max))
    soonest = list(accumulate(reversed(times), min))[::-1]
    believed: dict[int, Block] = {}
    for place, block in heads.items():
        at = bisect(places, place)
        before = latest[at - 1] if at else 0.0
        after = soonest[at] if at < len(places) else math.inf
        when = seconds_of(block.start or "") or 0.0
        if counts[block.name] > 1 or (block.name in looks and before <= when <= after):
            believed[place] = block
    return believed


def _under_heads(lines: Sequence[Line], heads: dict[int, Block]) -> list[Block]:
    """Give the lines to the heads above them."""
    if not heads or min(heads) > _ABOVE:
        return []
    blocks: list[Block] = []
    for place, line in enumerate(lines):
        if place in heads:
            blocks.append(heads[place])
        elif blocks:
            blocks[-1].said.append(line.text)
    said = any(block.said for block in blocks)
    return blocks if said and (len(blocks) > 1 or min(heads) == 0) else []


def _named_by_first_lines(blocks: list[Block]) -> list[Block]:
    """Take first lines for names if each stands above others, and they recur."""
    firsts = [block.said[0] if len(block.said) > 1 else None for block in blocks]
    names = set(firsts)
    if None in names or 2 * len(names) > len(blocks) + 1:
        return blocks
    return [
        block._replace(name=name, said=block.said[1:])
        for block, name in zip(blocks, firsts, strict=True)
    ]
