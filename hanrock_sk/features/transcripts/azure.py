"""Azure AI Speech JSON: batch, fast and real-time transcription."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from hanrock_sk.features.transcripts.json_fields import (
    at,
    is_list_of,
    name_of,
    objects,
    seconds,
    text_of,
)
from hanrock_sk.features.transcripts.source import Format, Source
from hanrock_sk.features.transcripts.utterance import Utterance
from hanrock_sk.features.transcripts.word_columns import Words

_TICK = 1e-7
# Fields of time, and the seconds of their unit where they are numbers.
_STARTS = {"offsetinticks": _TICK, "offsetmilliseconds": 1e-3, "offset": _TICK}
_LENGTHS = {"durationinticks": _TICK, "durationmilliseconds": 1e-3, "duration": _TICK}
_LISTS = ("recognizedphrases", "phrases", "segmentresults")
_BEST = ("display", "displaytext", "itn", "lexical", "text")


def read_azure(source: Source) -> Iterator[Utterance]:
    """Yield the phrases in the form that is shown, with punctuation.

    Without speakers, channels are speakers, if there are several.
    """
    path, found = source.path, Words()
    channels: list[str | None] = []
    names: dict[str | None, str | None] = {}
    for where, phrase in _phrases(source.json, source):
        best = _lower(at(phrase.get("nbest"), 0) or {})
        told = best if any(best.get(field) for field in _BEST) else phrase
        field = next((name for name in _BEST if told.get(name)), None)
        text = text_of(told, field, path, where) if field else ""
        if not text:
            continue
        start = _time(phrase, best, _STARTS, source, where)
        end = start + _time(phrase, best, _LENGTHS, source, where)
        speaker = name_of(phrase.get("speaker", phrase.get("speakerid")))
        channel = name_of(phrase.get("channel", phrase.get("channelnumber")))
        found.extend([Utterance(text, start, end, speaker, where)])
        channels.append(names.setdefault(channel, channel))
    if len(names) > 1 and all(speaker is None for _, speaker in found.voices):
        source.tell("channels are the speakers")
        for said, channel in zip(found, channels, strict=True):
            yield said._replace(speaker=channel)
    else:
        yield from found


def _time(
    phrase: dict, best: dict, fields: dict[str, float], source: Source, where: str
) -> float:
    for told in (phrase, best):
        for field, unit in fields.items():
            if told.get(field) is not None:
                unit = 1.0 if isinstance(told[field], str) else unit
                return seconds(told, field, source.path, where, unit=unit)
    return math.nan


def _phrases(content: Any, source: Source) -> Iterator[tuple[str, dict]]:
    """Yield the phrases, names of fields in lower case, for they differ in that."""
    for where, part in objects(_parts(content), source.path, "results"):
        part = _lower(part)
        name = next((name for name in _LISTS if name in part), None)
        if name is None:
            yield where, part
        else:
            for here, phrase in objects(part[name], source.path, name):
                yield here, _lower(phrase)


def _parts(content: Any) -> Any:
    files = at(content, "AudioFileResults")
    return files or (content if isinstance(content, list) else [content])


def _lower(item: Any) -> dict:
    return {k.lower(): v for k, v in item.items()} if isinstance(item, dict) else {}


def _recognises(source: Source) -> bool:
    first = _lower(at(_parts(source.json), 0))
    if "recognizedphrases" in first or "segmentresults" in first:
        return True
    if is_list_of(first.get("phrases"), "offsetMilliseconds"):
        return True
    return (
        "offset" in first
        and "duration" in first
        and ("nbest" in first or "displaytext" in first)
    )


FORMAT = Format("Azure AI Speech JSON", (".json",), _recognises, read_azure)
