"""Words to talkturns: one ends when another speaker starts, or after a pause."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

import numpy as np

from hanrock_sk.features.transcripts.utterance import Utterance
from hanrock_sk.features.transcripts.word_columns import Words


def join_utterances(
    utterances: Iterable[Utterance], pause: float | None
) -> dict[str, np.ndarray | list | Iterator[str]]:
    """Join what one speaker says into talkturns.

    Parameters
    ----------
    utterances : iterable of Utterance
        With speakers and times; any order.
    pause : float or None
        A silence of the speaker that is this long (seconds) ends the talkturn too.

    Returns
    -------
    columns : dict of str to column
        ``conversation``, ``speaker``, ``text``, ``start`` and ``end`` of the talkturns,
        conversation by conversation and in order of time. The texts are made when they
        are asked for, once.
    """
    words = utterances if isinstance(utterances, Words) else Words(utterances)
    starts, ends = array("d"), array("d")
    firsts = array("q")
    in_time = _in_time(words)
    before = None
    for number, place in enumerate(in_time):
        voice = words.voices[words.voice_of[place]]
        start, end = words.starts[place], words.ends[place]
        if (
            voice != before
            or words.begins[place]
            or (pause is not None and start - ends[-1] >= pause)
        ):
            firsts.append(number)
            starts.append(start)
            ends.append(end)
        # A piece whose end is not told ends the talkturn when nobody knows.
        ends[-1] = end if math.isnan(end) else max(end, ends[-1])
        before = voice
    voices = [words.voices[words.voice_of[in_time[first]]] for first in firsts]
    return {
        "conversation": [conversation for conversation, _ in voices],
        "speaker": [speaker for _, speaker in voices],
        "text": _texts(words, in_time, firsts),
        "start": np.array(starts, dtype=np.float64),
        "end": np.array(ends, dtype=np.float64),
    }


def _in_time(words: Words) -> Sequence[int]:
    """Return the words' places, conversation by conversation and in order of time."""
    first_seen: dict[str | None, int] = {}
    ranks = [first_seen.setdefault(c, len(first_seen)) for c, _ in words.voices]
    keys = [np.array(ranks, dtype=np.int32)[np.array(words.voice_of, dtype=np.int64)]]
    # Where a file does not tell all starts, its order is that of time.
    if not np.isnan(words.starts).any():
        keys.insert(0, np.array(words.starts))
    # Sorting is stable: what starts at the same time stays in the order of the file.
    order = np.lexsort(keys)
    if (np.diff(order) == 1).all():
        return range(len(words))
    return array("q", order.tobytes())


def _texts(words: Words, in_time: Sequence[int], firsts: array[int]) -> Iterator[str]:
    """Yield the text of each talkturn; words that stand together are read at once."""
    behinds = chain(islice(firsts, 1, None), [len(in_time)])
    for first, behind in zip(firsts, behinds, strict=True):
        parts = []
        begin = last = in_time[first]
        for place in in_time[first + 1 : behind]:
            if place != last + 1:
                parts.append(words.texts.joined(begin, last + 1))
                begin = place
            last = place
        parts.append(words.texts.joined(begin, last + 1))
        yield " ".join(parts)
