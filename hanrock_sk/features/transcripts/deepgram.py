"""Deepgram JSON: words by channel, with speakers after diarization."""

from __future__ import annotations

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
from hanrock_sk.features.transcripts.utterance import Utterance, completed
from hanrock_sk.features.transcripts.word_columns import Words


def read_deepgram(source: Source) -> Iterator[Utterance]:
    """Yield the words of each channel's best alternative, punctuated if they are so.

    With several channels a channel is a speaker; where people are told apart within
    one, both are in the name: "0-1" is the second of the first channel.
    """
    listed = objects(
        source.json["results"]["channels"], source.path, "results.channels"
    )
    channels = [
        Words(completed(_words(channel, source, where))) for where, channel in listed
    ]
    spoken = [(place, words) for place, words in enumerate(channels) if words]
    if len(spoken) < 2:
        yield from (word for _, words in spoken for word in words)
        return
    source.tell("channels are the speakers")
    for number, words in spoken:
        several = len(words.voices) > 1
        for word in words:
            name = f"{number}-{word.speaker}" if several else str(number)
            yield word._replace(speaker=name)


def _words(channel: dict, source: Source, where: str) -> Iterator[Utterance]:
    path, here = source.path, f"{where}.alternatives[0].words"
    for place, word in objects(at(channel, "alternatives", 0, "words"), path, here):
        text = text_of(word, one_of(word, "punctuated_word", "word"), path, place)
        if text:
            yield Utterance(
                text,
                seconds(word, "start", path, place),
                seconds(word, "end", path, place),
                name_of(word.get("speaker")),
                place,
            )


def _recognises(source: Source) -> bool:
    return is_list_of(at(source.json, "results", "channels"), "alternatives")


FORMAT = Format("Deepgram JSON", (".json",), _recognises, read_deepgram)
