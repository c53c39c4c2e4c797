"""WhisperX JSON: segments with aligned words, and speakers after diarization."""

from __future__ import annotations

from hanrock_sk.features.transcripts.json_fields import seconds, text_of
from hanrock_sk.features.transcripts.source import Format, Source
from hanrock_sk.features.transcripts.utterance import Utterance, complete_times


def read_whisperx(source: Source) -> list[Utterance]:
    """Return the words of the segments; segments without words are taken whole.

    Numbers and symbols that could not be aligned have no times: these are estimated
    from the words beside them and the segment. Nor have they a speaker: they get that
    of the word before them, else of the one behind, else of the segment.
    """
    path = source.path
    found = []
    for place, segment in enumerate(source.json["segments"]):
        where = f"segments[{place}]"
        if not isinstance(segment, dict):
            raise ValueError(f"{path}, {where}: expected a segment, got {segment!r}.")
        start = seconds(segment, "start", path, where)
        end = seconds(segment, "end", path, where)
        speaker = segment.get("speaker")
        words = [
            Utterance(
                text=text_of(word, "word", path, f"{where}.words[{index}]"),
                start=seconds(word, "start", path, f"{where}.words[{index}]"),
                end=seconds(word, "end", path, f"{where}.words[{index}]"),
                speaker=word.get("speaker"),
                where=f"{where}.words[{index}]",
            )
            for index, word in enumerate(segment.get("words") or [])
        ]
        if not words:
            text = text_of(segment, "text", path, where)
            words = [Utterance(text, start, end, speaker, where)]
        found += complete_times(_with_speakers(words, speaker), start, end)
    return [word for word in found if word.text]


def _with_speakers(words: list[Utterance], fallback: str | None) -> list[Utterance]:
    named = [word.speaker for word in words if word.speaker is not None]
    speaker = named[0] if named else fallback
    completed = []
    for word in words:
        speaker = word.speaker if word.speaker is not None else speaker
        completed.append(
            Utterance(word.text, word.start, word.end, speaker, word.where)
        )
    return completed


def _recognises(source: Source) -> bool:
    content = source.json
    return isinstance(content, dict) and isinstance(content.get("segments"), list)


FORMAT = Format("WhisperX JSON", (".json",), _recognises, read_whisperx)
