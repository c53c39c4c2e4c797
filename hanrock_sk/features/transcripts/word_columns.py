"""Words of a transcript in columns: as objects they take thirty times the file."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from typing import overload

from hanrock_sk.features.transcripts.utterance import Utterance

Voice = tuple[str | None, str | None]
"""A conversation, and who speaks in it."""


class Texts:
    """Texts one behind another, each with a blank below it, and where each begins."""

    def __init__(self) -> None:
        self._letters = bytearray()
        self._begins = array("I", [0])

    def __len__(self) -> int:
        return len(self._begins) - 1

    def append(self, text: str) -> None:
        """Put a text below the others."""
        self._letters += f"{text} ".encode("utf-8", "surrogatepass")
        self._begins.append(len(self._letters))

    def joined(self, first: int, behind: int) -> str:
        """Return the texts from one place to another, blanks between them."""
        letters = self._letters[self._begins[first] : self._begins[behind] - 1]
        return letters.decode("utf-8", "surrogatepass")


class Words(Sequence[Utterance]):
    """Words or phrases as a sequence of utterances, which are made when asked for.

    Parameters
    ----------
    utterances : iterable of Utterance
        What is put into it.
    """

    def __init__(self, utterances: Iterable[Utterance] = ()) -> None:
        self.texts = Texts()
        self.starts, self.ends = array("d"), array("d")
        self.voices: list[Voice] = []  # by number
        self.voice_of = array("i")
        self.begins = bytearray()
        self._places = Texts()
        self._known: dict[Voice, int] = {}
        self.extend(utterances)

    def extend(self, utterances: Iterable[Utterance]) -> None:
        """Put words behind the others."""
        known = self._known
        add_text, add_place = self.texts.append, self._places.append
        add_start, add_end = self.starts.append, self.ends.append
        add_voice, add_begins = self.voice_of.append, self.begins.append
        for text, start, end, speaker, where, conversation, begins in utterances:
            add_text(text)
            add_start(start)
            add_end(end)
            add_voice(known.setdefault((conversation, speaker), len(known)))
            add_begins(begins)
            add_place(where)
        self.voices = list(known)

    def called(self, name: Callable[[str | None], str | None]) -> Words:
        """Return the same words, of speakers who are called otherwise."""
        renamed = copy(self)
        renamed.voices = [(within, name(speaker)) for within, speaker in self.voices]
        return renamed

    def without_places(self) -> Words:
        """Return the same words, which no longer tell where in the file they stand."""
        found = copy(self)
        found._places = Texts()
        return found

    def __len__(self) -> int:
        return len(self.starts)

    @overload
    def __getitem__(self, place: int) -> Utterance: ...
    @overload
    def __getitem__(self, place: slice) -> list[Utterance]: ...
    def __getitem__(self, place: int | slice) -> Utterance | list[Utterance]:
        if isinstance(place, slice):
            return [self._at(one) for one in range(len(self))[place]]
        return self._at(range(len(self))[place])

    def __iter__(self) -> Iterator[Utterance]:
        return map(self._at, range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def _at(self, place: int) -> Utterance:
        conversation, speaker = self.voices[self.voice_of[place]]
        return Utterance(
            self.texts.joined(place, place + 1),
            self.starts[place],
            self.ends[place],
            speaker,
            self._places.joined(place, place + 1) if self._places else "",
            conversation,
            bool(self.begins[place]),
        )
