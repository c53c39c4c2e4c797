"""Forms in which a line of a transcript names who says it."""

from __future__ import annotations

import re
from collections.abc import Callable

from hanrock_sk.features.transcripts.names import LONGEST_NAME, is_sound

Label = tuple[str, str]
"""The name, and the rest of the line."""

_MARK = re.compile(r"\s*(?:>{2,}|\u00bb|\u226b)\s*")
_DASH = re.compile(
    r"\s*[-\u2010-\u2015\u2212](?:\s+|(?=[^\W\d_]|[\"'\u00bf\u00a1(\[]))"
)
_ANGLES = re.compile(r"\s*<([^<>/]+)>\s*(.*)")
_INNER_DASH = re.compile(r"\s[-\u2013\u2014](?:\s|$)")
_COLON = re.compile("[:\uff1a]")
_BRACKETS = re.compile(
    r"\s*[\[\u3010\uff3b]([^\[\]\u3011\uff3d]+)[\]\u3011\uff3d]\s*(.*)"
)
_PARENTHESES = re.compile(r"\s*[(\uff08]([^()\uff08\uff09]+)[)\uff09]\s*(.*)")


def after_colon(line: str) -> Label | None:
    """Split ``name: words``, ``name : words``, ``name:words`` and ``[name]: words``.

    Examples
    --------
    >>> from hanrock_sk.features.transcripts.label_forms import after_colon
    >>> after_colon("Anna : Hello"), after_colon("[SPEAKER_00]: Hello")
    (('Anna', 'Hello'), ('SPEAKER_00', 'Hello'))
    >>> after_colon("At 10:30"), after_colon("see https://x.org"), after_colon("well")
    (None, None, None)
    """
    colon = _COLON.search(line)
    if colon is None or not 0 < colon.start() <= LONGEST_NAME:
        return None
    label, rest = line[: colon.start()].strip(), line[colon.end() :]
    if not (label[:1].isalnum() or any(map(str.isalnum, label))) or rest.startswith(
        "//"
    ):
        return None
    if rest and label[-1].isdigit() and rest[0].isdigit():
        return None  # the time of day
    if label[0] in "[(" and label[-1] in "])" and len(label) > 2:
        label = label[1:-1].strip()
    return (label, rest.strip()) if label else None


def in_brackets(line: str) -> Label | None:
    """Split ``[name] words``; sounds between brackets are no names."""
    return _enclosed(_BRACKETS.match(line))


def in_parentheses(line: str) -> Label | None:
    """Split ``(name) words``; sounds between parentheses are no names."""
    return _enclosed(_PARENTHESES.match(line))


def _enclosed(found: re.Match[str] | None) -> Label | None:
    if found is None:
        return None
    label = found[1].strip()
    if len(label) > LONGEST_NAME or is_sound(label):
        return None
    if not any(map(str.isalpha, label)) and ":" in label:
        return None  # a time
    return (label, found[2].lstrip(":\uff1a").strip()) if label else None


def in_angles(line: str) -> Label | None:
    """Split ``<name> words``; sounds between angle brackets are no names."""
    return _enclosed(_ANGLES.match(line))


def before_dash(line: str) -> Label | None:
    """Split ``name - words``, the dash between blanks.

    Examples
    --------
    >>> from hanrock_sk.features.transcripts.label_forms import before_dash
    >>> before_dash("ANNA - Hello"), before_dash("well-known")
    (('ANNA', 'Hello'), None)
    """
    dash = _INNER_DASH.search(line)
    if dash is None or not 0 < dash.start() <= LONGEST_NAME:
        return None
    label = line[: dash.start()].strip()
    return (label, line[dash.end() :].strip()) if label[:1].isalnum() else None


FORMS: dict[str, Callable[[str], Label | None]] = {
    "name: words": after_colon,
    "[name] words": in_brackets,
    "(name) words": in_parentheses,
    "<name> words": in_angles,
    "name - words": before_dash,
}
"""How names stand before words, in the order in which they are believed."""


def without_mark(line: str) -> tuple[bool, str]:
    """Take a ``>>`` off that says that the speaker changes; and whether it was there.

    Examples
    --------
    >>> from hanrock_sk.features.transcripts.label_forms import without_mark
    >>> without_mark(">> Hello"), without_mark("Hello")
    ((True, 'Hello'), (False, 'Hello'))
    """
    if line[:1].isalnum():
        return False, line
    mark = _MARK.match(line)
    return (True, line[mark.end() :]) if mark else (False, line)


def without_dash(line: str) -> tuple[bool, str]:
    """Take off a dash that begins somebody's line; and whether it was there.

    Examples
    --------
    >>> from hanrock_sk.features.transcripts.label_forms import without_dash
    >>> without_dash("- Where?"), without_dash("-There."), without_dash("-40 degrees")
    ((True, 'Where?'), (True, 'There.'), (False, '-40 degrees'))
    """
    if line[:1].isalnum():
        return False, line
    dash = _DASH.match(line)
    return (True, line[dash.end() :]) if dash else (False, line)
