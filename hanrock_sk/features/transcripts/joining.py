"""Words to talkturns: one ends when another speaker starts, or after a pause."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from hanrock_sk.features.transcripts.utterance import Utterance


def join_utterances(
    utterances: Sequence[Utterance], pause: float | None
) -> dict[str, np.ndarray | list]:
    """Join what one speaker says into talkturns.

    Parameters
    ----------
    utterances : sequence of Utterance
        With speakers and times; any order.
    pause : float or None
        A silence of the speaker that is this long (seconds) ends the talkturn too.

    Returns
    -------
    columns : dict of str to column
        ``conversation``, ``speaker``, ``text``, ``start`` and ``end`` of the talkturns,
        conversation by conversation and in order of time.
    """
    # Sorting is stable: what starts at the same time stays in the order of the file.
    first_seen = {
        name: place
        for place, name in enumerate(
            dict.fromkeys(word.conversation for word in utterances)
        )
    }
    # Where a file does not tell all starts, its order is that of time.
    told = not any(math.isnan(word.start) for word in utterances)
    in_time = sorted(
        utterances,
        key=lambda word: (first_seen[word.conversation], word.start if told else 0),
    )
    talkturns: list[list[Utterance]] = []
    ends: list[float] = []
    before = None
    for word in in_time:
        voice = (word.conversation, word.speaker)
        if (
            voice != before
            or word.begins
            or (pause is not None and word.start - ends[-1] >= pause)
        ):
            talkturns.append([])
            ends.append(word.end)
        talkturns[-1].append(word)
        # A piece whose end is not told ends the talkturn when nobody knows.
        ends[-1] = word.end if math.isnan(word.end) else max(word.end, ends[-1])
        before = voice
    return {
        "conversation": [turn[0].conversation for turn in talkturns],
        "speaker": [turn[0].speaker for turn in talkturns],
        "text": [" ".join(word.text for word in turn) for turn in talkturns],
        "start": np.array([turn[0].start for turn in talkturns], dtype=np.float64),
        "end": np.array(ends, dtype=np.float64),
    }
