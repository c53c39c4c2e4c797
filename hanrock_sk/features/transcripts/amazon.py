"""Amazon Transcribe JSON: items, and whose they are; and Call Analytics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hanrock_sk.features.transcripts.gluing import glued
from hanrock_sk.features.transcripts.json_fields import (
    at,
    is_list_of,
    name_of,
    objects,
    seconds,
    text_of,
)
from hanrock_sk.features.transcripts.source import Format, Source
from hanrock_sk.features.transcripts.utterance import (
    Utterance,
    completed,
    with_times_completed,
)


def read_amazon(source: Source) -> Iterator[Utterance]:
    """Yield the items, punctuation put to the word before it.

    Speakers stand with the items, or beside them by time of start; channels, where the
    recording was split by them, are speakers.
    """
    results = source.json["results"]
    channels = at(results, "channel_labels", "channels")
    if is_list_of(channels, "items"):
        source.tell("channels are the speakers")
        for place, (where, channel) in enumerate(
            objects(channels, source.path, "channels")
        ):
            name = name_of(channel.get("channel_label")) or f"ch_{place}"
            pieces = _pieces(channel["items"], source, f"{where}.items", {})
            for word in completed(glued(pieces)):
                yield word._replace(speaker=word.speaker or name)
        return
    labels = _labels(results, source)
    pieces = _pieces(results["items"], source, "results.items", labels)
    yield from completed(glued(pieces))


def _pieces(
    items: Any, source: Source, where: str, labels: dict[str, str | None]
) -> Iterator[tuple[Utterance, bool]]:
    """Yield words and marks, and whether they belong to the word before them."""
    path = source.path
    before: Utterance | None = None
    for here, item in objects(items, path, where):
        best = at(item, "alternatives", 0)
        text = text_of(best if best is not None else item, "content", path, here)
        if not text:
            continue
        mark = item.get("type") == "punctuation"
        speaker = name_of(item.get("speaker_label")) or labels.get(
            str(item.get("start_time"))
        )
        if mark and before is not None:
            speaker = before.speaker
        start = seconds(item, "start_time", path, here)
        end = seconds(item, "end_time", path, here)
        before = Utterance(text, start, end, speaker, here)
        yield before, mark


def _labels(results: dict, source: Source) -> dict[str, str | None]:
    """Return the speakers by the start of their items."""
    labels = {}
    segments = at(results, "speaker_labels", "segments")
    for where, segment in objects(segments, source.path, "speaker_labels.segments"):
        for _, item in objects(segment.get("items"), source.path, f"{where}.items"):
            label = item.get("speaker_label", segment.get("speaker_label"))
            labels[str(item.get("start_time"))] = name_of(label)
    return labels


def _recognises(source: Source) -> bool:
    return is_list_of(at(source.json, "results", "items"), "type") or is_list_of(
        at(source.json, "results", "channel_labels", "channels"), "items"
    )


FORMAT = Format("Amazon Transcribe JSON", (".json",), _recognises, read_amazon)


@with_times_completed
def read_call(source: Source) -> Iterator[Utterance]:
    """Yield the turns of a call, with the role of who speaks."""
    path = source.path
    for where, turn in objects(source.json["Transcript"], path, "Transcript"):
        text = text_of(turn, "Content", path, where)
        speaker = turn.get("ParticipantRole", turn.get("ParticipantId"))
        if text:
            yield Utterance(
                text,
                seconds(turn, "BeginOffsetMillis", path, where, unit=0.001),
                seconds(turn, "EndOffsetMillis", path, where, unit=0.001),
                name_of(speaker),
                where,
            )


def _recognises_call(source: Source) -> bool:
    return is_list_of(at(source.json, "Transcript"), "Content")


CALL = Format("Amazon Call Analytics JSON", (".json",), _recognises_call, read_call)
