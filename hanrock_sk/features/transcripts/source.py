"""A transcript file as its format sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from hanrock_sk.features.transcripts.utterance import Utterance
from hanrock_sk.files.text import existing_file, read_json, read_text


class Source:
    """A file to read, each of its forms read at most once.

    Parameters
    ----------
    path : path-like
        The file.
    encoding : str
        Its encoding, unless a byte order mark says otherwise.
    """

    def __init__(self, path: Any, encoding: str = "utf-8") -> None:
        self.path: Path = existing_file(path)
        self.encoding = encoding
        self.suffix = self.path.suffix.lower()

    @cached_property
    def text(self) -> str:
        """The whole file, decoded."""
        return read_text(self.path, self.encoding)

    @cached_property
    def json(self) -> Any:
        """The file's JSON value."""
        return read_json(self.path, self.encoding)


@dataclass(frozen=True)
class Format:
    """One layout of transcripts.

    Attributes
    ----------
    name : str
        What people call it.
    suffixes : tuple of str
        How its files end, lower case; several formats may share a suffix.
    recognises : callable
        Takes a `Source` with one of the suffixes and says whether it is of this format.
    read : callable
        Takes the `Source` and returns its words or phrases.
    """

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Source], bool]
    read: Callable[[Source], Iterable[Utterance]]


def by_suffix(source: Source) -> bool:
    """Recognise every file with the suffix: the last word on it."""
    return True
