"""JSON records: a list of objects with a text each, named as columns of tables are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hanrock_sk.features.transcripts.json_fields import is_list_of, name_of, objects
from hanrock_sk.features.transcripts.source import Format, Source
from hanrock_sk.features.transcripts.utterance import Utterance
from hanrock_sk.features.transcripts.word_table import Row, column_places, read_rows


def read_records(source: Source) -> list[Utterance]:
    """Return the records, as rows of a table whose columns are their fields."""
    records = [record for _, record in objects(_list(source), source.path, "records")]
    header = list(dict.fromkeys(field for record in records for field in record))

    def rows() -> Iterator[Row]:
        for number, record in enumerate(records):
            yield number, [_shown(record.get(field)) for field in header]

    return [
        word._replace(where=f"record {word.where.removeprefix('line ')}")
        for word in read_rows(source, header, rows())
    ]


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if isinstance(value, list) else name_of(value) or ""


def _list(source: Source) -> Any:
    """Return the list: the file itself, or the only list of objects in it."""
    content = source.json
    if not isinstance(content, dict):
        return content
    lists = [value for value in content.values() if is_list_of(value)]
    return lists[0] if len(lists) == 1 else None


def _recognises(source: Source) -> bool:
    records = _list(source)
    if not is_list_of(records):
        return False
    places = column_places(source, list(records[0]))
    return "text" in places and bool(places.keys() & {"start", "speaker"})


FORMAT = Format("JSON records", (".json", ".jsonl"), _recognises, read_records)
