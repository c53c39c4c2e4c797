"""The pages that people write, for the tests that hold them to the truth."""

from __future__ import annotations

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
DOCS = REPOSITORY / "docs"
MADE = ("_build", "api", "gallery")
"""Folders of docs/ that building the site fills."""


def is_made(path: Path) -> bool:
    """Whether building the site makes this file."""
    path = path.resolve()
    return path.is_relative_to(DOCS) and path.relative_to(DOCS).parts[0] in MADE


PAGES = [
    REPOSITORY / "README.md",
    *(page for page in sorted(DOCS.rglob("*.md")) if not is_made(page)),
]
