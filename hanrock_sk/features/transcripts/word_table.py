"""Tables of words or phrases: who, what, from when to when."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby

from hanrock_sk.features.transcripts.clock import seconds_of
from hanrock_sk.features.transcripts.source import Format, Source
from hanrock_sk.features.transcripts.table_columns import column_places, plain_name
from hanrock_sk.features.transcripts.table_lines import (
    Row,
    find_header,
    read_fields,
    recognises,
)
from hanrock_sk.features.transcripts.utterance import Utterance, complete_times

_WHISPER = {"start", "end", "text"}
_SLOWEST = 0.1  # words a second: who is slower is measured in milliseconds


def read_word_table(source: Source) -> list[Utterance]:
    """Return the rows of a text table, one word or phrase each."""
    header, delimiter, skipped = find_header(source)
    text = column_places(source, header).get("text")
    last = text is not None and text == len(header) - 1
    rows = read_fields(source, len(header), delimiter, skipped, last)
    return read_rows(source, header, rows)


def read_rows(
    source: Source, header: Sequence[str], rows: Iterator[Row]
) -> list[Utterance]:
    """Return the words or phrases of a table.

    Rows without times get them from the rows of the same speaker before and behind.
    Where there is no column of ends or durations, or none of times at all, these are
    missing.

    Raises
    ------
    ValueError
        If the table has no column of texts, or a field is no time.
    """
    places = column_places(source, header)
    if "text" not in places or not places.keys() & {"start", "speaker"}:
        lacking = [name for name in ("text", "start") if name not in places]
        raise ValueError(
            f"{source.path}, line 1: not a table of words; it lacks "
            f"{['word' if name == 'text' else name for name in lacking]}. Its columns "
            f"are {[name[:40] for name in header[:20]]}; say what they mean with "
            "columns={'text': ..., 'start': ...}."
        )
    scales = {
        name: 0.001 if plain_name(header[place]).endswith("_ms") else 1.0
        for name, place in places.items()
    }
    found, whole = [], True
    for line, fields in rows:
        times = {}
        for name in ("start", "end", "duration"):
            field = fields[places[name]].strip() if name in places else ""
            whole = whole and (not field or field.isdecimal())
            value = seconds_of(field)
            if value is None:
                raise ValueError(
                    f"{source.path}, line {line}: {name} must be a number of seconds "
                    f"or hours:minutes:seconds, got {field[:40]!r}."
                )
            times[name] = value * scales.get(name, 1.0)
        end = times["end"]
        if math.isnan(end):
            end = times["start"] + times["duration"]
        text = " ".join(fields[places["text"]].split())
        speaker, conversation = (
            " ".join(fields[places[name]].split()) or None if name in places else None
            for name in ("speaker", "conversation")
        )
        start = times["start"]
        found.append(Utterance(text, start, end, speaker, f"line {line}", conversation))
    if whole and _in_milliseconds(found):
        exact = {plain_name(name) for name in header} - {"speaker"} == _WHISPER
        if exact:
            source.tell("times in milliseconds")
        elif 1.0 in {scales.get("start", 1.0)}:
            source.amend("times far too long for seconds, read as milliseconds", 2)
        found = [
            word._replace(start=word.start / 1000, end=word.end / 1000)
            for word in found
        ]
    if "start" not in places or not places.keys() & {"end", "duration"}:
        missing = "starts" if "start" not in places else "ends"
        source.allow_missing_times(f"no column of {missing}: they are missing")
        return [word for word in found if word.text]
    completed = []
    for _, run in groupby(found, key=lambda word: (word.conversation, word.speaker)):
        completed += complete_times(list(run))
    return [word for word in completed if word.text]


def _in_milliseconds(words: Sequence[Utterance]) -> bool:
    timed = [w for w in words if w.text and w.end > w.start]
    said = sum(len(word.text.split()) for word in timed)
    lasted = sum(word.end - word.start for word in timed)
    return said < _SLOWEST * lasted


FORMAT = Format(
    "table of words", (".csv", ".tsv", ".tab", ".txt"), recognises, read_word_table
)
