"""Laughter, breath and other events in a transcript, as talkturn tables write them."""

from __future__ import annotations

import re

_BETWEEN_WORDS = re.compile(r"[^\w:/]+")


def brace_marks(text: str, opening: str, closing: str) -> str:
    """Write events between other brackets as one word in braces.

    Words in braces are counted as sounds, not as words that were said.

    Examples
    --------
    >>> from hanrock_sk.datasets._marks import brace_marks
    >>> brace_marks("[LAUGHTER] No. [BREATHES IN]", "[", "]")
    '{laughter} No. {breathes-in}'
    """
    event = re.compile(
        f"{re.escape(opening)}([^{re.escape(closing)}]*){re.escape(closing)}"
    )
    return event.sub(
        lambda match: "{" + _BETWEEN_WORDS.sub("-", match[1].lower()).strip("-") + "}",
        text,
    )
