"""Sphinx: words with times in JSON, fillers and pronunciation marks among them."""

from __future__ import annotations

import re

from hanrock_sk.features.transcripts.json_fields import seconds, text_of
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
    """Return the words of ``{"words": [{"word", "start", "end"}, ...]}``."""
    path = source.path
    words = []
    for place, item in enumerate(source.json["words"]):
        where = f"words[{place}]"
        text = spoken_word(text_of(item, "word", path, where))
        start = seconds(item, "start", path, where)
        end = seconds(item, "end", path, where)
        speaker = item.get("speaker")
        if text:
            words.append(Utterance(text, start, end, speaker, where))
    return complete_times(words)


def _recognises(source: Source) -> bool:
    content = source.json
    return isinstance(content, dict) and isinstance(content.get("words"), list)


FORMAT = Format("PocketSphinx JSON", (".json",), _recognises, read_sphinx)
