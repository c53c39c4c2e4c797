"""Deepgram JSON: words by channel, with speakers after diarization."""

from __future__ import annotations

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


def read_deepgram(source: Source) -> list[Utterance]:
    """Return the words of each channel's best alternative, punctuated if they are so.

    With several channels a channel is a speaker; where people are told apart within
    one, both are in the name: "0-1" is the second of the first channel.
    """
    path = source.path
    channels = []
    for where, channel in objects(
        source.json["results"]["channels"], path, "results.channels"
    ):
        here = f"{where}.alternatives[0].words"
        words = []
        for place, word in objects(at(channel, "alternatives", 0, "words"), path, here):
            text = text_of(word, one_of(word, "punctuated_word", "word"), path, place)
            if text:
                words.append(
                    Utterance(
                        text,
                        seconds(word, "start", path, place),
                        seconds(word, "end", path, place),
                        name_of(word.get("speaker")),
                        place,
                    )
                )
        channels.append(complete_times(words))
    spoken = [(place, words) for place, words in enumerate(channels) if words]
    if len(spoken) < 2:
        return [word for _, words in spoken for word in words]
    source.tell("channels are the speakers")
    found = []
    for number, words in spoken:
        several = len({word.speaker for word in words}) > 1
        found += [
            word._replace(
                speaker=f"{number}-{word.speaker}" if several else str(number)
            )
            for word in words
        ]
    return found


def _recognises(source: Source) -> bool:
    return is_list_of(at(source.json, "results", "channels"), "alternatives")


FORMAT = Format("Deepgram JSON", (".json",), _recognises, read_deepgram)
