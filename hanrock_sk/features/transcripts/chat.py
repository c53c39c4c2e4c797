"""CHAT of TalkBank and CHILDES, by pylangacq."""

from __future__ import annotations

import math
import re

from hanrock_sk.features.transcripts.gluing import glue
from hanrock_sk.features.transcripts.libraries import broken_files_as_errors, needed
from hanrock_sk.features.transcripts.source import Format, Source, by_suffix
from hanrock_sk.features.transcripts.utterance import Utterance, complete_times

# Neither who somebody is nor what lies below an utterance is read.
_UNREAD = re.compile(r"^(?:%|@ID:)[^\n]*\n(?:\t[^\n]*\n)*", re.MULTILINE)
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


def read_chat(source: Source) -> list[Utterance]:
    """Return the utterances, their words cleaned as the library cleans them.

    Without time marks, times are missing; utterances without one among others get
    theirs from these.
    """
    with needed("pylangacq", "annotations", "CHAT files"):
        import pylangacq
    text = source.text.removeprefix("\ufeff").replace("\r\n", "\n")
    text = _UNREAD.sub("", text)
    found: list[Utterance] = []
    with broken_files_as_errors(source, "CHAT file"):
        utterances = pylangacq.CHAT.from_strs([text], strict=False).utterances()
        for place, said in enumerate(utterances, 1):
            if said.participant is None:
                continue
            start, end = said.time_marks or (math.nan, math.nan)
            where = f"utterance {place}"
            words = [
                Utterance(word, start / 1000, end / 1000, said.participant, where)
                for token in said.tokens or []
                if (word := _spoken(token.word or ""))
            ]
            marks = [not any(map(str.isalnum, word.text)) for word in words]
            words = glue(words, marks)
            if any(any(map(str.isalnum, word.text)) for word in words):
                text = " ".join(word.text for word in words)
                found.append(words[0]._replace(text=text))
    if any(not math.isnan(said.start) for said in found):
        return complete_times(found)
    source.allow_missing_times()
    return found


FORMAT = Format("CHAT", (".cha",), by_suffix, read_chat)
