"""Google Cloud Speech-to-Text JSON, with word times and speaker tags."""

from __future__ import annotations

from os import PathLike
from typing import Any

from hanrock_sk.features.transcripts.json_fields import seconds, text_of
from hanrock_sk.features.transcripts.source import Format, Source
from hanrock_sk.features.transcripts.utterance import Utterance, complete_times

_SPEAKER_FIELDS = ("speakerTag", "speakerLabel")


def read_google(source: Source) -> list[Utterance]:
    """Return the words of the most likely alternative of each result.

    With diarization the last result repeats all words, now with a speaker tag: then it
    alone is read. Version 2 of the service calls the times offsets, and leaves out one
    that is zero.
    """
    path = source.path
    results = _answer(source)["results"]
    found = []
    for place, result in enumerate(results):
        where = f"results[{place}]"
        alternatives = result.get("alternatives") if isinstance(result, dict) else None
        if not alternatives:
            continue
        best = alternatives[0]
        words = best.get("words") if isinstance(best, dict) else None
        if not words:
            if not best.get("transcript", "").strip():
                continue
            raise ValueError(
                f"{path}, {where}: the words have no times. Ask the service for them "
                "with enableWordTimeOffsets."
            )
        found.append(
            [
                _word(word, path, f"{where}.alternatives[0].words[{index}]")
                for index, word in enumerate(words)
            ]
        )
    words = _tagged_once(found, path)
    return complete_times(words, start=0.0)


def _tagged_once(
    parts: list[list[Utterance]], path: str | PathLike[str]
) -> list[Utterance]:
    """Return the words of all results, once each."""
    if not parts:
        return []
    *earlier, last = parts
    before = [word for part in earlier for word in part]

    def tagged(words: list[Utterance]) -> bool:
        return any(word.speaker is not None for word in words)

    if not tagged(last) or tagged(before):
        return before + last
    if len(last) < len(before):
        raise ValueError(
            f"{path}: only the last result has speaker tags, but it repeats "
            f"{len(last)} of {len(before)} words. Is the answer whole?"
        )
    return last


def _word(word: Any, path: str | PathLike[str], where: str) -> Utterance:
    def time(*names: str) -> float:
        field = next((name for name in names if name in word), names[0])
        return seconds(word, field, path, where)

    text = text_of(word, "word", path, where)
    # Tag 0 stands for "not told apart".
    speaker = next((word[name] for name in _SPEAKER_FIELDS if word.get(name)), None)
    return Utterance(
        text=text,
        start=time("startTime", "startOffset"),
        end=time("endTime", "endOffset"),
        speaker=None if speaker is None else str(speaker),
        where=where,
    )


def _answer(source: Source) -> Any:
    """Return the result; the answer of a long-running operation wraps it."""
    content = source.json
    return content.get("response", content) if isinstance(content, dict) else content


def _recognises(source: Source) -> bool:
    answer = _answer(source)
    return isinstance(answer, dict) and isinstance(answer.get("results"), list)


FORMAT = Format("Google Speech-to-Text JSON", (".json",), _recognises, read_google)
