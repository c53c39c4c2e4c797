"""A file is one idea: none is longer than can be read in one go."""

from __future__ import annotations

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
LONGEST = 350


def test_no_python_file_is_too_long():
    lengths = {
        str(file.relative_to(REPOSITORY)): file.read_text("utf-8").count("\n")
        for folder in ("hanrock_sk", "tests", "examples", "docs")
        for file in (REPOSITORY / folder).rglob("*.py")
    }
    assert len(lengths) > 500
    assert {name: n for name, n in lengths.items() if n > LONGEST} == {}
