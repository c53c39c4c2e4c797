"""Text files that people bring: decoded, or refused with file and line."""

from __future__ import annotations

import codecs
import json
import warnings
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any

LARGEST_TEXT = 1 << 28
"""Bytes of the largest text file that is read: days of talk."""

LARGEST_JSON = 1 << 26
"""Bytes of the largest JSON file: its objects take twenty times their bytes."""

_BYTE_ORDER_MARKS = {  # UTF-32's begins as UTF-16's does
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_BLOCK = 1 << 13  # characters
_WIDE = ("utf-16", "utf-32")


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
    raw, encoding = _read_bytes(path, encoding, largest)
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


def _read_bytes(path: Path, encoding: str, largest: int) -> tuple[bytes, str]:
    """Return the bytes of a text file, and the encoding they seem to be in."""
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise ValueError(f"There is no encoding {encoding!r}.") from None
    size = path.stat().st_size
    if size > largest:
        raise ValueError(
            f"{path} has {size:,} bytes; such files are read up to {largest:,}. Is it "
            "the right file? If so, split it."
        )
    raw = path.read_bytes()
    for mark, marked_encoding in _BYTE_ORDER_MARKS.items():
        if raw.startswith(mark):
            return raw, marked_encoding
    if b"\0" in raw and not encoding.lower().replace("_", "-").startswith(_WIDE):
        unmarked = _wide_encoding(raw)
        if unmarked is None:
            raise ValueError(f"{path} is not a text file: it holds NUL bytes.")
        encoding = unmarked
    return raw, encoding


def _wide_encoding(raw: bytes) -> str | None:
    """Return which of UTF-16 and UTF-32 the bytes are in, told by where NULs stand."""
    sample = raw[: 1 << 12]
    sample = sample[: len(sample) // 4 * 4]
    share = [sample[place::4].count(0) * 4 / max(len(sample), 4) for place in range(4)]
    for encoding, text in (
        ("utf-32-le", (0,)),
        ("utf-32-be", (3,)),
        ("utf-16-le", (0, 2)),
        ("utf-16-be", (1, 3)),
    ):
        zeros = [place for place in range(4) if place not in text]
        if all(share[p] > 0.7 for p in zeros) and all(share[p] < 0.1 for p in text):
            return encoding
    return None


def read_odd_text(
    path: str | PathLike[str], encoding: str = "utf-8", *, largest: int = LARGEST_TEXT
) -> tuple[str, list[int]]:
    """Read a text file; lines of UTF-8 that are none are read as cp1252.

    Returns
    -------
    text : str
        The whole file.
    odd : list of int
        The lines that are not in the encoding, counted from 1.

    Raises
    ------
    ValueError
        If the file is not of the encoding, and that is not UTF-8.
    """
    path = existing_file(path)
    raw, encoding = _read_bytes(path, encoding, largest)
    try:
        return raw.decode(encoding), []
    except UnicodeDecodeError as error:
        if not error.encoding.lower().replace("_", "-").startswith("utf-8"):
            if error.reason == "truncated data":  # cut within a character
                return raw.decode(encoding, errors="ignore"), [raw.count(b"\n") + 1]
            raise ValueError(
                f"{path}, byte {error.start}: not {encoding}: {error.reason}."
            ) from None
    lines, odd = [], []
    for number, line in enumerate(raw.split(b"\n"), 1):
        try:
            lines.append(line.decode("utf-8-sig" if number == 1 else "utf-8"))
        except UnicodeDecodeError:
            odd.append(number)
            # The five bytes that cp1252 leaves open are control characters.
            lines.append(
                "".join(
                    bytes([b]).decode("cp1252", errors="ignore") or " " for b in line
                )
            )
    return "\n".join(lines), odd


def blocks_of(text: str, begin: int = 0) -> Iterator[str]:
    """Yield a text in blocks of whole lines; the line end between two is left out.

    Parameters
    ----------
    text : str
        The text.
    begin : int, default=0
        Where in it the first block begins.

    Yields
    ------
    block : str
        Some thousands of characters, or one longer line.
    """
    while (end := text.find("\n", begin + _BLOCK)) >= 0:
        yield text[begin:end]
        begin = end + 1
    yield text[begin:]


def read_json(path: str | PathLike[str], encoding: str = "utf-8") -> Any:
    """Read a JSON file; if it is broken or cut short, say where."""
    return parse_json(read_text(path, encoding, largest=LARGEST_JSON), path)


def parse_json(text: str, path: str | PathLike[str]) -> Any:
    """Read the JSON of a file whose text is there; errors name file and line."""
    try:
        return _read_values(text)
    except RecursionError:
        raise ValueError(
            f"{path}: the JSON is nested too deeply; no transcript is."
        ) from None
    except json.JSONDecodeError as error:
        cut = not text[error.pos :].strip() or (
            error.msg.startswith("Unterminated string")
            and "\n" not in text[error.pos :].rstrip()
        )
        what = "the JSON ends too early; is the file cut short?" if cut else error.msg
        raise ValueError(f"{path}, line {error.lineno}: {what}") from None
    except ValueError as error:  # a number of thousands of digits
        raise ValueError(f"{path}: {error}") from None


def _read_values(text: str) -> Any:
    """Read a JSON value; several one after another, as a list of objects."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        if not error.msg.startswith("Extra data") or text[error.pos] not in "{[":
            raise
    decoder, values, place = json.JSONDecoder(), [], 0
    while place < len(text):
        if text[place].isspace() or text[place] == ",":
            place += 1
            continue
        value, place = decoder.raw_decode(text, place)
        values.append(value)
    return values
