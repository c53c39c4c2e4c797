"""ElevenLabs JSON: words, spaces and events, with speakers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hanrock_sk.features.transcripts.gluing import glued
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
from hanrock_sk.features.transcripts.utterance import Utterance, completed


def read_elevenlabs(source: Source) -> Iterator[Utterance]:
    """Yield words and events such as "(laughter)"; what no space parts is one word.

    Of a recording by channels, each channel's transcript is read; a channel is a
    speaker where none is named.
    """
    parts = at(source.json, "transcripts")
    for place, part in enumerate(parts if parts else [source.json]):
        words = _read_words(at(part, "words"), source)
        if parts and len(parts) > 1:
            channel = name_of(part.get("channel_index", place))
            for word in words:
                yield word._replace(speaker=word.speaker or channel)
        else:
            yield from words


def _read_words(items: Any, source: Source) -> Iterator[Utterance]:
    spaced = isinstance(items, list) and any(
        at(item, "type") == "spacing" for item in items
    )
    pieces = _pieces(items, source)
    return completed(glued(pieces) if spaced else (word for word, _ in pieces))


def _pieces(items: Any, source: Source) -> Iterator[tuple[Utterance, bool]]:
    """Yield words, and whether they belong to the one before, where spaces are told."""
    path, space = source.path, True
    for where, item in objects(items, path, "words"):
        if item.get("type") == "spacing":
            space = True
            continue
        text = text_of(item, "text", path, where)
        if not text:
            continue
        word = Utterance(
            text,
            seconds(item, "start", path, where),
            seconds(item, "end", path, where),
            name_of(item.get(one_of(item, "speaker_id", "speaker"))),
            where,
        )
        event = item.get("type") == "audio_event"
        yield word, not space and not event
        space = event


def _recognises(source: Source) -> bool:
    words = at(source.json, "words") or at(source.json, "transcripts", 0, "words")
    return is_list_of(words, "type", "text")


FORMAT = Format("ElevenLabs JSON", (".json",), _recognises, read_elevenlabs)
