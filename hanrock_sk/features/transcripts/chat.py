"""CHAT of TalkBank and CHILDES, by pylangacq."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from hanrock_sk.features.transcripts.gluing import glue
from hanrock_sk.features.transcripts.libraries import broken_files_as_errors, needed
from hanrock_sk.features.transcripts.source import Format, Source, by_suffix
from hanrock_sk.features.transcripts.utterance import Utterance, completed
from hanrock_sk.features.transcripts.word_columns import Words

# Neither who somebody is nor what lies below an utterance is read.
_UNREAD = re.compile(r"^(?:%|@ID:)[^\n]*\n(?:\t[^\n]*\n)*", re.MULTILINE)
_PART = 1 << 12  # characters
_LENGTHENED = re.compile(r"(?<=\w):+")
_SIGNS = re.compile(
    "[\u2191\u2193\u2248\u224b\u2308-\u230b\u2206\u2207\u00b0\u2581\u2594\u263a"
    "\u264b\u2047\u222c\u222e\u00a7\u223e\u21bb\u2039\u203a\u03ab\u21d7\u2197\u2198"
    "\u21d8\u2192\u221e]"
)


def _spoken(token: str) -> str:
    """Return a word or a mark without the signs of CHAT.

    ``+...`` trails off, ``+/.`` is cut short; a colon is a long sound, arrows tell the
    pitch, and a double dagger is a comma.
    """
    if token.startswith("+"):
        return token.lstrip('+/<>"^,')
    token = _LENGTHENED.sub("", _SIGNS.sub("", token))
    return token.replace("\u2021", ",").replace("\u201e", ",")


def read_chat(source: Source) -> Iterator[Utterance]:
    """Yield the utterances, their words cleaned as the library cleans them.

    Without time marks, times are missing; utterances without one among others get
    theirs from these.
    """
    spoken = _spoken_in(source)
    untimed = Words()
    for said in spoken:
        if not math.isnan(said.start):
            yield from completed(chain(untimed, [said], spoken))
            return
        untimed.extend([said])
    source.allow_missing_times()
    yield from untimed


def _spoken_in(source: Source) -> Iterator[Utterance]:
    """Yield the utterances as they stand, read a part of the file at a time.

    The library's objects for a whole file take a hundred times its bytes.
    """
    with needed("pylangacq", "annotations", "CHAT files"):
        import pylangacq
    place = 0
    for part in _parts(source.text.removeprefix("\ufeff")):
        text = _UNREAD.sub("", part.replace("\r\n", "\n"))
        with broken_files_as_errors(source, "CHAT file"):
            utterances = pylangacq.CHAT.from_strs([text], strict=False).utterances()
            found = [
                _utterance(said, f"utterance {number}")
                for number, said in enumerate(utterances, place + 1)
            ]
        place += len(found)
        yield from filter(None, found)


def _parts(text: str) -> Iterator[str]:
    """Yield a file in parts.

    Yields
    ------
    part : str
        Some thousands of characters, or one utterance and what stands below it.
    """
    begin = 0
    while (end := text.find("\n*", begin + _PART)) >= 0:
        yield text[begin : end + 1]
        begin = end + 1
    yield text[begin:]


def _utterance(said: Any, where: str) -> Utterance | None:
    """Return what somebody says; None for sounds and for what is no utterance."""
    if said.participant is None:
        return None
    start, end = said.time_marks or (math.nan, math.nan)
    words = [
        Utterance(word, start / 1000, end / 1000, said.participant, where)
        for token in said.tokens or []
        if (word := _spoken(token.word or ""))
    ]
    marks = [not any(map(str.isalnum, word.text)) for word in words]
    words = glue(words, marks)
    if not any(any(map(str.isalnum, word.text)) for word in words):
        return None
    return words[0]._replace(text=" ".join(word.text for word in words))


FORMAT = Format("CHAT", (".cha",), by_suffix, read_chat)
