"""What README.md and docs/ show is true: code runs, links lead somewhere.

Links to what building the site makes are checked there, by tests/check_site.py.
"""

from __future__ import annotations

import re
import shutil
from contextlib import nullcontext

import pytest
from pages import DOCS, PAGES, REPOSITORY, is_made
from scripts import forked_workers

from hanrock_sk import datasets
from hanrock_sk.datasets import make_conversations
from hanrock_sk.estimators import schedule

CODE = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^]]*\]\(([^)#]+)[^)]*\)")


def few_conversations(n_conversations=8, *args, **params):
    """Make conversations, but no more than it takes to hold some out."""
    return make_conversations(min(n_conversations, 8), *args, **params)


@pytest.fixture(params=PAGES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def page(request):
    return request.param


def test_code_runs(page, tmp_path, monkeypatch):
    """The blocks of a page in one go, as a reader would run them beside docs/data.

    How well a model does is for the benchmarks to say: here it is trained shortly, on
    a few conversations.
    """
    monkeypatch.setattr(schedule, "FEWEST_STEPS", 12)
    monkeypatch.setattr(schedule, "MOST_STEPS", 12)
    monkeypatch.setattr(datasets, "make_conversations", few_conversations)
    for file in (DOCS / "data").iterdir():
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    text = page.read_text()
    blocks = list(CODE.finditer(text))
    namespace = {"__name__": "__main__"}
    # Workers that are not forked would load torch, each for itself.
    parallel = any("n_jobs" in block[1] for block in blocks)
    with forked_workers() if parallel else nullcontext():
        for block in blocks:
            # Blank lines in front, so that errors name the line of the page.
            lines_before = "\n" * text.count("\n", 0, block.start(1))
            exec(compile(lines_before + block[1], str(page), "exec"), namespace)


def test_links_lead_somewhere(page):
    links = [link for link in LINK.findall(page.read_text()) if ":" not in link]
    targets = [page.parent / link for link in links]
    lost = [path for path in targets if not path.exists() and not is_made(path)]
    assert lost == []


def test_readme_has_the_two_commands_and_code():
    """The continuous integration runs the first two shell blocks as they stand."""
    text = PAGES[0].read_text()
    shell = re.findall(r"^```bash\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert "examples/quickstart.py" in shell[0]
    assert shell[1].strip() == "python -m pytest -n 2"
    assert CODE.search(text)
