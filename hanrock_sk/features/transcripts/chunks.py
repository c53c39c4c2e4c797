"""Hugging Face's JSON: chunks with a pair of times, and those of speakers beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator
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


@with_times_completed
def read_chunks(source: Source) -> Iterator[Utterance]:
    """Yield the chunks; an end that the model does not say is estimated."""
    path, latest = source.path, None
    for where, chunk in objects(_chunks(source.json), path, "chunks"):
        pair = chunk.get("timestamp")
        if not isinstance(pair, list) or len(pair) != 2:
            raise ValueError(
                f"{path}, {where}: timestamp must be a pair of times, got {pair!r}."
            )
        times = {"start": pair[0], "end": pair[1]}
        end = seconds(times, "end", path, where)
        start = seconds(times, "start", path, where)
        speaker = name_of(chunk.get(one_of(chunk, "speaker", "speaker_id")))
        text = text_of(chunk, "text", path, where)
        if text:
            latest = Utterance(text, start, end, speaker, where)
            yield latest
    if latest is not None and math.isnan(latest.end):
        source.amend("a chunk without an end", latest.where)


def _chunks(content: Any) -> Any:
    if isinstance(content, list):
        return content
    return at(content, "speakers") or at(content, "chunks")


def _recognises(source: Source) -> bool:
    return is_list_of(_chunks(source.json), "timestamp", "text")


FORMAT = Format("Hugging Face JSON", (".json",), _recognises, read_chunks)
