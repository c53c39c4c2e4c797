"""Fields of JSON objects, read strictly."""

from __future__ import annotations

import math
import re
from os import PathLike
from typing import Any

_DURATION = re.compile(r"(\d+(?:\.\d+)?)s")


def seconds(item: Any, field: str, path: str | PathLike[str], where: str) -> float:
    """Read a time: seconds, or a duration such as "0.300s"; NaN if absent."""
    value = item.get(field) if isinstance(item, dict) else None
    if value is None:
        return math.nan
    if isinstance(value, str) and (duration := _DURATION.fullmatch(value)):
        return float(duration[1])
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{path}, {where}: {field} must be a time, got {value!r}.")
    if math.isinf(value):
        raise ValueError(f"{path}, {where}: {field} is infinite.")
    return float(value)


def text_of(item: Any, field: str, path: str | PathLike[str], where: str) -> str:
    """Read a text, blanks around it removed."""
    value = item.get(field) if isinstance(item, dict) else None
    if not isinstance(value, str):
        raise ValueError(f"{path}, {where}: {field} must be a text, got {value!r}.")
    return value.strip()
