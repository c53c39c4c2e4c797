"""Text files that people bring: decoded, or refused with file and line."""

from __future__ import annotations

import codecs
import json
import warnings
from os import PathLike
from pathlib import Path
from typing import Any

LARGEST_TEXT = 1 << 28
"""Bytes of the largest text file that is read: days of talk."""

LARGEST_JSON = 1 << 26
"""Bytes of the largest JSON file: its objects take twenty times their bytes."""

_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def existing_file(path: str | PathLike[str]) -> Path:
    """Return the path, or say that there is no such file or that it is empty."""
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; a file is needed here.")
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    if path.stat().st_size == 0:
        raise ValueError(f"{path} is empty.")
    return path


def read_text(
    path: str | PathLike[str],
    encoding: str = "utf-8",
    *,
    replace: bool = False,
    largest: int = LARGEST_TEXT,
) -> str:
    """Read a text file whole, if it has at most so many bytes.

    A byte order mark speaks louder than `encoding`. Bytes that are not in the encoding
    raise a ValueError with file and line; with `replace`, as for corpora whose official
    files hold a few, they become U+FFFD and a warning says where.
    """
    path = existing_file(path)
    size = path.stat().st_size
    if size > largest:
        raise ValueError(
            f"{path} has {size:,} bytes; such files are read up to {largest:,}. Is it "
            "the right file? If so, split it."
        )
    raw = path.read_bytes()
    for mark, marked_encoding in _BYTE_ORDER_MARKS.items():
        if raw.startswith(mark):
            encoding = marked_encoding
    if encoding != "utf-16" and b"\0" in raw:
        raise ValueError(f"{path} is not a text file: it holds NUL bytes.")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        odd = raw[error.start : error.start + 1]
        message = f"{path}, line {line}: byte {odd!r} is not {encoding}"
    if not replace:
        raise ValueError(
            f"{message}. If the whole file is in another encoding, pass it as "
            "`encoding`, for example 'cp1252'; if only this line is, mend the line."
        )
    warnings.warn(
        f"{message}; such bytes are read as the replacement character.", stacklevel=3
    )
    return raw.decode(encoding, errors="replace")


def read_json(path: str | PathLike[str], encoding: str = "utf-8") -> Any:
    """Read a JSON file; if it is broken or cut short, say where."""
    text = read_text(path, encoding, largest=LARGEST_JSON)
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError(
            f"{path}: the JSON is nested too deeply; no transcript is."
        ) from None
    except json.JSONDecodeError as error:
        cut = not text[error.pos :].strip()
        what = "the JSON ends too early; is the file cut short?" if cut else error.msg
        raise ValueError(f"{path}, line {error.lineno}: {what}") from None
    except ValueError as error:  # a number of thousands of digits
        raise ValueError(f"{path}: {error}") from None
