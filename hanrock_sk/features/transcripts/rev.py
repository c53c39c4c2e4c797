"""Rev and Rev AI JSON: monologues of elements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hanrock_sk.features.transcripts.gluing import glued
from hanrock_sk.features.transcripts.json_fields import (
    at,
    is_list_of,
    name_of,
    objects,
    one_of,
    seconds,
)
from hanrock_sk.features.transcripts.source import Format, Source
from hanrock_sk.features.transcripts.utterance import Utterance, completed


def read_rev(source: Source) -> Iterator[Utterance]:
    """Yield the words, punctuation put to the word before it.

    Elements without times, as people's transcripts have them, get theirs from the
    elements around them.
    """
    return completed(glued(_pieces(source)))


def _pieces(source: Source) -> Iterator[tuple[Utterance, bool]]:
    """Yield words and marks, and whether they belong to the word before them."""
    path, content = source.path, source.json
    names = {
        speaker.get("id"): name_of(speaker.get("name"))
        for _, speaker in objects(content.get("speakers"), path, "speakers")
    }
    for where, monologue in objects(content["monologues"], path, "monologues"):
        speaker = _speaker(monologue, names)
        space = True
        for here, item in objects(monologue.get("elements"), path, f"{where}.elements"):
            value = item.get("value")
            if not isinstance(value, str):
                raise ValueError(
                    f"{path}, {here}: value must be a text, got {value!r}."
                )
            text = " ".join(value.split())
            if not text:
                space = True
                continue
            mark = item.get("type") == "punct"
            start = seconds(item, one_of(item, "ts", "timestamp"), path, here)
            end = seconds(item, one_of(item, "end_ts", "end_timestamp"), path, here)
            joined = not value[:1].isspace() if mark else not space
            yield Utterance(text, start, end, speaker, here), joined
            # "well" "-" "known" is one word; "Hello" ", " "you" has its space.
            space = not mark or value[-1:].isspace()


def _speaker(monologue: dict, names: dict[Any, str | None]) -> str | None:
    speaker = monologue.get("speaker")
    return (
        name_of(monologue.get("speaker_name"))
        or name_of(at(monologue, "speaker_info", "display_name"))
        or (names.get(speaker) if isinstance(speaker, int | str) else None)
        or name_of(speaker)
    )


def _recognises(source: Source) -> bool:
    return is_list_of(at(source.json, "monologues"), "elements")


FORMAT = Format("Rev JSON", (".json",), _recognises, read_rev)
