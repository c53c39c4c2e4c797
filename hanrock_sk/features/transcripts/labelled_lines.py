"""Which of the first lines of cues begin with a name, and with whose."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator

from hanrock_sk.features.transcripts.label_forms import Label

_NOTHING, _NEITHER, _SMALL, _CAPITAL = range(4)


class LabelledLines:
    """Labels of lines in columns: as strings they take many times the file.

    Parameters
    ----------
    lines : iterable of str
        The first line of each cue.
    split : callable
        Splits a line into the label it begins with and the rest; None if it has none.

    Attributes
    ----------
    labels : list of str
        Each once, in the order of the file.
    """

    def __init__(
        self, lines: Iterable[str], split: Callable[[str], Label | None]
    ) -> None:
        known: dict[str, int] = {}
        self._which = array("i")  # -1 where there is no label
        self._behind = bytearray()  # what the rest begins with, where there is one
        add = self._which.append
        for label in map(split, lines):
            if label is None:
                add(-1)
                continue
            name, rest = label
            add(known.setdefault(name, len(known)))
            self._behind.append(_kind(rest))
        self.labels = list(known)
        self._many = len(self._which)
        if not known:
            self._which = array("i")

    def __len__(self) -> int:
        return self._many

    @property
    def n_labelled(self) -> int:
        """How many lines begin with a label."""
        return len(self._behind)

    @property
    def first(self) -> str | None:
        """What the first line begins with."""
        return self.labels[0] if self._which and self._which[0] >= 0 else None

    @property
    def words_behind_first(self) -> bool:
        """Whether words stand behind the first label, on its line."""
        return self._behind[0] != _NOTHING

    def counts(self) -> Counter[str]:
        """Return how often each label stands."""
        numbers = Counter(self._which)
        return Counter({name: numbers[n] for n, name in enumerate(self.labels)})

    def whose(self) -> Iterator[str | None]:
        """Yield what each line begins with, if any does."""
        return (self.labels[n] if n >= 0 else None for n in self._which)

    def repeats(self, names: Collection[str]) -> tuple[int, int]:
        """Return how often these names stand, and how often behind the same one."""
        wanted = [name in names for name in self.labels]
        many = same = 0
        before = -1
        for number in self._which:
            if number >= 0 and wanted[number]:
                many += 1
                same += number == before
                before = number
        return many, same

    def begin_as_sentences(self, names: Collection[str]) -> bool:
        """Whether words behind names begin with a capital, in scripts that have it."""
        kinds = Counter(kind for name, kind in self._words() if name in names)
        return kinds[_SMALL] <= 0.2 * kinds.total() and kinds[_CAPITAL] > 0

    def before_sentences(self) -> set[str]:
        """Return labels with words that may be the first of a sentence behind them."""
        return {name for name, kind in self._words() if kind != _SMALL}

    def carries(self, names: Collection[str]) -> bool:
        """Whether these stand at changes only: then they seldom repeat."""
        many, same = self.repeats(names)
        if many == len(self) or many < 2:
            return many > 0
        return not (same / (many - 1) > 0.25 and many > 0.8 * len(self))

    def _words(self) -> Iterator[tuple[str, int]]:
        found = (self.labels[number] for number in self._which if number >= 0)
        return zip(found, self._behind, strict=True)


def _kind(words: str) -> int:
    letter = words[:1]
    if not letter:
        return _NOTHING
    return _SMALL if letter.islower() else _CAPITAL if letter.isupper() else _NEITHER
