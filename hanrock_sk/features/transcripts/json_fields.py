"""Fields of JSON objects, read strictly."""

from __future__ import annotations

import math
from collections.abc import Iterator
from os import PathLike
from typing import Any

from hanrock_sk.features.transcripts.clock import seconds_of

Path = str | PathLike[str]


def at(value: Any, *steps: str | int) -> Any:
    """Return what lies at the end of a way into JSON; None if there is no such way.

    Examples
    --------
    >>> from hanrock_sk.features.transcripts.json_fields import at
    >>> at({"results": [{"words": []}]}, "results", 0, "words"), at([], 0, "words")
    ([], None)
    """
    for step in steps:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def is_list_of(value: Any, *fields: str) -> bool:
    """Whether the value is a list whose first item is an object with these fields."""
    first = at(value, 0)
    return isinstance(value, list) and (
        isinstance(first, dict) and all(field in first for field in fields)
    )


def objects(value: Any, path: Path, where: str) -> Iterator[tuple[str, dict]]:
    """Yield the objects of a list, and where each one stands.

    The list lets each of them go when the next one is asked for: all of a file take
    many times its bytes, and are read once.

    Raises
    ------
    ValueError
        If it is no list, or something else is in it.
    """
    if value is None:
        return
    if not isinstance(value, list):
        raise ValueError(f"{path}, {where}: expected a list, got {_shown(value)}.")
    for place, item in enumerate(value):
        here = f"{where}[{place}]"
        if not isinstance(item, dict):
            raise ValueError(f"{path}, {here}: expected an object, got {_shown(item)}.")
        yield here, item
        value[place] = None


def one_of(item: Any, *names: str) -> str:
    """Return the first of the names that the object has, else the first one."""
    if isinstance(item, dict):
        for name in names:
            if item.get(name) is not None:
                return name
    return names[0]


def seconds(
    item: Any, field: str, path: Path, where: str, *, unit: float = 1.0
) -> float:
    """Read a time; NaN if absent.

    It is a number (in `unit` seconds), a number as text, a duration such as "0.300s" or
    "PT0.3S", a clock, or an object of seconds and nanos.
    """
    value = item.get(field) if isinstance(item, dict) else None
    if value is None:
        return math.nan
    if isinstance(value, dict) and value.keys() <= {"seconds", "nanos"}:
        whole = seconds(value, "seconds", path, f"{where}.{field}")
        nanos = seconds(value, "nanos", path, f"{where}.{field}")
        return (0.0 if math.isnan(whole) else whole) + (
            0.0 if math.isnan(nanos) else nanos / 1e9
        )
    if isinstance(value, str):
        found = seconds_of(value)
        if found is not None:
            return found * unit
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(
            f"{path}, {where}: {field} must be a time, got {_shown(value)}."
        )
    if math.isinf(value) or abs(value) > 1e15:
        raise ValueError(f"{path}, {where}: {field} is infinite.")
    return float(value) * unit


def text_of(item: Any, field: str, path: Path, where: str) -> str:
    """Read a text, blanks around it removed."""
    value = item.get(field) if isinstance(item, dict) else None
    if not isinstance(value, str):
        if isinstance(item, dict) and field not in item:
            raise ValueError(
                f"{path}, {where} has no field {field!r}; it has {list(item)[:20]}."
            )
        raise ValueError(
            f"{path}, {where}: {field} must be a text, got {_shown(value)}."
        )
    return " ".join(value.split())


def name_of(value: Any) -> str | None:
    """Return a speaker's name or number as text; None if nobody is named."""
    if isinstance(value, dict):
        value = next(
            (value[k] for k in ("name", "display_name", "id") if value.get(k)), None
        )
    if value is None or isinstance(value, bool | list | dict):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split()) or None


def _shown(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 80 else shown[:77] + "..."
