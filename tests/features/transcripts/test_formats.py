"""The table of formats, and how one more comes into it."""

from __future__ import annotations

import pytest
from transcript_files import source_of

from hanrock_sk.features import read_transcript
from hanrock_sk.features.transcripts import formats
from hanrock_sk.features.transcripts.source import Format
from hanrock_sk.features.transcripts.utterance import Utterance


def read_shouts(source):
    """A made-up format: who!what!from!to."""
    for number, line in enumerate(source.text.splitlines(), 1):
        who, what, start, end = line.split("!")
        yield Utterance(what, float(start), float(end), who, f"line {number}")


SHOUTS = Format("shouts", (".shout",), lambda source: "!" in source.text, read_shouts)


def test_another_format_is_one_file_and_one_line(monkeypatch):
    source = source_of("Anna!Hello!0!1\nBen!Hi!1!2\n", "call.shout")
    with pytest.raises(ValueError, match=r"no transcript ends in '\.shout'"):
        read_transcript(source.path)
    monkeypatch.setattr(formats, "FORMATS", [*formats.FORMATS, SHOUTS])
    assert read_transcript(source.path)["text"].tolist() == ["Hello", "Hi"]


def test_what_is_unknown_is_named_by_its_keys():
    source = source_of({"recording": 1, "notes": []}, "call.json")
    with pytest.raises(ValueError, match=r"keys \['recording', 'notes'\].*WhisperX"):
        formats.format_of(source)


def test_every_format_has_a_name_of_its_own():
    names = [known.name for known in formats.FORMATS]
    assert len(set(names)) == len(names)
    for known in formats.FORMATS:
        assert all(suffix == suffix.lower() for suffix in known.suffixes)
