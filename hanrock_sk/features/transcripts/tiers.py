"""Tiers of annotations: a speaker each, unless their names say what they hold."""

from __future__ import annotations

import re

_PARTS = re.compile(
    r"(.*?)[\s_./:-]*(?:(?<=[\W_])|^)(phones?|phonemes?|segments?|syllables?|"
    r"(?:kan-|trn-|mas-)?(?<!ort-)mau|kan|mas|pos|tones?|breaks?)",
    re.IGNORECASE,
)
_SILENCES = (
    "<p:> <p> <sil> <s> <eps> sil sp spn {sl} [sil] (sil) <silence> silence [silence] "
    "(silence)"
)
SILENCES = frozenset(_SILENCES.split())
"""Labels of intervals in which nobody speaks, in lower case."""

_WORDS = re.compile(
    r"(.*?)[\s_./:@-]*(?:(?<=[\W_])|^)(words?|texts?|transcripts?|transcription|"
    r"utterances?|sentences?|ort(?:-mau)?|orthography|trs|ipu|default|default-lt)",
    re.IGNORECASE,
)


def speakers_of_tiers(names: list[str]) -> dict[str, str | None]:
    """Return the tiers that hold words, and whose they are.

    Tiers of phones are left out where there are others; those whose name says only
    that words are in them name nobody; of a speaker's tier of utterances and that of
    words, the first is read.

    Examples
    --------
    >>> from hanrock_sk.features.transcripts.tiers import speakers_of_tiers
    >>> speakers_of_tiers(["Anna - words", "Anna - phones", "Ben"])
    {'Anna - words': 'Anna', 'Ben': 'Ben'}
    >>> speakers_of_tiers(["words", "phones"])
    {'words': None}
    """
    spoken = [name for name in names if not _PARTS.fullmatch(name.strip())]
    found: dict[str, str | None] = {}
    for name in spoken or names:
        words = _WORDS.fullmatch(name.strip())
        speaker = (words[1] if words else name).strip() or None
        if speaker not in found.values() or not words:
            found[name] = speaker
    return found
