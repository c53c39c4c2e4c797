"""The words a model knows, and talkturns as flat arrays of their numbers."""

from __future__ import annotations

import warnings
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np

from hanrock_sk.text.tokenizer import each_token, first_tokens

UNKNOWN, UNKNOWN_WORD = 0, "<unknown>"
EMPTY, EMPTY_WORD = 1, "<empty>"
RESERVED = (UNKNOWN_WORD, EMPTY_WORD)

LookUp = Callable[[list[str]], tuple[np.ndarray, np.ndarray]]
"""Says of words which vectors they have, (n_words, width), and which have one."""


@dataclass(frozen=True)
class Tokens:
    """Word ids of many talkturns, one after the other, without padding.

    Talkturn i is ``ids[offsets[i]:offsets[i + 1]]``.

    Attributes
    ----------
    ids : ndarray of uint8, uint16 or uint32, shape (n_words,)
        Word ids of all talkturns; the smallest type that holds the vocabulary.
    offsets : ndarray of int64, shape (n_talkturns + 1,)
        Where each talkturn starts, and the number of words behind the last.
    n_truncated : int
        How many talkturns were longer than allowed and lost their last words.
    beyond : ndarray of float32, shape (n_beyond, width), or None
        Vectors of the words that are not in the vocabulary and have one; their ids
        follow those of the vocabulary.

    Examples
    --------
    >>> from hanrock_sk.text import Vocabulary
    >>> tokens = Vocabulary.build(["yes no"]).encode(["No", "yes yes"])
    >>> tokens.ids, tokens.lengths
    (array([2, 3, 3], dtype=uint8), array([1, 2]))
    """

    ids: np.ndarray
    offsets: np.ndarray
    n_truncated: int = 0
    beyond: np.ndarray | None = None

    def __len__(self) -> int:
        """Return the number of talkturns."""
        return len(self.offsets) - 1

    @property
    def lengths(self) -> np.ndarray:
        """Words per talkturn, at least 1; int64, shape (n_talkturns,)."""
        return np.diff(self.offsets)


