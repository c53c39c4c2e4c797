"""The words and thresholds of the narrative: one table of plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import inf
from numbers import Real
from string import Formatter
from typing import Any

PHRASES: dict[str, Any] = {
    # The sentence, part by part, in the order in which it is told.
    "acted": "the {speaker} {actions}",
    "paused": "after {hundreds} hundred milliseconds {length}",
    "said": "the {speaker} {manner} said {words}",
    # {manner} is the tone, the rate, or, where both speak, this.
    "tone_and_rate": "{tone} and {rate}",
    # {speaker} where the table does not name one; {words} where nothing was said.
    "speaker": "speaker",
    "nothing": "nothing",
    # {actions}, in the order in which they are told.
    "actions": {
        "smile": "smiled",
        "positive_expression": "displayed a positive expression",
        "au05_shown": "raised upper lid",
        "au17_shown": "raised chin",
        "au20_shown": "stretched lip",
        "au25_shown": "dropped jaw",
        "head_nod": "nodded",
        "lean_forward": "leaned forward",
    },
    # A delay speaks from so many milliseconds. {hundreds} are counted from zero; beyond
    # the last of these words, the delay lasted more than that.
    "delay_from": 200,
    "hundreds": (
        *("zero", "one", "two", "three", "four", "five", "six"),
        *("seven", "eight", "nine", "ten", "eleven", "twelve"),
    ),
    "more_hundreds": "more than twelve",
    # {length} and {rate}: the phrase of (from, to, phrase) with from <= z < to.
    # MONAH has no word for a delay with z < -1; what is shorter than short is short.
    "delay": (
        (-inf, 0, "a short delay"),
        (0, 1, "a slightly long delay"),
        (1, 2, "a long delay"),
        (2, inf, "a significantly long delay"),
    ),
    "speech_rate": (
        (-inf, -2, "very slowly"),
        (-2, -1, "slowly"),
        (1, 2, "quickly"),
        (2, inf, "very quickly"),
    ),
    # {tone}: the tone with the greatest z above this; the first of equals.
    "tone_above": 2,
    "tone": {
        "tone_happy": "happily",
        "tone_angry": "angrily",
        "tone_sad": "sadly",
        "tone_fear": "fearfully",
    },
}
"""The phrases and thresholds of MONAH; an empty phrase keeps its feature silent."""

_FIELDS = {
    "acted": {"speaker", "actions"},
    "paused": {"hundreds", "length"},
    "said": {"speaker", "manner", "words"},
    "tone_and_rate": {"tone", "rate"},
}


def merge_phrases(phrases: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Lay a user's phrases over the defaults.

    Parameters
    ----------
    phrases : mapping or None, default=None
        Entries of `PHRASES` to replace. The mappings ``"actions"`` and ``"tone"`` are
        laid over theirs entry by entry; everything else is replaced as a whole.

    Returns
    -------
    merged : dict
        A complete table of phrases.

    Raises
    ------
    TypeError
        If an entry is of the wrong kind.
    ValueError
        If there is no such entry, a sentence has an unknown field, or ranges are empty
        or overlap.

    Examples
    --------
    >>> from hanrock_sk.narrative import merge_phrases
    >>> merged = merge_phrases({"tone": {"tone_happy": "merrily"}})
    >>> merged["tone"]["tone_happy"], merged["tone"]["tone_sad"]
    ('merrily', 'sadly')
    """
    merged = {
        name: dict(entry) if isinstance(entry, dict) else entry
        for name, entry in PHRASES.items()
    }
    if phrases is None:
        return merged
    if not isinstance(phrases, Mapping):
        raise TypeError(
            f"phrases must be a mapping or None, got {type(phrases).__name__}."
        )
    _check_known("phrases", phrases, PHRASES)
    for name, entry in phrases.items():
        default = PHRASES[name]
        where = f"phrases[{name!r}]"
        if isinstance(default, dict):
            if not isinstance(entry, Mapping):
                raise TypeError(f"{where} must be a mapping, got {entry!r}.")
            _check_known(where, entry, default)
            for feature, phrase in entry.items():
                _check_string(f"{where}[{feature!r}]", phrase)
            merged[name] = {**default, **entry}
            continue
        if isinstance(default, str):
            _check_string(where, entry)
            if name in _FIELDS:
                _check_fields(where, entry, _FIELDS[name])
        elif name == "hundreds":
            _check_sequence(where, entry, "number words, counted from zero")
            for word in entry:
                _check_string(where, word)
        elif isinstance(default, tuple):
            _check_ranges(where, entry)
        else:
            _check_number(where, entry)
            if name == "delay_from" and entry < 0:
                raise ValueError(f"{where}: {entry} ms; an overlap is no delay.")
        merged[name] = entry
    return merged


def phrase_for(z: float, ranges: Sequence[tuple[float, float, str]]) -> str:
    """Return the phrase whose range holds z, or '' (also where z is NaN)."""
    for low, high, phrase in ranges:
        if low <= z < high:
            return phrase
    return ""


def _check_known(where: str, entries: Mapping, known: Mapping) -> None:
    unknown = [name for name in entries if name not in known]
    if unknown:
        raise ValueError(f"{where} has no entry {unknown}; there are {list(known)}.")


def _check_string(where: str, value: Any) -> None:
    if not isinstance(value, str):
        raise TypeError(f"{where} must be a string, got {value!r}.")


def _check_number(where: str, value: Any) -> None:
    if not isinstance(value, Real) or isinstance(value, bool) or value != value:
        raise TypeError(f"{where} must be a number, got {value!r}.")


def _check_sequence(where: str, value: Any, of: str) -> None:
    if not isinstance(value, list | tuple) or not value:
        raise TypeError(f"{where} must be a list of {of}, got {value!r}.")


def _check_fields(where: str, sentence: str, fields: set[str]) -> None:
    try:
        parsed = list(Formatter().parse(sentence))
    except ValueError as error:
        raise ValueError(f"{where} {sentence!r}: {error}.") from None
    named = {field for _, field, _, _ in parsed if field is not None}
    if not named <= fields:
        raise ValueError(
            f"{where} {sentence!r} may have the fields {sorted(fields)}, not "
            f"{sorted(named - fields)}."
        )


def _check_ranges(where: str, ranges: Any) -> None:
    _check_sequence(where, ranges, "(from, to, phrase)")
    for entry in ranges:
        if not isinstance(entry, list | tuple) or len(entry) != 3:
            raise TypeError(f"{where}: {entry!r} is not (from, to, phrase).")
        low, high, phrase = entry
        _check_number(where, low)
        _check_number(where, high)
        _check_string(where, phrase)
        if low >= high:
            raise ValueError(f"{where}: no z lies from {low} to below {high}.")
    ordered = sorted(tuple(entry) for entry in ranges)
    for (_, high, phrase), (low, _, following) in pairwise(ordered):
        if high > low:
            raise ValueError(f"{where}: {phrase!r} and {following!r} overlap.")
