"""Split a talkturn into words the way GloVe's training text was split."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import islice

from hanrock_sk.text.raw_positions import PositionedText

TOKENIZER_VERSION = 1
"""Raised when a text is split into other words than before, or they are found at other
places: vectors that were kept for its words are then no longer theirs."""

_CHARACTERS: dict[int, str | None] = {
    # Apostrophes. 0x91 and 0x92 are those of Windows-1252, left over where a text was
    # read as Latin-1.
    **dict.fromkeys(map(ord, "\u2018\u2019\u201b\u2032\u00b4`\u02bc\x91\x92"), "'"),
    ord("؟"): "?",
    # Invisible: soft hyphen, zero-width space, byte order mark, emoji presentation;
    # and the trademark, which would be spelled out at the end of a name.
    **dict.fromkeys([0xAD, 0x200B, 0xFEFF, 0xFE0E, 0xFE0F, 0x2122], None),
    # Skin tones, so that an emoji is one word of the vocabulary and not six.
    **dict.fromkeys(range(0x1F3FB, 0x1F400), None),
}

# Vowel signs and accents, which `re` does not count as part of a word, though many
# scripts (Devanagari, Tamil, Arabic with vowels) write half of a word with them.
_ACCENTS = "".join(
    chr(code)
    for code in range(0x300, 0xFE30)
    if unicodedata.category(chr(code)).startswith("M")
)
# Chinese and Japanese put no spaces between words: one token per character.
_IDEOGRAPHS = (
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_EMOJI = "[\u231a-\u23ff\u2600-\u27bf\u2b1b-\u2b55\U0001f000-\U0001faff]"
_MARK = r"[^\W\d_][\w:/-]*"
_LETTERS = rf"[^\W_{_IDEOGRAPHS}]+"
_RUN = rf"{_LETTERS}(?:[{_ACCENTS}\u200d]+(?:{_LETTERS})?)*"
_CLITIC = r"(?:s|m|d|re|ve|ll)(?!\w)"

_TOKEN = re.compile(
    rf"""
      \{{{_MARK}\}} | \[{_MARK}\] | </?{_MARK}>     # vocal marks: one word each
    | (?:[^\W\d_]\.){{2,}}                          # u.s.  a.m.
    | \d+(?:[.,:]\d+)+(?:{_LETTERS})?               # 10,000  3.5mm  8:30
    | y'(?=know|all)                                # y'know -> y' know
    | {_LETTERS}?(?=n't(?!\w)) | n't(?!\w)          # don't -> do n't
    | '{_CLITIC} | '(?:em|cause|til)(?!\w)          # we're -> we 're
    | '\d\ds?(?!\w)                                 # '90s
    | {_RUN}(?:'(?!{_CLITIC}){_RUN})*               # any word; o'clock
    | [{_IDEOGRAPHS}]
    | [\U0001f1e6-\U0001f1ff]{{2}}                  # flags
    | {_EMOJI}(?:\u200d{_EMOJI})*
    | [?!$€£¥%&]
    """,
    re.VERBOSE,
)

_SPELLED_OUT = re.compile(r"(?<!\w)(?:[^\W\d_]_)+[^\W\d_]?(?!\w)")


_LONG_TEXT = 1 << 16
"""Characters of a text whose words are not held all at once."""


def tokenize(text: str) -> list[str]:
    """Split a talkturn into lower-case words.

    The words are those that GloVe has vectors for: clitics stand alone (``do n't``,
    ``we 're``), hyphenated words come apart, letters spelled out as AMI writes them
    (``T_V_``) are joined. Marks such as ``{vocalsound}``, ``[LAUGHTER]`` or
    ``<laugh>`` are one word each. Of the punctuation, only question and exclamation
    marks stay, because they tell dialogue acts and emotions apart; commas and full
    stops do not, and would lengthen every talkturn. Signs that are read aloud
    (``$ € £ ¥ % &``) and emoji are words. Chinese and Japanese characters are one
    word each; other scripts are split at spaces.

    Parameters
    ----------
    text : str
        What was said, or the narrative of it.

    Returns
    -------
    words : list of str
        In order; empty if nothing was said.

    Examples
    --------
    >>> from hanrock_sk.text import tokenize
    >>> tokenize("{vocalsound} We're on T_V_, aren't we?")
    ['{vocalsound}', 'we', "'re", 'on', 'tv', 'are', "n't", 'we', '?']
    >>> tokenize("Twenty-five, o'clock ... I can\u2019t!")
    ['twenty', 'five', "o'clock", 'i', 'ca', "n't", '!']
    """
    return _TOKEN.findall(_plain(text))


def each_token(text: str) -> Iterable[str]:
    """Go through the words of a talkturn, which may be a whole book by mistake."""
    if len(text) <= _LONG_TEXT:
        return tokenize(text)
    return (match[0] for match in _TOKEN.finditer(_plain(text)))


def first_tokens(text: str, n_words: int | None) -> tuple[list[str], int]:
    """Split a talkturn into words, but keep the first ones only.

    Parameters
    ----------
    text : str
        What was said.
    n_words : int or None
        Words to keep; None keeps all.

    Returns
    -------
    words : list of str
        The first words.
    count : int
        How many words there are.

    Examples
    --------
    >>> from hanrock_sk.text.tokenizer import first_tokens
    >>> first_tokens("One two three four", 2)
    (['one', 'two'], 4)
    """
    tokens = iter(each_token(text))
    words = list(islice(tokens, n_words))
    return words, len(words) + sum(1 for _ in tokens)


def token_spans(
    text: str, max_words: int | None = None
) -> tuple[list[str], list[tuple[int, int]]]:
    """Split a talkturn into words, and say where in the raw text each was read.

    Parameters
    ----------
    text : str
        What was said.
    max_words : int or None, default=None
        Words to keep; None keeps all.

    Returns
    -------
    words : list of str
        The words of `tokenize`, the first `max_words` of them.
    spans : list of tuple of (int, int)
        For each word, ``text[start:end]`` is what it was read from; at least one
        character. They are in order, and overlap only where one character of the raw
        text is part of several words (``½`` is ``1`` and ``2``).

    Examples
    --------
    >>> from hanrock_sk.text import token_spans
    >>> token_spans("On T_V_, can\u2019t")
    (['on', 'tv', 'ca', "n't"], [(0, 2), (3, 6), (9, 11), (11, 14)])
    """
    plain = _plain(text)
    matches = list(islice(_TOKEN.finditer(plain), max_words))
    words = [match[0] for match in matches]
    if _keeps_places(text, plain):
        return words, [match.span() for match in matches]
    positioned = _positioned(text)
    starts, ends = positioned.starts, positioned.ends
    return words, [(starts[m.start()], ends[m.end() - 1]) for m in matches]


def _keeps_places(text: str, plain: str) -> bool:
    """Whether every character of the plain text stands where the raw text has it."""
    if len(text) != len(plain):
        return False
    if text.isascii():
        return True  # underscores may be deleted, but nothing is added that hides it
    translated = text.translate(_CHARACTERS)
    return (
        len(translated)
        == len(translated.lower())
        == len(text)  # none made up another's
        and unicodedata.is_normalized("NFKC", translated)
    )


def _positioned(text: str) -> PositionedText:
    """Write a text as `_plain` does, and keep the places of its characters."""
    positioned = PositionedText(text)
    if text.isascii():
        positioned.translate({ord("`"): "'"})
    else:
        positioned.translate(_CHARACTERS)
        positioned.compose()
    positioned.lower()
    positioned.delete(_SPELLED_OUT, "_")
    return positioned


def _plain(text: str) -> str:
    """Write a text in lower case and in the characters that words are made of."""
    if text.isascii():
        text = text.replace("`", "'")
    else:
        text = unicodedata.normalize("NFKC", text.translate(_CHARACTERS))
    text = text.lower()
    if "_" in text:
        text = _SPELLED_OUT.sub(lambda match: match[0].replace("_", ""), text)
    return text
