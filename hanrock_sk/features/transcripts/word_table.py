"""Tables of words or phrases: who, what, from when to when."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from hanrock_sk.features.transcripts.clock import seconds_of
from hanrock_sk.features.transcripts.source import Format, Source
from hanrock_sk.features.transcripts.utterance import Utterance, complete_times

Row = tuple[int, Sequence[str]]
"""The number of a line, and its fields."""

# What columns are called, the surest first.
_NAMES = {
    "conversation": "conversation audio_id recording conversation_id dialogue_id "
    "meeting",
    "speaker": "speaker speaker_name speaker_id speaker_label participant who name "
    "role",
    "text": "word text transcript utterance value transcription content sentence said "
    "message phrase words speech caption",
    "start": "start start_time starttime start_s start_sec start_seconds begin "
    "begin_time onset from t0 tmin xmin time timestamp start_ms begin_ms onset_ms",
    "end": "end end_time endtime end_s end_sec end_seconds stop stop_time offset "
    "finish to t1 tmax xmax end_ms stop_ms offset_ms",
    "duration": "duration dur duration_s length duration_ms",
}
_DELIMITERS = ",\t;|"
_WHISPER = {"start", "end", "text"}
_SLOWEST = 0.1  # words a second: who is slower is measured in milliseconds


def read_word_table(source: Source) -> list[Utterance]:
    """Return the rows of a text table, one word or phrase each."""
    header, delimiter = _header(source)
    return read_rows(source, header, _rows(source, len(header), delimiter))


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
        name: 0.001 if _plain(header[place]).endswith("_ms") else 1.0
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
        exact = {_plain(name) for name in header} - {"speaker"} == _WHISPER
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


def _plain(name: str) -> str:
    return re.sub(r"[\s\-()\[\]._]+", "_", name.strip().lower()).strip("_")


def column_places(source: Source, header: Sequence[str]) -> dict[str, int]:
    """Return which column means what."""
    names = [_plain(name) for name in header]
    places: dict[str, int] = {}
    for meaning, column in source.columns.items():
        if meaning not in _NAMES:
            raise ValueError(f"columns= knows {list(_NAMES)}, but not {meaning!r}.")
        exact = [place for place, name in enumerate(header) if name.strip() == column]
        alike = [place for place, name in enumerate(names) if name == _plain(column)]
        if not exact and not alike:
            raise ValueError(
                f"{source.path}, line 1: there is no column {column!r} for the "
                f"{meaning}; the columns are {list(header)[:20]}."
            )
        places[meaning] = (exact or alike)[0]
    for meaning, known in _NAMES.items():
        for name in known.split():
            if (
                meaning not in places
                and name in names
                and names.index(name) not in places.values()
            ):
                places[meaning] = names.index(name)
    return places


def _header(source: Source) -> tuple[list[str], str]:
    first = source.text.removeprefix("\ufeff").lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        return [
            name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])
        ], delimiter
    except csv.Error:
        return [], delimiter


def _rows(source: Source, n_fields: int, delimiter: str) -> Iterator[Row]:
    text = source.text.removeprefix("\ufeff")
    quoted = '"' in text
    if delimiter == "\t" and quoted and not _quotes_hold(text, n_fields):
        # Quotation marks in tab-separated text are marks of the talk.
        source.tell("quotation marks belong to the text")
        reader = csv.reader(
            io.StringIO(text, newline=""), delimiter=delimiter, quoting=csv.QUOTE_NONE
        )
    else:
        reader = csv.reader(
            io.StringIO(text, newline=""), delimiter=delimiter, strict=True
        )
    header = True
    try:
        for fields in reader:
            if not any(field.strip() for field in fields):
                continue
            if header:
                header = False
                continue
            if len(fields) != n_fields:
                raise ValueError(
                    f"{source.path}, line {reader.line_num}: {len(fields)} fields, but "
                    f"the header names {n_fields}. Is the file cut short, or a text "
                    "with the delimiter in it not quoted?"
                )
            yield reader.line_num, fields
    except csv.Error as error:
        raise ValueError(f"{source.path}, line {reader.line_num}: {error}.") from None


def _quotes_hold(text: str, n_fields: int) -> bool:
    """Whether the quotation marks of a tab-separated table quote its fields."""
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter="\t", strict=True)
        return all(
            len(row) in (0, n_fields) and not any("\n" in field for field in row)
            for row in rows
        )
    except csv.Error:
        return False


def _recognises(source: Source) -> bool:
    if source.suffix != ".txt":
        return True
    header, _ = _header(source)
    places = column_places(source, header) if len(header) > 1 else {}
    return "text" in places and bool(places.keys() & {"start", "speaker"})


FORMAT = Format(
    "table of words", (".csv", ".tsv", ".tab", ".txt"), _recognises, read_word_table
)
