"""Reading a transcript takes no memory over ten times the file."""

from __future__ import annotations

import tracemalloc
import warnings

import pytest
from long_transcripts import NAMES, long_transcript
from transcript_files import source_of

from hanrock_sk.features import read_transcript
from hanrock_sk.features.transcripts.formats import FORMATS, format_of

for module in ("praatio", "pylangacq", "pympi"):
    pytest.importorskip(module)

SIZE = 30_000
TIMES = 10


@pytest.mark.parametrize("name", NAMES)
def test_memory_is_bounded_by_the_file(name):
    small = source_of(long_transcript(name, 2000), name).path
    large = source_of(long_transcript(name, SIZE), name).path
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read_transcript(small)  # what is imported and compiled once
        tracemalloc.start()
        try:
            assert read_transcript(large)["text"].str.len().sum() > SIZE / 60
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < TIMES * large.stat().st_size


def test_no_format_is_left_out():
    names = {
        format_of(source_of(long_transcript(name, 2000), name)).name for name in NAMES
    }
    # RTTM holds no words; office files are packed, and read by their libraries.
    assert {known.name for known in FORMATS} - names == {
        "RTTM",
        "Word (Teams, Word)",
        "Excel table",
    }
