"""What the pages show is true beyond their code: API, kinds of blocks, changes."""

from __future__ import annotations

import ast
import re

from pages import DOCS, FENCE, PAGES, REPOSITORY
from public_names import public_modules

import hanrock_sk

INCLUDED = re.compile(r"\{literalinclude\} (\S+)\n:pyobject: (\S+)")
SHOWN = ("{literalinclude}", "{include}", "{toctree}", "bibtex", "text")
"""Blocks that are no code, or code that Sphinx takes from where it stands."""


def test_every_block_is_of_a_kind_that_is_tested():
    kinds = {
        name.split(" ")[0]
        for page in PAGES
        for _, name, _ in FENCE.findall(page.read_text())
    }
    assert kinds <= {"python", "py", "bash", *SHOWN}


def test_every_public_name_is_in_the_reference():
    """One place for each: the top of the package, or the part it lives in."""
    listed, module = [], None
    for line in (DOCS / "api.rst").read_text().splitlines():
        if line.startswith(".. currentmodule:: "):
            module = line.split()[-1]
        elif re.fullmatch(r"   \w+", line):
            listed.append(f"{module}.{line.strip()}")
    top = {*hanrock_sk.__all__} - {"__version__"}
    expected = {f"hanrock_sk.{name}" for name in top} | {
        f"{part.__name__}.{name}"
        for part in public_modules()
        for name in part.__all__
        if name not in {*top, "plots"}
    }
    assert sorted(listed) == sorted(expected)


def test_code_that_is_shown_is_there():
    """Sphinx looks only when the site is built."""
    shown = 0
    for page in PAGES:
        for file, name in INCLUDED.findall(page.read_text()):
            node = ast.parse((page.parent / file).read_text())
            for part in name.split("."):
                names = {getattr(child, "name", None): child for child in node.body}
                assert part in names, (page.name, file, name)
                node = names[part]
            shown += 1
    assert shown


def test_changelog_has_this_version_or_what_is_not_released_yet():
    text = (REPOSITORY / "CHANGELOG.md").read_text()
    headings = re.findall(r"^## \[(.*?)\]", text, re.MULTILINE)
    assert headings[0] in ("Unreleased", hanrock_sk.__version__)
