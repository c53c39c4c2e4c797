"""Markup of captions: tags, voices, entities, and nothing that was said."""

from __future__ import annotations

import html
import re

_TAG = re.compile(
    r"</?(?:c|i|b|u|s|em|strong|font|ruby|rt|rp|span|p|div)"
    r"(?:[.:][^\s<>]*)?(?:\s+(?=\S)[\w:-]+\s*=[^<>]*)?\s*/?>|</?(?:v|lang)(?:[.\s:][^<>]*)?/?>|"
    r"<(?:\d{1,5}:)?\d{1,3}:\d\d(?:[.,]\d+)?>|\{\\[^{}]*\}",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<br\s*/?>|\[br\]", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?:\s+([^<>]*|->?))?>", re.IGNORECASE)
_INVISIBLE = re.compile("[\ufeff\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069]")


def plain(line: str) -> str:
    """Return a line without tags and invisible marks, its entities as characters.

    Only what captions and subtitles know as tags is taken for one: angle brackets of
    the talk stay.

    Examples
    --------
    >>> from hanrock_sk.features.transcripts.markup import plain
    >>> plain("<i>if</i> a < b and c > d &amp; so on<00:00:01.200>")
    'if a < b and c > d & so on'
    """
    if "<" in line or "{" in line:
        line = _TAG.sub("", line)
    if "&" in line:
        line = _ENTITY.sub(lambda entity: html.unescape(entity[0]), line)
    if not line.isascii():
        line = _INVISIBLE.sub("", line)
    words = " ".join(line.split())
    return line if words == line else words  # no second copy of most lines of a file


def broken_lines(line: str) -> list[str]:
    """Return the lines that a line with written-out breaks stands for."""
    return _BREAK.split(line) if "<" in line or "[" in line else [line]


def voices(lines: list[str]) -> list[tuple[str | None, list[str]]]:
    """Return who speaks in a cue with voice tags, and the raw lines of each.

    None stands for words before the first tag; a tag without a name, or with a dash in
    its place as some services write at a change of speaker, has the name "".

    Examples
    --------
    >>> from hanrock_sk.features.transcripts.markup import voices
    >>> voices(["Oh! <v Anna &amp; Co>Hello,", "all</v>", "<v ->Hi"])
    [(None, ['Oh! ']), ('Anna & Co', ['Hello,', 'all</v>', '']), ('', ['Hi'])]
    """
    before, *tagged = _VOICE.split("\n".join(lines).replace("<v ->", "<v >"))
    found: list[tuple[str | None, list[str]]] = []
    if plain(before):
        found.append((None, before.split("\n")))
    for name, words in zip(tagged[::2], tagged[1::2], strict=True):
        name = plain(name or "")
        found.append(
            ("" if not name.strip("-\u2013\u2014>") else name, words.split("\n"))
        )
    return found


def has_voice(line: str) -> bool:
    """Whether a voice tag is in the line."""
    return "<" in line and (_VOICE.search(line) is not None or "<v ->" in line)
