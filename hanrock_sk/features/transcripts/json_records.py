"""JSON records: a list of objects with a text each, named as columns of tables are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hanrock_sk.features.transcripts.json_fields import is_list_of, name_of, objects
from hanrock_sk.features.transcripts.source import Format, Source
from hanrock_sk.features.transcripts.table_columns import column_places
from hanrock_sk.features.transcripts.table_lines import Row
from hanrock_sk.features.transcripts.utterance import Utterance
from hanrock_sk.features.transcripts.word_table import read_rows

_DEEPEST = 4  # objects within objects


def read_records(source: Source) -> Iterator[Utterance]:
    """Return the records, as rows of a table whose columns are their fields."""
    records = [record for _, record in objects(_list(source), source.path, "records")]
    header = list(dict.fromkeys(field for record in records for field in record))

    def rows() -> Iterator[Row]:
        records.reverse()
        for number in range(len(records)):
            record = records.pop()  # all of a file take many times its bytes
            yield number, [_shown(record.get(field)) for field in header]

    for word in read_rows(source, header, rows()):
        yield word._replace(where=f"record {word.where.removeprefix('line ')}")


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if isinstance(value, list) else name_of(value) or ""


def _list(source: Source) -> Any:
    """Return the list: the file itself, or the only one in it that tells of talk."""
    content = source.json
    if not isinstance(content, dict):
        return content
    lists: list[Any] = []
    objects_in = [content]
    for _ in range(_DEEPEST):
        values = [value for inner in objects_in for value in inner.values()]
        lists += [value for value in values if is_list_of(value)]
        objects_in = [value for value in values if isinstance(value, dict)]
    telling = [records for records in lists if _tells(source, records)]
    return telling[0] if len(telling) == 1 else None


def _recognises(source: Source) -> bool:
    records = _list(source)
    return is_list_of(records) and _tells(source, records)


def _tells(source: Source, records: Any) -> bool:
    places = column_places(source, list(records[0]))
    return "text" in places and bool(places.keys() & {"start", "speaker"})


FORMAT = Format(
    "JSON records", (".json", ".jsonl", ".ndjson"), _recognises, read_records
)
