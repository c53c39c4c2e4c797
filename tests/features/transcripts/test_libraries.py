"""Failures of libraries that read a format, as ours."""

from __future__ import annotations

import warnings

import pytest
from transcript_files import source_of

from hanrock_sk.features.transcripts.libraries import broken_files_as_errors, needed


class Panic(BaseException):
    """As compiled code raises it."""


def test_how_to_get_a_library():
    said = r"^Reading old tapes needs tape-kit: pip install 'hanrock-sk\[tapes\]'\.$"
    asked = needed("tape-kit", "tapes", "old tapes")
    with pytest.raises(ImportError, match=said) as raised, asked:
        import no_tape_kit  # noqa: F401
    assert raised.value.__cause__.name == "no_tape_kit"


def test_other_errors_of_an_import_stay():
    with pytest.raises(OSError, match="so"), needed("tape-kit", "tapes", "old tapes"):
        raise OSError("so")


@pytest.mark.parametrize("error", [KeyError("at"), Panic("at"), RecursionError("at")])
def test_what_a_library_raises_names_the_file(error):
    source = source_of("x", "a.tape")
    said = rf"a\.tape is no old tape, .*cut short: {type(error).__name__}: '?at'?$"
    ours = broken_files_as_errors(source, "old tape")
    with pytest.raises(ValueError, match=said) as raised, ours:
        raise error
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


def test_long_messages_are_cut():
    ours = broken_files_as_errors(source_of("x"), "old tape")
    with pytest.raises(ValueError, match=r"RuntimeError: x{200}$"), ours:
        raise RuntimeError("x" * 201)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, MemoryError])
def test_what_no_file_is_to_blame_for(kind):
    with pytest.raises(kind), broken_files_as_errors(source_of("x"), "old tape"):
        raise kind


def test_warnings_of_a_library_are_not_passed_on():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with broken_files_as_errors(source_of("x"), "old tape"):
            warnings.warn("worn", stacklevel=1)
