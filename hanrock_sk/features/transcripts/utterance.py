"""What every transcript comes down to: who said what, from when to when."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from typing import NamedTuple, TypeVar

import numpy as np

File = TypeVar("File")


class Utterance(NamedTuple):
    """A word, or a phrase where the file has no words.

    Attributes
    ----------
    text : str
        What was said.
    start, end : float
        Seconds; NaN where the file does not say.
    speaker : str or None
        Who said it, if the file says.
    where : str
        Where in the file it stands, for errors.
    conversation : str or None
        Which conversation, if the file holds several.
    begins : bool
        Whether the file says that a talkturn begins here, though perhaps not whose.
    """

    text: str
    start: float
    end: float
    speaker: str | None
    where: str
    conversation: str | None = None
    begins: bool = False


def complete_times(
    words: Sequence[Utterance], start: float = math.nan, end: float = math.nan
) -> list[Utterance]:
    """Estimate the times that words lack from those of their neighbours.

    The time between the nearest known times is divided evenly among the words that
    have none.

    Parameters
    ----------
    words : sequence of Utterance
        Words one after another.
    start, end : float
        When the first word began and the last one ended, if known.

    Returns
    -------
    words : list of Utterance
        The same words; times stay NaN if none is known at all.
    """
    bounds = np.array([(word.start, word.end) for word in words]).ravel()
    if not np.isnan(bounds).all():
        # The whole's times are rounded, or of another clock, if a word exceeds them.
        start = math.nan if start > np.nanmin(bounds) else start
        end = math.nan if end < np.nanmax(bounds) else end
    # A word ends in the place where the next one starts, so that a stretch without
    # times is divided by words alone.
    places = (np.arange(len(bounds)) + 1) // 2
    bounds = np.concatenate([[start], bounds, [end]])
    places = np.concatenate([[0], places, [len(words)]])
    known = np.flatnonzero(~np.isnan(bounds))
    if len(known) == 0:
        return list(words)
    for unknown in np.flatnonzero(np.isnan(bounds[1:-1])) + 1:
        behind = int(np.searchsorted(known, unknown))
        left, right = known[max(behind - 1, 0)], known[min(behind, len(known) - 1)]
        share = (places[unknown] - places[left]) / max(places[right] - places[left], 1)
        bounds[unknown] = bounds[left] + min(share, 1) * (bounds[right] - bounds[left])
    return [
        word._replace(start=float(first), end=float(last))
        for word, (first, last) in zip(words, bounds[1:-1].reshape(-1, 2), strict=True)
    ]


def completed(
    words: Iterable[Utterance], start: float = math.nan
) -> Iterator[Utterance]:
    """Yield words as `complete_times` returns them, without holding those with times.

    Parameters
    ----------
    words : iterable of Utterance
        Words one after another.
    start : float, default=nan
        When the first word began, if known.
    """
    before = [] if math.isnan(start) else [Utterance("", start, start, None, "")]
    waiting: list[Utterance] = []
    for word in words:
        if waiting or math.isnan(word.start) or math.isnan(word.end):
            waiting.append(word)
            if math.isnan(word.end):
                continue
            yield from complete_times([*before, *waiting])[len(before) :]
            waiting = []
        else:
            yield word
        before = [word]
    if waiting:
        yield from complete_times([*before, *waiting])[len(before) :]


def with_times_completed(
    read: Callable[[File], Iterable[Utterance]],
) -> Callable[[File], Iterator[Utterance]]:
    """Make a reader of words yield them with the times that some of them lack."""

    @wraps(read)
    def read_completed(file: File) -> Iterator[Utterance]:
        return completed(read(file))

    return read_completed
