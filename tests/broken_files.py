"""Files that were broken on the way: cut, with bytes changed, lines doubled or lost.

The short run of the suite is the same every time. A long one, over all formats:
``python tests/fuzz_files.py 20000``.
"""

from __future__ import annotations

import os
import time
import tracemalloc

from hypothesis import settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("HANROCK_FUZZ_EXAMPLES", "60"))
"""How many broken files to try: 20,000 in a long run."""

fuzz = settings(max_examples=EXAMPLES, deadline=None, derandomize=EXAMPLES < 1000)

_LIBRARIES = 16 << 20  # bytes that libraries take, however small a file is
_HANG = 5.0  # seconds of the processor, for files of a few hundred bytes
PIECES = [b"\n", b'"', b":", b"9" * 30, b"<v ", b"\t", b"[", b"\xff", b"\0", b"&#1;"]


KINDS = "cbdst"
"""Cut, a byte changed, a line doubled, a piece put in, a line taken out."""


def broken_at(content, kind, place, byte, piece):
    """Break a file's bytes at a place."""
    if kind == "c":
        return content[:place]
    if kind == "b":
        return content[:place] + bytes([byte]) + content[place + 1 :]
    if kind == "s":
        return content[:place] + piece + content[place:]
    lines = content.split(b"\n")
    number = min(content[:place].count(b"\n"), len(lines) - 1)
    lines[number : number + 1] = [lines[number]] * (2 if kind == "d" else 0)
    return b"\n".join(lines)


@st.composite
def broken(draw, files):
    """A name of one of the files, and what is left of its bytes."""
    name = draw(st.sampled_from(sorted(files)))
    content = files[name]
    for kind in draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3)):
        place = draw(st.integers(0, max(len(content) - 1, 0)))
        byte, piece = draw(st.integers(0, 255)), draw(st.sampled_from(PIECES))
        content = broken_at(content, kind, place, byte, piece)
    return name, content


def check_read_or_refused(read, name, content):
    """It ends in a table, or in a ValueError that names the file; soon, and small."""
    begun, said = time.process_time(), name
    tracemalloc.start()
    try:
        read(name, content)
    except ValueError as error:
        said = str(error)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert name in said
    assert peak < 10 * len(content) + _LIBRARIES
    assert time.process_time() - begun < _HANG
