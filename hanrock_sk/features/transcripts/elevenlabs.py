"""ElevenLabs JSON: words, spaces and events, with speakers."""

from __future__ import annotations

from typing import Any

from hanrock_sk.features.transcripts.gluing import glue
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
from hanrock_sk.features.transcripts.utterance import Utterance, complete_times


def read_elevenlabs(source: Source) -> list[Utterance]:
    """Return words and events such as "(laughter)"; what no space parts is one word.

    Of a recording by channels, each channel's transcript is read; a channel is a
    speaker where none is named.
    """
    parts = at(source.json, "transcripts")
    found = []
    for place, part in enumerate(parts if parts else [source.json]):
        words = _read_words(at(part, "words"), source)
        if parts and len(parts) > 1:
            channel = name_of(part.get("channel_index", place))
            words = [word._replace(speaker=word.speaker or channel) for word in words]
        found += words
    return found


def _read_words(items: Any, source: Source) -> list[Utterance]:
    path, words, joined = source.path, [], []
    spaced, space = False, True
    for where, item in objects(items, path, "words"):
        if item.get("type") == "spacing":
            spaced = space = True
            continue
        text = text_of(item, "text", path, where)
        if not text:
            continue
        words.append(
            Utterance(
                text,
                seconds(item, "start", path, where),
                seconds(item, "end", path, where),
                name_of(item.get(one_of(item, "speaker_id", "speaker"))),
                where,
            )
        )
        event = item.get("type") == "audio_event"
        joined.append(not space and not event)
        space = event
    return complete_times(glue(words, joined) if spaced else words)


def _recognises(source: Source) -> bool:
    words = at(source.json, "words") or at(source.json, "transcripts", 0, "words")
    return is_list_of(words, "type", "text")


FORMAT = Format("ElevenLabs JSON", (".json",), _recognises, read_elevenlabs)
