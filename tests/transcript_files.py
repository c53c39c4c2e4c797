"""Transcripts written to files for tests, and read again."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hanrock_sk.features.transcripts.formats import format_of
from hanrock_sk.features.transcripts.source import Source


def source_of(content, name="a.txt"):
    """A file of this content (text, bytes, or what becomes JSON), as formats see it."""
    path = Path(tempfile.mkdtemp(), name)
    if not isinstance(content, str | bytes):
        content = json.dumps(content)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Source(path)


def spoken(content, name="a.json"):
    """The format that knows a file, and who says what from when to when in it."""
    source = source_of(content, name)
    known = format_of(source)
    return known.name, [
        (word.speaker, word.text, round(word.start, 6), round(word.end, 6))
        for word in known.read(source)
    ]
