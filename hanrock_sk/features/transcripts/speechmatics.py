"""Speechmatics JSON, version 2 (results) and version 1 (words and speakers)."""

from __future__ import annotations

import bisect

from hanrock_sk.features.transcripts.gluing import glue
from hanrock_sk.features.transcripts.json_fields import (
    at,
    is_list_of,
    name_of,
    objects,
    seconds,
    text_of,
)
from hanrock_sk.features.transcripts.source import Format, Source
from hanrock_sk.features.transcripts.utterance import Utterance, complete_times

_NOBODY = "UU"  # the service's word for a voice that it cannot tell


def read_speechmatics(source: Source) -> list[Utterance]:
    """Return the words, punctuation put to the word it belongs to."""
    path, words, joined = source.path, [], []
    channels = []
    to_next = False
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
        words.append(
            Utterance(text, start, end, None if speaker == _NOBODY else speaker, where)
        )
        attaches = item.get("attaches_to", "previous" if mark else "none")
        joined.append(to_next or attaches in ("previous", "both"))
        to_next = attaches in ("next", "both")
        channels.append(name_of(item.get("channel")))
    if len(set(channels)) > 1 and all(word.speaker is None for word in words):
        source.tell("channels are the speakers")
        words = [
            word._replace(speaker=channel)
            for word, channel in zip(words, channels, strict=True)
        ]
    return complete_times(glue(words, joined))


def _recognises(source: Source) -> bool:
    results = at(source.json, "results")
    return is_list_of(results, "type") and any(
        "alternatives" in item and "start_time" in item
        for item in results[:100]
        if isinstance(item, dict)
    )


FORMAT = Format("Speechmatics JSON", (".json",), _recognises, read_speechmatics)


def read_version_1(source: Source) -> list[Utterance]:
    """Return the words of the older layout: names with time and duration."""
    path, words = source.path, []
    joined = []
    turns = []
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
            words.append(Utterance(text, start, end, speaker, where))
            joined.append(not any(map(str.isalnum, text)))
    return complete_times(glue(words, joined))


def _recognises_version_1(source: Source) -> bool:
    return is_list_of(at(source.json, "words"), "name", "time")


VERSION_1 = Format(
    "Speechmatics JSON, version 1", (".json",), _recognises_version_1, read_version_1
)
