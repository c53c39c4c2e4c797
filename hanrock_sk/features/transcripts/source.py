"""A transcript file as its format sees it, and what the format has to say about it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from hanrock_sk.features.transcripts.utterance import Utterance
from hanrock_sk.files.text import (
    LARGEST_JSON,
    LARGEST_TEXT,
    blocks_of,
    existing_file,
    parse_json,
    read_odd_text,
)


class Source:
    """A file to read, each of its forms read at most once.

    Parameters
    ----------
    path : path-like
        The file.
    encoding : str
        Its encoding, unless a byte order mark says otherwise.
    strict : bool
        Whether what is almost right is an error.
    speakers : collection of str, False or None
        Names that stand before words in the file; False for none; None to find out.
    columns : mapping of str to str
        What the columns of a table are called in it, by what they mean.
    """

    def __init__(
        self,
        path: Any,
        encoding: str = "utf-8",
        *,
        strict: bool = False,
        speakers: Collection[str] | bool | None = None,
        columns: Mapping[str, str] | None = None,
    ) -> None:
        self.path: Path = existing_file(path)
        self.encoding = encoding
        self.suffix = self.path.suffix.lower()
        self.strict = strict
        self.speakers = speakers
        self.columns = dict(columns or {})
        self.amended: dict[str, list[str]] = {}
        self.told: list[str] = []
        self.times_may_miss = False

    @cached_property
    def text(self) -> str:
        """The whole file, decoded."""
        text, odd = read_odd_text(self.path, self.encoding, largest=self._largest)
        for line in odd:
            self.amend(f"bytes that are not {self.encoding}, read as cp1252", line)
        if "\n" not in text:  # Excel's "CSV (Macintosh)" ends lines with a lone \r
            text = text.replace("\r", "\n")
        return text

    def lines(self) -> Iterator[str]:
        """Yield the lines of the text, without making a list of all."""
        for block in blocks_of(self.text.removeprefix("\ufeff")):
            yield from block.split("\n")

    def forget_text(self) -> None:
        """Let the text go: whoever has taken what is needed of it saves its memory."""
        self.__dict__.pop("text", None)

    @property
    def _largest(self) -> int:
        return LARGEST_JSON if self.suffix.startswith(".json") else LARGEST_TEXT

    @cached_property
    def json(self) -> Any:
        """The file's JSON value."""
        value = parse_json(self.text.removeprefix("\ufeff"), self.path)
        self.forget_text()
        return value

    def amend(self, what: str, where: int | str) -> None:
        """Note that something almost right was read as it must have been meant.

        Raises
        ------
        ValueError
            If the user wants no such thing.
        """
        place = f"line {where}" if isinstance(where, int) else where
        if self.strict:
            raise ValueError(f"{self.path}, {place}: {what}.")
        self.amended.setdefault(what, []).append(place)

    def allow_missing_times(self, why: str | None = None) -> None:
        """Let times be missing that the file does not tell; `why` is a warning's."""
        self.times_may_miss = True
        if why:
            self.amend(why, 1)

    def amendments(self) -> str:
        """Return all that was noted, counted, each with its first place."""
        return "; ".join(
            f"{what} ({len(places)}, the first at {places[0]})"
            for what, places in self.amended.items()
        )

    def tell(self, what: str) -> None:
        """Note what the file was taken for."""
        self.told.append(what)


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
