"""One talkturn told as one sentence, in MONAH's order."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import nan
from typing import Any

from hanrock_sk.narrative.phrases import PHRASES, phrase_for


def tell_talkturn(
    words: str,
    *,
    speaker: str | None = None,
    delay: float = nan,
    z_scores: Mapping[str, float] | None = None,
    actions: Collection[str] = (),
    phrases: Mapping[str, Any] = PHRASES,
) -> str:
    """Tell one talkturn as a sentence.

    ``[the SPEAKER did ACTIONS] [after N hundred milliseconds DELAY] the SPEAKER [TONE]
    [and] [RATE] said VERBATIM``, in lower case. The actions stand side by side; "and"
    is said only between tone and rate.

    Parameters
    ----------
    words : str
        What was said, verbatim. Where nothing was said there is no rate to tell.
    speaker : str or None, default=None
        Who said it; an article at its beginning is not said twice.
    delay : float, default=nan
        Silence before the talkturn, in seconds. It is told from 200 ms; how long it
        seemed is told where its z-score is known.
    z_scores : mapping of str to float, default=None
        z-scores of ``delay``, ``speech_rate``, ``tone_happy``, ``tone_angry``,
        ``tone_sad`` and ``tone_fear``; absent or NaN where there is none.
    actions : collection of str, default=()
        What was seen: any of the ``"actions"`` in `PHRASES`.
    phrases : mapping, default=PHRASES
        A complete table of phrases, see `merge_phrases`.

    Returns
    -------
    sentence : str
        The talkturn in words, in lower case, with single spaces.

    Examples
    --------
    >>> from hanrock_sk.narrative import tell_talkturn
    >>> tell_talkturn(
    ...     "Let me see them",
    ...     speaker="man",
    ...     delay=0.2,
    ...     z_scores={"delay": 0.4, "speech_rate": 2.5},
    ... )
    'after two hundred milliseconds a slightly long delay the man very quickly said let me see them'
    >>> tell_talkturn("Yes.", speaker="woman", actions={"head_nod", "smile"})
    'the woman smiled nodded the woman said yes.'
    """  # noqa: E501
    z_scores = {} if z_scores is None else z_scores
    speaker = called(speaker) or phrases["speaker"]
    parts = []
    done = [
        phrase
        for action, phrase in phrases["actions"].items()
        if phrase and action in actions
    ]
    if done:
        parts.append(phrases["acted"].format(speaker=speaker, actions=" ".join(done)))
    # Subtracted times carry rounding: 1.4 - 1.2 is a hair below 0.2. Whole
    # microseconds are free of it.
    milliseconds = round(1000 * delay, 3)
    if milliseconds >= phrases["delay_from"]:
        parts.append(
            phrases["paused"].format(
                hundreds=_hundreds(milliseconds, phrases),
                length=phrase_for(z_scores.get("delay", nan), phrases["delay"]),
            )
        )
    tone = _tone(z_scores, phrases)
    rate = ""
    if words and not words.isspace():
        rate = phrase_for(z_scores.get("speech_rate", nan), phrases["speech_rate"])
    else:
        words = phrases["nothing"]
    if tone and rate:
        manner = phrases["tone_and_rate"].format(tone=tone, rate=rate)
    else:
        manner = tone or rate
    parts.append(phrases["said"].format(speaker=speaker, manner=manner, words=words))
    return " ".join(" ".join(parts).lower().split())


def called(speaker: str | None) -> str:
    """How the sentence calls the speaker: "The  Interviewer" is the interviewer."""
    if speaker is None:
        return ""
    return " ".join(speaker.lower().split()).removeprefix("the ")


def _hundreds(milliseconds: float, phrases: Mapping[str, Any]) -> str:
    words = phrases["hundreds"]
    if milliseconds > 100 * (len(words) - 1):
        return phrases["more_hundreds"]
    return words[round(milliseconds / 100)]


def _tone(z_scores: Mapping[str, float], phrases: Mapping[str, Any]) -> str:
    """Of several tones that stand out, the one that stands out most is heard."""
    heard, greatest = "", phrases["tone_above"]
    for tone, phrase in phrases["tone"].items():
        z = z_scores.get(tone, nan)
        if z > greatest:
            heard, greatest = phrase, z
    return heard
