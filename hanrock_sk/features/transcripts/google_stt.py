"""Google Cloud Speech-to-Text JSON, versions 1 and 2, with word times."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from hanrock_sk.features.transcripts.json_fields import (
    at,
    name_of,
    objects,
    one_of,
    seconds,
    text_of,
)
from hanrock_sk.features.transcripts.source import Format, Source
from hanrock_sk.features.transcripts.utterance import Utterance, completed
from hanrock_sk.features.transcripts.word_columns import Words

_SPEAKER = ("speakerLabel", "speaker_label", "speakerTag", "speaker_tag")
_CHANNEL = ("channelTag", "channel_tag")
_START = ("startTime", "startOffset", "start_time", "start_offset")
_END = ("endTime", "endOffset", "end_time", "end_offset")
_RESULT_END = (
    "resultEndTime",
    "resultEndOffset",
    "result_end_time",
    "result_end_offset",
)


def read_google(source: Source) -> Iterator[Utterance]:
    """Yield the words of the most likely alternative of each result.

    With diarization the last result repeats all words, now with a speaker tag: then it
    alone is read. Without it, channels are speakers, if there are several. Version 2 of
    the service calls the times offsets, and leaves out one that is zero; its batches
    hold an answer for each recording, which is a conversation of its own.
    """
    answers = _answers(source.json)
    for name, results in answers.items():
        words = _read_results(results, source)
        conversation = name if len(answers) > 1 else None
        for word in words:
            yield word._replace(conversation=conversation)


def _read_results(results: list, source: Source) -> Iterator[Utterance]:
    path = source.path
    parts: list[Words] = []
    channels = []
    ended = 0.0
    for where, result in objects(results, path, "results"):
        best = at(result, "alternatives", 0)
        if not isinstance(best, dict):
            continue
        end = seconds(result, one_of(result, *_RESULT_END), path, where)
        here = f"{where}.alternatives[0]"
        words = Words(
            _word(word, source, place)
            for place, word in objects(best.get("words"), path, f"{here}.words")
        )
        if not words and str(best.get("transcript") or "").strip():
            if math.isnan(end):
                raise ValueError(
                    f"{path}, {where}: the words have no times. Ask the service for "
                    "them with enableWordTimeOffsets."
                )
            text = text_of(best, "transcript", path, here)
            words = Words([Utterance(text, ended, end, None, where)])
        ended = end
        if words:
            parts.append(words)
            channels.append(name_of(result.get(one_of(result, *_CHANNEL))))
    if not any(map(_tagged, parts)) and len(set(channels)) > 1:
        source.tell("channels are the speakers")
        for channel in dict.fromkeys(channels):
            own = [p for p, of in zip(parts, channels, strict=True) if of == channel]
            for word in _from_zero(own):
                yield word._replace(speaker=channel)
    else:
        yield from _from_zero(_tagged_once(parts, path))


def _from_zero(parts: Iterable[Words]) -> Iterator[Utterance]:
    """Yield words whose first one begins at 0 if nobody says when."""
    parts = list(parts)
    times = chain.from_iterable((*part.starts, *part.ends) for part in parts)
    begun = math.nan if any(time < 0 for time in times) else 0.0
    return completed(chain.from_iterable(parts), begun)


def _tagged(words: Words) -> bool:
    return any(speaker is not None for _, speaker in words.voices)


def _tagged_once(parts: list[Words], path: Any) -> list[Words]:
    """Return the words of all results, once each."""
    if not parts:
        return []
    *earlier, last = parts
    if not _tagged(last) or any(map(_tagged, earlier)):
        return parts
    before = sum(map(len, earlier))
    if len(last) < before:
        raise ValueError(
            f"{path}: only the last result has speaker tags, but it repeats "
            f"{len(last)} of {before} words. Is the answer whole?"
        )
    return [last]


def _word(word: dict, source: Source, where: str) -> Utterance:
    path = source.path
    # Tag 0 stands for "not told apart".
    speaker = next((word[name] for name in _SPEAKER if word.get(name)), None)
    return Utterance(
        text=text_of(word, "word", path, where),
        start=seconds(word, one_of(word, *_START), path, where),
        end=seconds(word, one_of(word, *_END), path, where),
        speaker=name_of(speaker),
        where=where,
    )


def _answers(content: Any) -> dict[str, list]:
    """Return the results by recording; an operation's answer wraps them."""
    content = at(content, "response") or content
    results = at(content, "results")
    if isinstance(results, list):
        return {"": results}
    answers = {}
    for name, answer in (results if isinstance(results, dict) else {}).items():
        found = (
            at(answer, "transcript", "results")
            or at(answer, "inlineResult", "transcript", "results")
            or at(answer, "inline_result", "transcript", "results")
        )
        if isinstance(found, list):
            answers[name] = found
    return answers


def _recognises(source: Source) -> bool:
    return any(
        isinstance(at(result, "alternatives"), list) or result == {}
        for results in _answers(source.json).values()
        for result in results
    ) or any(results == [] for results in _answers(source.json).values())


FORMAT = Format("Google Speech-to-Text JSON", (".json",), _recognises, read_google)
