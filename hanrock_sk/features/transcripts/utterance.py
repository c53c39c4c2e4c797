"""What every transcript comes down to: who said what, from when to when."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from os import PathLike

import numpy as np


@dataclass(frozen=True)
class Utterance:
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
    """

    text: str
    start: float
    end: float
    speaker: str | None
    where: str
    conversation: str | None = None


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
        replace(word, start=float(first), end=float(last))
        for word, (first, last) in zip(words, bounds[1:-1].reshape(-1, 2), strict=True)
    ]


def check_utterances(
    utterances: Sequence[Utterance], path: str | PathLike[str]
) -> None:
    """Refuse an empty file, unknown or negative times, and clocks that run backwards.

    Speakers may overlap; one and the same speaker's utterances follow one another.
    """
    if not utterances:
        raise ValueError(f"{path} holds no words.")
    latest: dict[tuple[str | None, str | None], float] = {}
    for spoken in utterances:
        where = f"{path}, {spoken.where}"
        if math.isnan(spoken.start) or math.isnan(spoken.end):
            raise ValueError(
                f"{where}: {spoken.text!r} has no time, nor has anything around it."
            )
        if spoken.start < 0:
            raise ValueError(f"{where}: {spoken.text!r} starts at {spoken.start:g} s.")
        if spoken.end < spoken.start:
            raise ValueError(
                f"{where}: {spoken.text!r} ends ({spoken.end:g} s) before it starts "
                f"({spoken.start:g} s)."
            )
        voice = (spoken.conversation, spoken.speaker)
        if spoken.start < latest.get(voice, 0.0):
            raise ValueError(
                f"{where}: time runs backwards, {spoken.text!r} starts at "
                f"{spoken.start:g} s but the same speaker's words before it at "
                f"{latest[voice]:g} s."
            )
        latest[voice] = spoken.start


def name_speakers(
    utterances: Sequence[Utterance], path: str | PathLike[str], unknown: str
) -> list[Utterance]:
    """Give utterances without a speaker to `unknown`; warn if others have one."""
    nameless = [spoken for spoken in utterances if spoken.speaker is None]
    if 0 < len(nameless) < len(utterances):
        warnings.warn(
            f"{path}, {nameless[0].where}: no speaker is named here and in "
            f"{len(nameless) - 1} other places; they are told as {unknown!r}.",
            stacklevel=4,
        )
    return [
        replace(spoken, speaker=unknown) if spoken.speaker is None else spoken
        for spoken in utterances
    ]
