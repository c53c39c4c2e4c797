"""Whisper's and WhisperX's JSON: segments, with words and speakers where there are any.

The same shape is written by openai-whisper, whisper-timestamped, stable-ts,
faster-whisper and OpenAI's service; some write the list of segments alone.
"""

from __future__ import annotations

from collections.abc import Iterator
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

_SPEAKER = ("speaker", "speaker_id", "speaker_label", "spk")
# faster-whisper's segments and words are named tuples, which JSON writes as lists.
_SEGMENT_TUPLE = ("id", "seek", "start", "end", "text", "tokens")
_WORD_TUPLE = ("start", "end", "word", "probability")


def read_whisperx(source: Source) -> Iterator[Utterance]:
    """Yield the words of the segments; segments without words are taken whole.

    Numbers and symbols that could not be aligned have no times: these are estimated
    from the words beside them and the segment. Nor have they a speaker: they get that
    of the word before them, else of the one behind, else of the segment.
    """
    path = source.path
    for where, segment in objects(_segments(source.json), path, "segments"):
        start = seconds(segment, one_of(segment, "start", "start_time"), path, where)
        end = seconds(segment, one_of(segment, "end", "end_time"), path, where)
        speaker = name_of(segment.get(one_of(segment, *_SPEAKER)))
        words, raw = [], []
        listed = _words(segment.get("words"))
        for here, word in objects(listed, path, f"{where}.words"):
            field = one_of(word, "word", "text", "punctuated_word")
            words.append(
                Utterance(
                    text=text_of(word, field, path, here),
                    start=seconds(
                        word, one_of(word, "start", "start_time"), path, here
                    ),
                    end=seconds(word, one_of(word, "end", "end_time"), path, here),
                    speaker=name_of(word.get(one_of(word, *_SPEAKER))),
                    where=here,
                )
            )
            raw.append(word[field])
        whole = segment.get("text")
        if not any(word.text for word in words):
            text = text_of(segment, "text", path, where)
            words = [Utterance(text, start, end, speaker, where)]
        else:
            words = _with_speakers(words, speaker)
            if isinstance(whole, str) and "".join(raw).strip() == whole.strip():
                words = glue(words, [not text[:1].isspace() for text in raw])
        yield from (word for word in complete_times(words, start, end) if word.text)


def _segments(content: Any) -> Any:
    segments = content if isinstance(content, list) else content["segments"]
    if not isinstance(at(segments, 0), list):
        return segments
    return [
        _named(segment, _SEGMENT_TUPLE) | {"words": _words_behind(segment)}
        if isinstance(segment, list)
        else segment
        for segment in segments
    ]


def _words_behind(segment: list) -> Any:
    """Return the words of a segment written as a list: versions differ in the place."""
    behind = segment[len(_SEGMENT_TUPLE) :]
    return next((item for item in behind if isinstance(item, list)), None)


def _words(items: Any) -> Any:
    """Return words as objects, if they are named tuples written as lists."""
    if not isinstance(items, list) or not isinstance(at(items, 0), list):
        return items
    return [
        _named(item, _WORD_TUPLE) if isinstance(item, list) else item for item in items
    ]


def _named(item: list, names: tuple[str, ...]) -> dict[str, Any]:
    return dict(zip(names, item, strict=False))


def _with_speakers(words: list[Utterance], fallback: str | None) -> list[Utterance]:
    named = [word.speaker for word in words if word.speaker is not None]
    speaker = named[0] if named else fallback
    completed = []
    for word in words:
        speaker = word.speaker if word.speaker is not None else speaker
        completed.append(word._replace(speaker=speaker))
    return completed


def _recognises(source: Source) -> bool:
    content = source.json
    if isinstance(content, dict):
        return isinstance(content.get("segments"), list)
    first = at(content, 0)
    if isinstance(first, list):  # id, seek, start, end, text, tokens, ...
        return isinstance(at(first, 4), str) and isinstance(at(first, 2), int | float)
    return is_list_of(content, "start", "end") and ("text" in first or "words" in first)


FORMAT = Format("Whisper or WhisperX JSON", (".json",), _recognises, read_whisperx)
