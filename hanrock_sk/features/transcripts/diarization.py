"""Speakers of a file of turns, given to the words of another file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from hanrock_sk.features.transcripts.utterance import Utterance
from hanrock_sk.features.transcripts.word_columns import Words

_NEAR = 1.0


def with_speakers_of_turns(
    words: Iterable[Utterance], turns: Sequence[tuple[float, float, str]]
) -> Words:
    """Give each word the speaker whose turns overlap it most, or are nearest.

    Parameters
    ----------
    words : iterable of Utterance
        With times in seconds.
    turns : sequence of (float, float, str)
        Start, end and speaker, in order of time.

    Returns
    -------
    words : Words
        With a speaker, unless no turn is within a second.
    """
    return Words(_named(words, turns))


def _named(
    words: Iterable[Utterance], turns: Sequence[tuple[float, float, str]]
) -> Iterator[Utterance]:
    starts = np.array([start for start, _, _ in turns])
    # Until when somebody of the turns so far speaks.
    reach = np.maximum.accumulate([end for _, end, _ in turns])
    for word in words:
        first = int(np.searchsorted(reach, word.start - _NEAR))
        last = int(np.searchsorted(starts, word.end + _NEAR, side="right"))
        shares: dict[str, float] = {}
        nearest: str | None = None
        distance = _NEAR
        for start, end, speaker in turns[first:last]:
            overlap = min(end, word.end) - max(start, word.start)
            if overlap > 0:
                shares[speaker] = shares.get(speaker, 0.0) + overlap
            elif -overlap <= distance:
                nearest, distance = speaker, -overlap
        most = max(shares, key=shares.__getitem__) if shares else nearest
        yield word._replace(speaker=most)
