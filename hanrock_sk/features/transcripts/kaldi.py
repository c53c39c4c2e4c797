"""JSON of servers built on Kaldi: words below "retval", or aligned hypotheses."""

from __future__ import annotations

import math
from collections.abc import Iterator

from hanrock_sk.features.transcripts.json_fields import (
    at,
    is_list_of,
    objects,
    one_of,
    seconds,
    text_of,
)
from hanrock_sk.features.transcripts.source import Format, Source
from hanrock_sk.features.transcripts.utterance import Utterance, with_times_completed


@with_times_completed
def read_kaldi(source: Source) -> Iterator[Utterance]:
    """Yield the words, punctuated where the server did so."""
    path = source.path
    for where, word in objects(source.json["retval"]["words"], path, "retval.words"):
        text = text_of(word, one_of(word, "punct", "word"), path, where)
        if text:
            start = seconds(word, "start", path, where)
            end = seconds(word, "end", path, where)
            yield Utterance(text, start, end, None, where)


def _recognises(source: Source) -> bool:
    return is_list_of(at(source.json, "retval", "words"), "word")


FORMAT = Format("Kaldi JSON", (".json",), _recognises, read_kaldi)


@with_times_completed
def read_gstreamer(source: Source) -> Iterator[Utterance]:
    """Yield the aligned words of the best hypothesis of each segment."""
    path = source.path
    parts = source.json if isinstance(source.json, list) else [source.json]
    for where, part in objects(parts, path, "results"):
        if at(part, "result", "final") is False:
            continue
        offset = seconds(part, "segment-start", path, where)
        offset = 0.0 if math.isnan(offset) else offset
        words = at(part, "result", "hypotheses", 0, "word-alignment")
        for here, word in objects(words, path, f"{where}.word-alignment"):
            text = text_of(word, "word", path, here)
            start = offset + seconds(word, "start", path, here)
            end = start + seconds(word, "length", path, here)
            if text:
                yield Utterance(text, start, end, None, here)


def _recognises_gstreamer(source: Source) -> bool:
    content = source.json
    first = content if isinstance(content, dict) else at(content, 0)
    return is_list_of(at(first, "result", "hypotheses"), "word-alignment")


GSTREAMER = Format(
    "Kaldi GStreamer server JSON",
    (".json", ".jsonl", ".ndjson"),
    _recognises_gstreamer,
    read_gstreamer,
)
