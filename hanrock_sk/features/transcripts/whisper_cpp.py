"""JSON of whisper.cpp: pieces with offsets in milliseconds."""

from __future__ import annotations

from hanrock_sk.features.transcripts.json_fields import (
    at,
    name_of,
    objects,
    seconds,
    text_of,
)
from hanrock_sk.features.transcripts.source import Format, Source
from hanrock_sk.features.transcripts.utterance import Utterance


def read_whisper_cpp(source: Source) -> list[Utterance]:
    """Return the pieces of ``{"transcription": [{"offsets", "text"}, ...]}``."""
    path, found, begins = source.path, [], False
    for where, piece in objects(source.json["transcription"], path, "transcription"):
        times, unit = piece.get("offsets"), 0.001
        if times is None:
            times, unit = piece.get("timestamps"), 1.0
        text = text_of(piece, "text", path, where)
        if text:
            found.append(
                Utterance(
                    text=text,
                    start=seconds(times, "from", path, where, unit=unit),
                    end=seconds(times, "to", path, where, unit=unit),
                    speaker=name_of(piece.get("speaker")),
                    where=where,
                    begins=begins,
                )
            )
        begins = piece.get("speaker_turn_next") is True
    return found


def _recognises(source: Source) -> bool:
    first = at(source.json, "transcription", 0)
    return isinstance(first, dict) and ("offsets" in first or "timestamps" in first)


FORMAT = Format("whisper.cpp JSON", (".json",), _recognises, read_whisper_cpp)
