"""Vosk JSON: a result for each utterance, one after another in the file."""

from __future__ import annotations

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
from hanrock_sk.features.transcripts.utterance import Utterance, with_times_completed


@with_times_completed
def read_vosk(source: Source) -> Iterator[Utterance]:
    """Yield the words of every ``{"result": [{"word", "start", "end"}, ...]}``."""
    path = source.path
    for where, part in objects(_parts(source.json), path, "results"):
        for here, word in objects(part.get("result"), path, f"{where}.result"):
            text = text_of(word, "word", path, here)
            start = seconds(word, "start", path, here)
            end = seconds(word, "end", path, here)
            speaker = name_of(word.get("speaker", part.get("speaker")))
            if text:
                yield Utterance(text, start, end, speaker, here)


def _parts(content: Any) -> list:
    return content if isinstance(content, list) else [content]


def _recognises(source: Source) -> bool:
    # Silence has an empty text and no result.
    return any(
        is_list_of(at(part, "result"), "word", "start") for part in _parts(source.json)
    )


FORMAT = Format("Vosk JSON", (".json", ".jsonl", ".ndjson"), _recognises, read_vosk)
