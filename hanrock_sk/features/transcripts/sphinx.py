"""Sphinx: words with times in JSON, fillers and pronunciation marks among them."""

from __future__ import annotations

import re

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


def read_sphinx(source: Source) -> list[Utterance]:
    """Return the words of ``{"words": [{"word", "start", "end"}, ...]}``.

    OpenAI's service and forced aligners write this shape, too.
    """
    path = source.path
    words = []
    for where, item in objects(source.json["words"], path, "words"):
        text = spoken_word(text_of(item, "word", path, where))
        start = seconds(item, one_of(item, "start", "start_time"), path, where)
        end = seconds(item, one_of(item, "end", "end_time"), path, where)
        speaker = name_of(item.get(one_of(item, "speaker", "speaker_id")))
        if text:
            words.append(Utterance(text, start, end, speaker, where))
    return complete_times(words)


def _recognises(source: Source) -> bool:
    return isinstance(at(source.json, "words"), list)


FORMAT = Format(
    "JSON of words (PocketSphinx, OpenAI, aligners)",
    (".json",),
    _recognises,
    read_sphinx,
)


def read_sphinx_lines(source: Source) -> list[Utterance]:
    """Return the words of PocketSphinx 5's lines: begin, duration, text, words."""
    path = source.path
    words = []
    parts = source.json if isinstance(source.json, list) else [source.json]
    for where, part in objects(parts, path, "lines"):
        for here, item in objects(part.get("w"), path, f"{where}.w"):
            text = spoken_word(text_of(item, "t", path, here))
            start = seconds(item, "b", path, here)
            end = start + seconds(item, "d", path, here)
            if text:
                words.append(Utterance(text, start, end, None, here))
    return complete_times(words)


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
