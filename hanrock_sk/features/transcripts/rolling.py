"""Rolling captions: what was on the screen before is shown again, and said once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hanrock_sk.features.transcripts.packed_lines import PackedParagraphs

_SHARE = 0.5
_LEAST = 2


def without_repeats(shown: Iterable[list[str]]) -> PackedParagraphs | None:
    """Return the lines that are new in each cue, or None if the captions do not roll.

    Live and automatic captions move up line by line, or grow word by word: a cue begins
    with the last lines of the one before it, or with all its words. Where that is so in
    half of the cues, what is shown again is taken out; elsewhere, two people may say
    the same.

    Parameters
    ----------
    shown : iterable of list of str
        The lines of each cue, without markup; gone through twice.

    Examples
    --------
    >>> from hanrock_sk.features.transcripts.rolling import without_repeats
    >>> shown = [["so today"], ["so today", "we talk"], ["we talk", "birds"]]
    >>> list(without_repeats(shown))
    [['so today'], ['we talk'], ['birds']]
    >>> without_repeats([["yes"], ["no"], ["no"], ["yes"]]) is None
    True
    """
    many = repeats = 0
    moves_up = False
    before: list[str] = []
    for lines in filter(None, shown):
        again = _repeated(before, lines) if before else None
        many += 1
        if again is not None:
            repeats += 1
            # Who says the same twice moves nothing up: something old has to stand
            # above something new.
            moves_up = moves_up or (
                (before != lines and len(lines) > again > 0) or _grows(before, lines)
            )
        before = lines
    if repeats < _LEAST or repeats < _SHARE * (many - 1) or not moves_up:
        return None
    return PackedParagraphs(_new(shown))


def _new(shown: Iterable[list[str]]) -> Iterator[list[str]]:
    before: list[str] = []
    for lines in shown:
        yield _new_lines(before, lines)
        before = lines or before


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
