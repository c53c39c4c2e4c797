"""IBM Watson Speech to Text JSON: words with times, speakers beside them."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from typing import Any

from hanrock_sk.features.transcripts.json_fields import (
    at,
    name_of,
    objects,
    seconds,
)
from hanrock_sk.features.transcripts.source import Format, Source
from hanrock_sk.features.transcripts.utterance import Utterance, with_times_completed


@with_times_completed
def read_ibm(source: Source) -> Iterator[Utterance]:
    """Yield the words of final results; the speaker is that of the same time."""
    path = source.path
    starts, labels = _labels(source)
    for part in _parts(source.json):
        for where, result in objects(part.get("results"), path, "results"):
            pairs = at(result, "alternatives", 0, "timestamps")
            if result.get("final") is False or pairs is None:
                continue
            here = f"{where}.alternatives[0].timestamps"
            for place, triple in enumerate(pairs if isinstance(pairs, list) else []):
                at_word = f"{here}[{place}]"
                if not (isinstance(triple, list) and len(triple) > 2) or not isinstance(
                    triple[0], str
                ):
                    raise ValueError(
                        f"{path}, {at_word}: expected word, start, end; got {triple!r}."
                    )
                times = {"start": triple[1], "end": triple[2]}
                start = seconds(times, "start", path, at_word)
                end = seconds(times, "end", path, at_word)
                speaker = _speaker_at(start, starts, labels)
                if triple[0].strip():
                    yield Utterance(triple[0].strip(), start, end, speaker, at_word)


def _labels(source: Source) -> tuple[list[float], list[str | None]]:
    labels = []
    for part in _parts(source.json):
        for where, label in objects(
            part.get("speaker_labels"), source.path, "speaker_labels"
        ):
            start = seconds(label, "from", source.path, where)
            labels.append((start, name_of(label.get("speaker"))))
    labels.sort(key=lambda label: label[0])
    return [start for start, _ in labels], [name for _, name in labels]


def _speaker_at(
    start: float, starts: list[float], labels: list[str | None]
) -> str | None:
    """Return the speaker of the label that starts with a word, or last before it."""
    place = bisect.bisect_right(starts, start + 0.005) - 1
    return labels[max(place, 0)] if labels else None


def _parts(content: Any) -> list[dict]:
    if is_watson(at(content, "results", 0, "results", 0)):
        content = content["results"]  # an asynchronous job's answer
    parts = content if isinstance(content, list) else [content]
    return [part for part in parts if isinstance(part, dict)]


def is_watson(result: Any) -> bool:
    """Whether a result has words as lists of word, start and end."""
    return isinstance(at(result, "alternatives", 0, "timestamps"), list)


def _recognises(source: Source) -> bool:
    return any(
        is_watson(result)
        for part in _parts(source.json)
        for result in (part["results"] if isinstance(part.get("results"), list) else [])
    )


FORMAT = Format("IBM Watson JSON", (".json",), _recognises, read_ibm)
