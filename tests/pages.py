"""The pages that people write, for the tests that hold them to the truth."""

from __future__ import annotations

import re
from collections.abc import Iterator
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

FENCE = re.compile(r"^( *)```(.*?)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)


def blocks(language: str) -> Iterator[tuple[Path, str]]:
    """Yield (page, block) for each block of a language."""
    for page in PAGES:
        for indent, name, block in FENCE.findall(page.read_text()):
            if name.split(" ")[0] == language:
                yield page, re.sub(f"^{indent}", "", block, flags=re.MULTILINE)
