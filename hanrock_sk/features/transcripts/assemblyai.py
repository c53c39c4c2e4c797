"""AssemblyAI JSON: words in milliseconds, and utterances of speakers."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Any

from hanrock_sk.features.transcripts.json_fields import (
    at,
    is_list_of,
    name_of,
    objects,
    one_of,
    seconds,
    text_of,
)
from hanrock_sk.features.transcripts.source import Format, Source
from hanrock_sk.features.transcripts.utterance import Utterance, with_times_completed

_LONGEST_WORD = 20.0


@with_times_completed
def read_assemblyai(source: Source) -> Iterator[Utterance]:
    """Yield the words; utterances where these alone name the speakers.

    Whole numbers are milliseconds, unless words would be too short for that.
    """
    content = source.json
    words = content.get("words")
    utterances = content.get("utterances")
    if not words or (
        utterances and all(not at(word, "speaker") for word in words[:1000])
    ):
        words = utterances
    unit = 0.001 if _in_milliseconds(words) else 1.0
    path = source.path
    for where, word in objects(words, path, "words"):
        text = text_of(word, "text", path, where)
        speaker = word.get(one_of(word, "speaker", "channel"))
        if text:
            yield Utterance(
                text,
                seconds(word, "start", path, where, unit=unit),
                seconds(word, "end", path, where, unit=unit),
                name_of(speaker),
                where,
            )


def _in_milliseconds(words: Any) -> bool:
    times = [
        (at(word, "start"), at(word, "end"))
        for word in (words if isinstance(words, list) else [])
    ]
    whole = [
        end - start for start, end in times if type(start) is int and type(end) is int
    ]
    return len(whole) == len(times) > 0 and median(whole) >= _LONGEST_WORD


def _recognises(source: Source) -> bool:
    content = source.json
    words, utterances = at(content, "words"), at(content, "utterances")
    return (is_list_of(words, "text", "start") and "type" not in words[0]) or (
        not words and is_list_of(utterances, "text", "start")
    )


FORMAT = Format("AssemblyAI JSON", (".json",), _recognises, read_assemblyai)
