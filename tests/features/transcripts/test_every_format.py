"""Words in, words out; and no broken file ends in anything but a table or an error."""

from __future__ import annotations

import warnings

import pytest
from broken_files import broken, check_read_or_refused, fuzz
from hypothesis import given
from transcript_files import source_of
from transcript_samples import SAMPLES, WORDS, office_samples

from hanrock_sk.features import read_transcript

for module in ("docx", "openpyxl", "praatio", "pylangacq", "pympi"):
    pytest.importorskip(module)

ALL = SAMPLES | office_samples()


def read(name, content):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return read_transcript(source_of(content, name).path)


@pytest.mark.parametrize("name", ALL)
def test_every_word_comes_out_once(name):
    said = " ".join(read(name, ALL[name])["text"]).replace(".", "").split()
    assert said == WORDS.split()


@fuzz
@given(broken(ALL))
def test_broken_files_are_read_or_refused_by_name(file):
    check_read_or_refused(read, *file)
