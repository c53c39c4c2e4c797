"""Tables of words or phrases: who, what, from when to when."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby

from hanrock_sk.features.transcripts.clock import seconds_of
from hanrock_sk.features.transcripts.source import Format, Source
from hanrock_sk.features.transcripts.table_columns import column_places, plain_name
from hanrock_sk.features.transcripts.table_lines import (
    Row,
    find_header,
    read_fields,
    recognises,
)
from hanrock_sk.features.transcripts.utterance import Utterance, completed
from hanrock_sk.features.transcripts.word_columns import Words
from hanrock_sk.talkturns.doubts import names_conversations

_WHISPER = {"start", "end", "text"}
_SLOWEST = 0.1  # words a second: who is slower is measured in milliseconds


def read_word_table(source: Source) -> Iterator[Utterance]:
    """Return the rows of a text table, one word or phrase each."""
    header, delimiter, skipped = find_header(source)
    text = column_places(source, header).get("text")
    last = text is not None and text == len(header) - 1
    rows = read_fields(source, len(header), delimiter, skipped, last)
    return read_rows(source, header, rows)


def read_rows(
    source: Source, header: Sequence[str], rows: Iterator[Row]
) -> Iterator[Utterance]:
    """Return the words or phrases of a table, read as they are asked for.

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
    return _completed_rows(source, header, places, rows)


def _completed_rows(
    source: Source,
    header: Sequence[str],
    places: Mapping[str, int],
    rows: Iterator[Row],
) -> Iterator[Utterance]:
    scales = {
        name: 0.001 if plain_name(header[place]).endswith("_ms") else 1.0
        for name, place in places.items()
    }
    timed = "start" in places and not places.keys().isdisjoint(("end", "duration"))
    rows = _noting_conversations(source, header, places, rows)
    spoken = _spoken(source, places, scales, rows)
    whole = Words()
    above: Iterable[Utterance] = whole
    for word, in_whole in spoken:
        whole.extend([word])
        if not (timed and in_whole):  # seconds, then, or none: rows as they come
            break
    else:
        if _in_milliseconds(whole):
            exact = {plain_name(name) for name in header} - {"speaker"} == _WHISPER
            if exact:
                source.tell("times in milliseconds")
            elif 1.0 in {scales.get("start", 1.0)}:
                source.amend("times far too long for seconds, read as milliseconds", 2)
            above = (
                word._replace(start=word.start / 1000, end=word.end / 1000)
                for word in whole
            )
    words = chain(above, (word for word, _ in spoken))
    if not timed:
        missing = "starts" if "start" not in places else "ends"
        source.allow_missing_times(f"no column of {missing}: they are missing")
        yield from (word for word in words if word.text)
        return
    for _, run in groupby(words, key=lambda word: (word.conversation, word.speaker)):
        yield from (word for word in completed(run) if word.text)


def _noting_conversations(
    source: Source,
    header: Sequence[str],
    places: Mapping[str, int],
    rows: Iterator[Row],
) -> Iterator[Row]:
    """Yield rows; note a column that changes as conversations do, and is not read."""
    unread = set(range(len(header))) - set(places.values())
    alike = [place for place in sorted(unread) if names_conversations(header[place])]
    if "conversation" in places or not alike:
        yield from rows
        return
    place = alike[0]
    above, stays, changes = None, False, 0
    for line, fields in rows:
        named = fields[place].strip()
        stays = stays or named == above
        if above is not None and named != above:
            changes = changes or line
        above = named
        yield line, fields
    if stays and changes:
        source.amend(
            "all read as one conversation, though another begins by the column "
            f"{header[place]!r}; if so, pass columns={{'conversation': "
            f"{header[place]!r}}}",
            changes,
        )


def _spoken(
    source: Source,
    places: Mapping[str, int],
    scales: Mapping[str, float],
    rows: Iterator[Row],
) -> Iterator[tuple[Utterance, bool]]:
    """Yield what rows say, and whether all their times are whole numbers."""
    for line, fields in rows:
        times, whole = {}, True
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
        word = Utterance(text, start, end, speaker, f"line {line}", conversation)
        yield word, whole


def _in_milliseconds(words: Words) -> bool:
    said = lasted = 0.0
    for word in words:
        if word.text and word.end > word.start:
            said += len(word.text.split())
            lasted += word.end - word.start
    return said < _SLOWEST * lasted


FORMAT = Format(
    "table of words", (".csv", ".tsv", ".tab", ".txt"), recognises, read_word_table
)
