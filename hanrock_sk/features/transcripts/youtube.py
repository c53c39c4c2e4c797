"""YouTube's JSON of captions (``json3``): events with pieces of text."""

from __future__ import annotations

from hanrock_sk.features.transcripts.json_fields import (
    at,
    is_list_of,
    objects,
    seconds,
)
from hanrock_sk.features.transcripts.source import Format, Source
from hanrock_sk.features.transcripts.speaker_labels import labels_of
from hanrock_sk.features.transcripts.utterance import Utterance


def read_youtube(source: Source) -> list[Utterance]:
    """Return the text of each event; an event lasts until the next one at most.

    Events without text open windows or break lines.
    """
    path, shown = source.path, []
    for where, event in objects(at(source.json, "events"), path, "events"):
        pieces = [
            piece.get("utf8")
            for _, piece in objects(event.get("segs"), path, f"{where}.segs")
        ]
        text = "".join(piece for piece in pieces if isinstance(piece, str))
        lines = [
            words for line in text.split("\n") if (words := " ".join(line.split()))
        ]
        start = seconds(event, "tStartMs", path, where, unit=0.001)
        end = start + seconds(event, "dDurationMs", path, where, unit=0.001)
        if lines:
            shown.append((lines, start, end, where))
    labels = labels_of([lines for lines, *_ in shown], source.speakers)
    starts = [start for _, start, *_ in shown[1:]] + [float("inf")]
    found, speaker = [], None
    for (lines, start, end, where), after in zip(shown, starts, strict=True):
        for said in labels.split(lines):
            if said.speaker is not None or said.begins or not labels.carries:
                speaker = said.speaker
            if said.text:
                until = max(start, min(end, after))
                found.append(
                    Utterance(
                        said.text, start, until, speaker, where, begins=said.begins
                    )
                )
    return found


def _recognises(source: Source) -> bool:
    return is_list_of(at(source.json, "events"), "tStartMs")


FORMAT = Format("YouTube JSON", (".json", ".json3"), _recognises, read_youtube)
