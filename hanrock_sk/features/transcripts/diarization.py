"""Speakers of a file of turns, given to the words of another file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from hanrock_sk.features.transcripts.utterance import Utterance
from hanrock_sk.features.transcripts.word_columns import Words

_NEAR = 1.0

Turn = tuple[float, float, str]
"""Start, end and speaker."""


def with_speakers_of_turns(
    words: Iterable[Utterance], turns: Mapping[str, Sequence[Turn]], name: str
) -> Words:
    """Give each word the speaker whose turns overlap it most, or are nearest.

    Parameters
    ----------
    words : iterable of Utterance
        With times in seconds.
    turns : mapping of str to sequence of Turn
        Of each recording, in order of time.
    name : str
        The recording that words are of which do not say so. If there are turns of one
        recording alone, they are of that.

    Returns
    -------
    words : Words
        With a speaker, unless no turn is within a second.

    Raises
    ------
    ValueError
        If there are no turns of a word's recording.
    """
    recordings = {recording: _Turns(own) for recording, own in turns.items()}
    return Words(_named(words, recordings, name))


class _Turns:
    """The turns of a recording, to be found by their time."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = turns
        self._starts = np.array([start for start, _, _ in turns])
        # Until when somebody of the turns so far speaks.
        self._reach = np.maximum.accumulate([end for _, end, _ in turns])

    def speaker_of(self, word: Utterance) -> str | None:
        """Return whose turns overlap a word most, or are nearest."""
        first = int(np.searchsorted(self._reach, word.start - _NEAR))
        last = int(np.searchsorted(self._starts, word.end + _NEAR, side="right"))
        shares: dict[str, float] = {}
        nearest: str | None = None
        distance = _NEAR
        for start, end, speaker in self._turns[first:last]:
            overlap = min(end, word.end) - max(start, word.start)
            if overlap > 0:
                shares[speaker] = shares.get(speaker, 0.0) + overlap
            elif -overlap <= distance:
                nearest, distance = speaker, -overlap
        return max(shares, key=shares.__getitem__) if shares else nearest


def _named(
    words: Iterable[Utterance], recordings: Mapping[str, _Turns], name: str
) -> Iterator[Utterance]:
    alone = next(iter(recordings)) if len(recordings) == 1 else name
    for word in words:
        recording = alone if word.conversation is None else word.conversation
        if recording not in recordings:
            raise ValueError(
                f"diarization= has no turns of the recording {recording!r}, which the "
                f"words are of; it has those of {list(recordings)[:10]}."
            )
        yield word._replace(speaker=recordings[recording].speaker_of(word))
