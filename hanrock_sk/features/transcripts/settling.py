"""What is checked and mended in the utterances of any format."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from os import PathLike

from hanrock_sk.features.transcripts.source import Source
from hanrock_sk.features.transcripts.utterance import Utterance


def settle_utterances(
    utterances: Sequence[Utterance], source: Source
) -> list[Utterance]:
    """Check the times of a transcript, and mend what is almost right.

    An end before its start becomes the start, a start before 0 becomes 0. Speakers may
    overlap; that one speaker's words run backwards is noted: joining sorts them.

    Raises
    ------
    ValueError
        If there are no words, or a time is not known at all.
    """
    path = source.path
    if not utterances:
        raise ValueError(f"{path} holds no words.")
    latest: dict[tuple[str | None, str | None], float] = {}
    settled = []
    for spoken in utterances:
        text, start, end, speaker, where, conversation, _ = spoken
        known = math.isfinite(start) and math.isfinite(end)
        if not known and not (
            source.times_may_miss and not math.isinf(start) and not math.isinf(end)
        ):
            raise ValueError(
                f"{path}, {where}: {text!r} has no time, nor has anything around it."
            )
        if start < 0:
            source.amend("a start before 0 s", where)
            start = 0.0
        if end < start:
            source.amend("an end before its start", where)
            end = start
        voice = (conversation, speaker)
        if start < latest.get(voice, 0.0):
            source.amend("a start before that of the words above", where)
        latest[voice] = start
        if start != spoken.start or end != spoken.end:
            spoken = spoken._replace(start=start, end=end)
        settled.append(spoken)
    return settled


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
        spoken._replace(speaker=unknown) if spoken.speaker is None else spoken
        for spoken in utterances
    ]
