"""Where the characters of a rewritten text stand in the text as it was given.

The tokeniser reads a text in which characters were replaced, deleted, composed and put
in lower case. Who needs to know which piece of the raw text a word was read from, such
as an encoder that reads the raw text, follows these steps with a `PositionedText`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache


class PositionedText:
    """A text that remembers, for each of its characters, where the raw text has it.

    Parameters
    ----------
    raw : str
        The text as it was given.

    Attributes
    ----------
    text : str
        The text after the steps so far.
    starts, ends : list of int
        For each character of `text`, the characters ``raw[start:end]`` that it was
        written from. Both rise or stay equal from one character to the next.

    Examples
    --------
    >>> from hanrock_sk.text.raw_positions import PositionedText
    >>> text = PositionedText("No e\u0301cole")  # the accent is a character of its own
    >>> text.compose()
    >>> text.text[3:], text.starts[3:], text.ends[3:]
    ('école', [3, 5, 6, 7, 8], [5, 6, 7, 8, 9])
    """

    def __init__(self, raw: str) -> None:
        self.text = raw
        self.starts = list(range(len(raw)))
        self.ends = list(range(1, len(raw) + 1))

    def translate(self, characters: Mapping[int, str | None]) -> None:
        """Replace single characters by single ones, or delete them (None)."""
        self._keep(
            [
                index
                for index, character in enumerate(self.text)
                if characters.get(ord(character), "") is not None
            ],
            self.text.translate(characters),
        )

    def compose(self) -> None:
        """Write the text in the composed compatible form (NFKC).

        Nothing is composed across the beginning of a segment, so the segments are
        rewritten one by one; all characters of a segment that changes are taken for
        written from all of it.
        """
        if unicodedata.is_normalized("NFKC", self.text):
            return
        texts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        begins = [i for i, char in enumerate(self.text) if not i or _begins(char)]
        for begin, end in zip(begins, [*begins[1:], len(self.text)], strict=True):
            segment = self.text[begin:end]
            composed = unicodedata.normalize("NFKC", segment)
            texts.append(composed)
            if composed == segment:
                starts += self.starts[begin:end]
                ends += self.ends[begin:end]
            else:
                starts += [self.starts[begin]] * len(composed)
                ends += [self.ends[end - 1]] * len(composed)
        self.text, self.starts, self.ends = "".join(texts), starts, ends

    def lower(self) -> None:
        """Write the text in lower case; a character may become two (U+0130)."""
        lowered = self.text.lower()  # whole, for a sigma at the end of a word differs
        if len(lowered) != len(self.text):
            lengths = [len(character.lower()) for character in self.text]
            indices = [i for i, length in enumerate(lengths) for _ in range(length)]
            self._keep(indices, lowered)
        self.text = lowered

    def delete(self, pattern: re.Pattern[str], character: str) -> None:
        """Delete a character wherever it stands within a match of a pattern."""
        inside = {
            index
            for match in pattern.finditer(self.text)
            for index in range(*match.span())
            if self.text[index] == character
        }
        if inside:
            indices = [i for i in range(len(self.text)) if i not in inside]
            self._keep(indices, "".join(self.text[i] for i in indices))

    def _keep(self, indices: list[int], text: str) -> None:
        """Take a text whose characters were written from those at these indices."""
        self.starts = [self.starts[index] for index in indices]
        self.ends = [self.ends[index] for index in indices]
        self.text = text


@cache
def _begins(character: str) -> bool:
    """Whether nothing before this character can be composed with it."""
    first = unicodedata.normalize("NFKD", character)[0]
    return unicodedata.combining(first) == 0 and first not in _joining()


@cache
def _joining() -> frozenset[str]:
    """Collect the characters that compose with the one before.

    Those that are accents are recognised as such, too; some vowel signs, and the
    second and third letters of a Korean syllable, are not.
    """
    joining = {*map(chr, range(0x1160, 0x1200))}
    for code in range(0xC0, 0x20000):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            joining.add(chr(int(parts[1], 16)))
    return frozenset(joining)
