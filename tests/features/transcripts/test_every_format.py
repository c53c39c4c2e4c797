"""Words in, words out; and no broken file ends in anything but a table or an error."""

from __future__ import annotations

import os
import time
import tracemalloc
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transcript_files import source_of
from transcript_samples import SAMPLES, WORDS, office_samples

from hanrock_sk.features import read_transcript

for module in ("docx", "openpyxl", "praatio", "pylangacq", "pympi"):
    pytest.importorskip(module)

ALL = SAMPLES | office_samples()
EXAMPLES = int(os.environ.get("HANROCK_FUZZ_EXAMPLES", "60"))
"""How many broken files to try: 20,000 in a long run."""


def read(name, content):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return read_transcript(source_of(content, name).path)


@pytest.mark.parametrize("name", ALL)
def test_every_word_comes_out_once(name):
    said = " ".join(read(name, ALL[name])["text"]).replace(".", "").split()
    assert said == WORDS.split()


@st.composite
def broken(draw):
    """A file of some format: cut, with bytes changed, lines doubled or taken out."""
    name = draw(st.sampled_from(sorted(ALL)))
    content = ALL[name]
    for kind in draw(st.lists(st.sampled_from("cbdst"), min_size=1, max_size=3)):
        place = draw(st.integers(0, max(len(content) - 1, 0)))
        if kind == "c":
            content = content[:place]
        elif kind == "b":
            byte = draw(st.integers(0, 255))
            content = content[:place] + bytes([byte]) + content[place + 1 :]
        elif kind == "s":
            some = draw(st.sampled_from([b"\n", b'"', b":", b"9" * 30, b"<v ", b"\t"]))
            content = content[:place] + some + content[place:]
        else:
            lines = content.split(b"\n")
            number = min(content[:place].count(b"\n"), len(lines) - 1)
            lines[number : number + 1] = [lines[number]] * (2 if kind == "d" else 0)
            content = b"\n".join(lines)
    return name, content


@settings(max_examples=EXAMPLES, deadline=None, derandomize=EXAMPLES < 1000)
@given(broken())
def test_broken_files_are_read_or_refused_by_name(file):
    name, content = file
    begun = time.monotonic()
    said = name
    tracemalloc.start()
    try:
        read(name, content)
    except ValueError as error:
        said = str(error)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert name in said
    # Libraries take a few megabytes whatever the file; more than that is the file's.
    assert peak < 10 * len(content) + (32 << 20)
    # A hang, not a measure of speed.
    assert time.monotonic() - begun < 60
