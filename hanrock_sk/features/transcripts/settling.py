"""What is checked and mended in the utterances of any format."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Iterator
from os import PathLike

from hanrock_sk.features.transcripts.source import Source
from hanrock_sk.features.transcripts.utterance import Utterance
from hanrock_sk.features.transcripts.word_columns import Words


def settle_utterances(utterances: Iterable[Utterance], source: Source) -> Words:
    """Check the times of a transcript, and mend what is almost right.

    An end before its start becomes the start, a start before 0 becomes 0. Speakers may
    overlap; that one speaker's words run backwards is noted: joining sorts them.

    Raises
    ------
    ValueError
        If there are no words, or a time is not known at all.
    """
    words = Words(_settled(utterances, source))
    if not words:
        raise ValueError(f"{source.path} holds no words.")
    return words


def _settled(utterances: Iterable[Utterance], source: Source) -> Iterator[Utterance]:
    latest: dict[tuple[str | None, str | None], float] = {}
    for spoken in utterances:
        text, start, end, speaker, where, conversation, _ = spoken
        known = math.isfinite(start) and math.isfinite(end)
        if not known and not (
            source.times_may_miss and not math.isinf(start) and not math.isinf(end)
        ):
            raise ValueError(
                f"{source.path}, {where}: {text!r} has no time, nor has "
                "anything around it."
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
        yield spoken


def name_speakers(
    utterances: Iterable[Utterance], path: str | PathLike[str], unknown: str
) -> Words:
    """Give utterances without a speaker to `unknown`; warn if others have one."""
    words = utterances if isinstance(utterances, Words) else Words(utterances)
    unnamed = [speaker is None for _, speaker in words.voices]
    nameless = sum(unnamed[voice] for voice in words.voice_of)
    if 0 < nameless < len(words):
        first = next(n for n, voice in enumerate(words.voice_of) if unnamed[voice])
        warnings.warn(
            f"{path}, {words[first].where}: no speaker is named here and in "
            f"{nameless - 1} other places; they are told as {unknown!r}.",
            stacklevel=4,
        )
    return words.called(lambda speaker: unknown if speaker is None else speaker)
