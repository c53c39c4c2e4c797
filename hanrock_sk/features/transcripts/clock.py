"""Times as people and programs write them."""

from __future__ import annotations

import math
import re

_CLOCK = re.compile(
    r"(-?)(?:(\d{1,6}):)?(\d{1,6}):(\d{1,2}(?:(?:[.,]\d{1,9}|:\d{3}))?)(?:\s?([ap])\.?m\.?)?",
    re.I,
)
_NUMBER = re.compile(
    r"([-+]?(?:\d{1,15}(?:[.,]\d{0,20})?|[.,]\d{1,20})(?:e[-+]?\d{1,3})?) *(ms|s)?",
    re.I,
)
_ISO = re.compile(
    r"PT(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,20})?)S)?", re.I
)
MISSING = frozenset(("", "nan", "na", "n/a", "none", "null", "-", "--undefined--"))
"""What stands for no time, in lower case."""


def seconds_of(text: str) -> float | None:
    """Return the seconds that a text says, NaN if it says there are none.

    Parameters
    ----------
    text : str
        A number (with a point or a comma), a clock (``1:02:03.5``, ``02:03,5``), a
        duration (``1.3s``, ``PT1M2.5S``).

    Returns
    -------
    seconds : float or None
        None if the text is no time.

    Examples
    --------
    >>> from hanrock_sk.features.transcripts.clock import seconds_of
    >>> [seconds_of(text) for text in ("1,5", "01:02:03.5", "250ms", "PT1M2S")]
    [1.5, 3723.5, 0.25, 62.0]
    >>> seconds_of("soon") is None
    True
    """
    text = text.strip()
    if number := _NUMBER.fullmatch(text):
        value = float(number[1].replace(",", "."))
        if math.isinf(value):
            return None
        return value / 1000 if (number[2] or "").lower() == "ms" else value
    if clock := _CLOCK.fullmatch(text):
        sign, hours, minutes, seconds, half = clock.groups()
        if half:  # of the day: 9:03 PM, 9:03:12 PM
            if hours is None:
                hours, minutes, seconds = minutes, seconds, "0"
            hours = str(int(hours) % 12 + (12 if half.lower() == "p" else 0))
        whole = int(hours or 0) * 3600 + int(minutes) * 60
        value = whole + float(re.sub("[,:]", ".", seconds))
        return -value if sign else value
    if (duration := _ISO.fullmatch(text)) and any(duration.groups()):
        hours, minutes, seconds = (float(part or 0) for part in duration.groups())
        return hours * 3600 + minutes * 60 + seconds
    return math.nan if text.lower() in MISSING else None
