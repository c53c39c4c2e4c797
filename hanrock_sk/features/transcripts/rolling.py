"""Rolling captions: what was on the screen before is shown again, and said once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

_SHARE = 0.5
_LEAST = 2


def without_repeats(shown: Sequence[list[str]]) -> list[list[str]] | None:
    """Return the lines that are new in each cue, or None if the captions do not roll.

    Live and automatic captions move up line by line, or grow word by word: a cue begins
    with the last lines of the one before it, or with all its words. Where that is so in
    half of the cues, what is shown again is taken out; elsewhere, two people may say
    the same.

    Parameters
    ----------
    shown : sequence of list of str
        The lines of each cue, without markup.

    Examples
    --------
    >>> from hanrock_sk.features.transcripts.rolling import without_repeats
    >>> without_repeats([["so today"], ["so today", "we talk"], ["we talk", "birds"]])
    [['so today'], ['we talk'], ['birds']]
    >>> without_repeats([["yes"], ["no"], ["no"], ["yes"]]) is None
    True
    """
    filled = [lines for lines in shown if lines]
    pairs = list(pairwise(filled))
    repeats = sum(1 for before, lines in pairs if _repeated(before, lines) is not None)
    if repeats < _LEAST or repeats < _SHARE * len(pairs):
        return None
    # Who says the same twice moves nothing up: something old has to stand above
    # something new.
    if not any(
        (before != lines and len(lines) > (_repeated(before, lines) or 0) > 0)
        or _grows(before, lines)
        for before, lines in pairs
    ):
        return None
    new: list[list[str]] = []
    before: list[str] = []
    for lines in shown:
        new.append(_new_lines(before, lines))
        before = lines or before
    return new


def _repeated(before: list[str], lines: list[str]) -> int | None:
    """Return how many of the lines were shown before, None if the cue is all new."""
    for count in range(min(len(before), len(lines)), 0, -1):
        if before[-count:] == lines[:count]:
            return count
    return 0 if _grows(before, lines) else None


def _grows(before: list[str], lines: list[str]) -> bool:
    return " ".join(lines).startswith(" ".join(before) + " ")


def _new_lines(before: list[str], lines: list[str]) -> list[str]:
    if not before or not lines:
        return lines
    count = _repeated(before, lines)
    if count is None:
        # The last line of before may have grown: "we" and then "we talk".
        last = before[-1] + " "
        return [lines[0].removeprefix(last), *lines[1:]] if last.strip() else lines
    if count == 0:
        return [" ".join(lines)[len(" ".join(before)) + 1 :]]
    return lines[count:]