class Vocabulary:
    """The words of the training talkturns, numbered.

    Id 0 is ``<unknown>``, any word that is not in the vocabulary. Id 1 is
    ``<empty>``, the one word of a talkturn in which nothing was said, so that every
    talkturn has a word to attend to.

    Parameters
    ----------
    words : iterable of str
        All words in the order of their ids, the two reserved ones first.

    Attributes
    ----------
    words : tuple of str
        The words; their position is their id.

    Examples
    --------
    >>> from hanrock_sk.text import Vocabulary
    >>> vocabulary = Vocabulary.build(["We know it.", "Do we?"])
    >>> vocabulary.words
    ('<unknown>', '<empty>', 'we', '?', 'do', 'it', 'know')
    >>> tokens = vocabulary.encode(["We knew", ""])
    >>> tokens.ids.tolist(), tokens.offsets.tolist()
    ([2, 0, 1], [0, 2, 3])
    """

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(words)
        if self.words[:2] != RESERVED:
            raise ValueError(f"A vocabulary starts with {list(RESERVED)}.")
        self._ids = {word: number for number, word in enumerate(self.words)}
        if len(self._ids) != len(self.words):
            twice = [word for word, n in Counter(self.words).items() if n > 1]
            raise ValueError(f"The vocabulary has words twice: {twice[:5]}.")

    @classmethod
    def build(
        cls,
        texts: Iterable[str],
        min_count: int = 1,
        has_vector: Callable[[list[str]], np.ndarray] | None = None,
    ) -> Vocabulary:
        """Learn the words of the training talkturns.

        Parameters
        ----------
        texts : iterable of str
            Training talkturns.
        min_count : int, default=1
            Words that occur less often are left out, and are ``<unknown>``. With 1,
            no training word is unknown, so that nothing is learnt about unknown words.
        has_vector : callable or None, default=None
            Says of a list of words which have a vector; these are kept however rare.

        Returns
        -------
        vocabulary : Vocabulary
            Words by falling frequency, ties in alphabetical order.

        Raises
        ------
        ValueError
            If `min_count` is below 1, or a text is not a string.
        """
        if min_count < 1:
            raise ValueError(f"min_count must be at least 1, got {min_count}.")
        counts: Counter[str] = Counter()
        for text in _strings(texts):
            counts.update(each_token(text))
        rare = [word for word, count in counts.items() if count < min_count]
        if rare:
            keep = np.zeros(len(rare), dtype=bool)
            if has_vector is not None:
                keep = has_vector(rare)
            for word in compress(rare, ~keep):
                del counts[word]
        kept = (
            (-count, word) for word, count in counts.items() if word not in RESERVED
        )
        return cls((*RESERVED, *(word for _, word in sorted(kept))))

    def extended(self, words: Iterable[str]) -> Vocabulary:
        """Return a vocabulary with further words behind those of this one.

        Parameters
        ----------
        words : iterable of str
            Those that are known already are passed over.

        Returns
        -------
        vocabulary : Vocabulary
            In which the words of this one have the ids that they have here.

        Examples
        --------
        >>> from hanrock_sk.text import Vocabulary
        >>> Vocabulary.build(["oh no"]).extended(["yes", "oh"]).words[2:]
        ('no', 'oh', 'yes')
        """
        return Vocabulary(dict.fromkeys([*self.words, *words]))

    def encode(
        self,
        texts: Iterable[str],
        max_words: int | None = None,
        look_up: LookUp | None = None,
    ) -> Tokens:
        """Turn talkturns into word ids.

        Parameters
        ----------
        texts : iterable of str
            Talkturns; read one at a time.
        max_words : int or None, default=None
            Longer talkturns keep their first `max_words` words. The first, because a
            narrative tells voice and face before the words that were said.
        look_up : callable or None, default=None
            Says of a list of words that are not in the vocabulary which vectors they
            have, and which have one. Those that have none are ``<unknown>``.

        Returns
        -------
        tokens : Tokens
            Ids and offsets of all talkturns.

        Raises
        ------
        ValueError
            If `max_words` is below 1, or a text is not a string.

        Warns
        -----
        UserWarning
            Once, if talkturns were cut: how many, and how long the longest was.
        """
        _check_max_words(max_words)
        known = self._ids
        new: dict[str, int] = {}  # words that are not in the vocabulary
        dtype = np.min_scalar_type(len(self.words) - 1)
        ids, offsets = array(dtype.char if look_up is None else "I"), array("q", [0])
        n_truncated = longest = 0
        for text in _strings(texts):
            words, n_words = first_tokens(text, max_words)
            if n_words > len(words):
                n_truncated += 1
                longest = max(longest, n_words)
            for word in words or [EMPTY_WORD]:
                number = known.get(word, UNKNOWN)
                if number == UNKNOWN and look_up is not None and word != UNKNOWN_WORD:
                    number = new.setdefault(word, len(known) + len(new))
                ids.append(number)
            offsets.append(len(ids))
        if n_truncated:
            warnings.warn(
                f"{n_truncated} of {len(offsets) - 1} talkturns have more than "
                f"max_words={max_words} words (the longest {longest}); only their "
                f"first {max_words} are read.",
                UserWarning,
                stacklevel=2,
            )
        numbers = np.frombuffer(ids, dtype=ids.typecode) if ids else np.empty(0, dtype)
        beyond = None
        if look_up is not None:
            numbers, beyond = _renumber(numbers, len(known), list(new), look_up)
        return Tokens(
            ids=numbers,
            offsets=np.frombuffer(offsets, dtype=np.int64),
            n_truncated=n_truncated,
            beyond=beyond,
        )

    def tokens_of(self, text: str, max_words: int | None = None) -> list[str]:
        """Return the words that the ids of a talkturn stand for, to show to people.

        Parameters
        ----------
        text : str
            The talkturn.
        max_words : int or None, default=None
            As in `encode`.

        Returns
        -------
        words : list of str
            One word per id that `encode` gives. Words outside the vocabulary are
            shown as they were said.

        Examples
        --------
        >>> from hanrock_sk.text import Vocabulary
        >>> Vocabulary.build(["hello you"]).tokens_of("Hello stranger!")
        ['hello', 'stranger', '!']
        """
        _check_max_words(max_words)
        return first_tokens(text, max_words)[0] or [EMPTY_WORD]

    def __len__(self) -> int:
        """Return the number of words, the two reserved ones included."""
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        """Whether the word has an id of its own."""
        return word in self._ids

    def __repr__(self) -> str:
        """Show the size; the words would fill the screen."""
        return f"<Vocabulary of {len(self)} words>"

    def __getstate__(self) -> dict[str, list[str]]:
        """Keep the words alone; their ids follow from the order."""
        return {"words": list(self.words)}

    def __setstate__(self, state: dict[str, Sequence[str]]) -> None:
        """Take the words, and number them again."""
        self.__init__(state["words"])  # type: ignore[misc]


def _renumber(
    ids: np.ndarray, n_known: int, new: list[str], look_up: LookUp
) -> tuple[np.ndarray, np.ndarray | None]:
    """Leave numbers to the new words that have a vector; the others are unknown."""
    beyond = None
    numbers = np.zeros(n_known + len(new), dtype=np.int64)
    numbers[:n_known] = np.arange(n_known)
    n_ids = n_known
    if new:
        vectors, has_vector = look_up(new)
        if has_vector.any():
            beyond = vectors[has_vector]
            n_ids += len(beyond)
            numbers[n_known:][has_vector] = np.arange(n_known, n_ids)
    return numbers.astype(np.min_scalar_type(n_ids - 1))[ids], beyond


def _strings(texts: Iterable[Any]) -> Iterator[str]:
    """Yield the texts; complain about the first that is not a string."""
    if isinstance(texts, str):
        raise ValueError("Expected many talkturns, got one string; put it in a list.")
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            raise ValueError(
                f"Row {row}: expected a string, got {type(text).__name__} {text!r}."
            )
        yield text


def _check_max_words(max_words: int | None) -> None:
    if max_words is not None and max_words < 1:
        raise ValueError(f"max_words must be at least 1, got {max_words}.")
