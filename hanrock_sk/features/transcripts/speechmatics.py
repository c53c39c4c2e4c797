"""Speechmatics JSON, version 2 (results) and version 1 (words and speakers)."""

from __future__ import annotations

import bisect
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
from hanrock_sk.features.transcripts.utterance import Utterance, completed

_NOBODY = "UU"  # the service's word for a voice that it cannot tell


def read_speechmatics(source: Source) -> Iterator[Utterance]:
    """Yield the words, punctuation put to the word it belongs to."""
    return completed(glued(_pieces(source)))


def _pieces(source: Source) -> Iterator[tuple[Utterance, bool]]:
    path, to_next = source.path, False
    by_channel = _channels_alone_speak(source.json["results"])
    if by_channel:
        source.tell("channels are the speakers")
    for where, item in objects(source.json["results"], path, "results"):
        best = at(item, "alternatives", 0)
        if not isinstance(best, dict):
            continue  # a change of speaker
        text = text_of(best, "content", path, f"{where}.alternatives[0]")
        if not text:
            continue
        mark = item.get("type") == "punctuation"
        speaker = name_of(best.get("speaker"))
        start = seconds(item, "start_time", path, where)
        end = seconds(item, "end_time", path, where)
        if by_channel:
            speaker = name_of(item.get("channel"))
        elif speaker == _NOBODY:
            speaker = None
        attaches = item.get("attaches_to", "previous" if mark else "none")
        joined = to_next or attaches in ("previous", "both")
        to_next = attaches in ("next", "both")
        yield Utterance(text, start, end, speaker, where), joined


def _channels_alone_speak(results: Any) -> bool:
    """Whether words are of several channels, and none of them of a speaker."""
    channels, speakers = set(), set()
    for item in results if isinstance(results, list) else []:
        best = at(item, "alternatives", 0)
        text = at(best, "content")
        if isinstance(text, str) and text.strip():
            channels.add(name_of(item.get("channel")))
            speakers.add(name_of(best.get("speaker")))
    return len(channels) > 1 and speakers <= {None, _NOBODY}


def _recognises(source: Source) -> bool:
    results = at(source.json, "results")
    return is_list_of(results, "type") and any(
        "alternatives" in item and "start_time" in item
        for item in results[:100]
        if isinstance(item, dict)
    )


FORMAT = Format("Speechmatics JSON", (".json",), _recognises, read_speechmatics)


def read_version_1(source: Source) -> Iterator[Utterance]:
    """Yield the words of the older layout: names with time and duration."""
    return completed(glued(_pieces_of_version_1(source)))


def _pieces_of_version_1(source: Source) -> Iterator[tuple[Utterance, bool]]:
    path, turns = source.path, []
    for where, turn in objects(source.json.get("speakers"), path, "speakers"):
        turns.append((seconds(turn, "time", path, where), name_of(turn.get("name"))))
    turns.sort(key=lambda turn: turn[0])
    starts = [start for start, _ in turns]
    for where, item in objects(source.json["words"], path, "words"):
        text = text_of(item, "name", path, where)
        start = seconds(item, "time", path, where)
        end = start + seconds(item, "duration", path, where)
        place = max(bisect.bisect_right(starts, start + 0.005) - 1, 0)
        if text:
            speaker = turns[place][1] if turns else None
            joined = not any(map(str.isalnum, text))
            yield Utterance(text, start, end, speaker, where), joined


def _recognises_version_1(source: Source) -> bool:
    return is_list_of(at(source.json, "words"), "name", "time")


VERSION_1 = Format(
    "Speechmatics JSON, version 1", (".json",), _recognises_version_1, read_version_1
)
