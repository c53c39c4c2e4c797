"""The table of transcript formats.

To add one: a file beside this one with its `Format`, and a line here.
"""

from __future__ import annotations

from hanrock_sk.features.transcripts import (
    google_stt,
    sphinx,
    subtitles,
    whisperx,
    word_table,
)
from hanrock_sk.features.transcripts.source import Format, Source

FORMATS: list[Format] = [
    subtitles.FORMAT,
    word_table.FORMAT,
    whisperx.FORMAT,
    google_stt.FORMAT,
    sphinx.FORMAT,
]
"""Every format, in the order in which they are asked whether a file is theirs."""


def format_of(source: Source) -> Format:
    """Return the first format that recognises the file.

    Raises
    ------
    ValueError
        If none does; the error says what is known of files that end so.
    """
    candidates = [known for known in FORMATS if source.suffix in known.suffixes]
    if not candidates:
        suffixes = sorted({suffix for known in FORMATS for suffix in known.suffixes})
        raise ValueError(
            f"{source.path}: no transcript ends in {source.suffix!r}; known are "
            f"{suffixes}."
        )
    for known in candidates:
        if known.recognises(source):
            return known
    names = ", ".join(known.name for known in candidates)
    raise ValueError(
        f"{source.path} is {_shape(source)}, but no transcript known here, which are: "
        f"{names}."
    )


def _shape(source: Source) -> str:
    if source.suffix != ".json":
        return f"a file that ends in {source.suffix!r}"
    content = source.json
    if isinstance(content, dict):
        return f"JSON with the keys {list(content)[:20]}"
    return f"JSON, a {type(content).__name__}"
