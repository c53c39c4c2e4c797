"""Sphinx: words with times in JSON, fillers and pronunciation marks among them."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
from hanrock_sk.features.transcripts.utterance import Utterance, with_times_completed

_FILLER = re.compile(r"<.*>|\+\+.*\+\+|\[.*\]")
_PRONUNCIATION = re.compile(r"\(\d+\)$")


def spoken_word(entry: str) -> str | None:
    """Return the word of a dictionary entry; None for silence and noise.

    Examples
    --------
    >>> from hanrock_sk.features.transcripts.sphinx import spoken_word
    >>> [spoken_word(entry) for entry in ("really(2)", "<sil>", "++UH++", "so")]
    ['really', None, None, 'so']
    """
    return None if _FILLER.fullmatch(entry) else _PRONUNCIATION.sub("", entry)


@with_times_completed
def read_sphinx(source: Source) -> Iterator[Utterance]:
    """Yield the words of ``{"words": [{"word", "start", "end"}, ...]}``.

    OpenAI's service and forced aligners write this shape, too.
    """
    path = source.path
    for where, item in objects(source.json["words"], path, "words"):
        text = spoken_word(text_of(item, "word", path, where))
        start = seconds(item, one_of(item, "start", "start_time"), path, where)
        end = seconds(item, one_of(item, "end", "end_time"), path, where)
        speaker = name_of(item.get(one_of(item, "speaker", "speaker_id")))
        if text:
            yield Utterance(text, start, end, speaker, where)


def _recognises(source: Source) -> bool:
    return isinstance(at(source.json, "words"), list)


FORMAT = Format(
    "JSON of words (PocketSphinx, OpenAI, aligners)",
    (".json",),
    _recognises,
    read_sphinx,
)


@with_times_completed
def read_sphinx_lines(source: Source) -> Iterator[Utterance]:
    """Yield the words of PocketSphinx 5's lines: begin, duration, text, words."""
    path = source.path
    parts = source.json if isinstance(source.json, list) else [source.json]
    for where, part in objects(parts, path, "lines"):
        for here, item in objects(part.get("w"), path, f"{where}.w"):
            text = spoken_word(text_of(item, "t", path, here))
            start = seconds(item, "b", path, here)
            end = start + seconds(item, "d", path, here)
            if text:
                yield Utterance(text, start, end, None, here)


def _recognises_lines(source: Source) -> bool:
    content = source.json
    first = content if isinstance(content, dict) else at(content, 0)
    return is_list_of(at(first, "w"), "b", "t")


LINES = Format(
    "PocketSphinx 5 JSON",
    (".json", ".jsonl", ".ndjson"),
    _recognises_lines,
    read_sphinx_lines,
)
