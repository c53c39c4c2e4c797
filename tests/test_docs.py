"""What the pages show is true beyond their Python: shell commands, API, dates."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pages import DOCS, PAGES, REPOSITORY
from public_names import public_modules

import hanrock_sk

FENCE = re.compile(r"^( *)```(.*?)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
SHOWN = ("{literalinclude}", "{include}", "{toctree}", "bibtex")
"""Blocks that are no code, or code that Sphinx takes from where it stands."""

CLUSTER = "dask scheduler"
"""What begins the block that starts a cluster; `test_cluster` runs it."""


def blocks(language):
    """Yield (page, block) for each block of a language."""
    for page in PAGES:
        for indent, name, block in FENCE.findall(page.read_text()):
            if name.split(" ")[0] == language:
                yield page, re.sub(f"^{indent}", "", block, flags=re.MULTILINE)


def commands(block):
    """The commands of a shell block, as lists of words."""
    joined = block.replace("\\\n", " ").replace("&&\n", "&& ")
    for line in joined.splitlines():
        for command in re.split(r"&&|\|", line):
            words = shlex.split(command, comments=True)
            if words:
                yield words


def test_every_block_is_of_a_kind_that_is_tested():
    kinds = {
        name.split(" ")[0]
        for page in PAGES
        for _, name, _ in FENCE.findall(page.read_text())
    }
    assert kinds <= {"python", "py", "bash", *SHOWN}


SHELL = [
    pytest.param(words, id=f"{page.relative_to(REPOSITORY)}: {' '.join(words)}")
    for page, block in blocks("bash")
    if not block.startswith(CLUSTER)
    for words in commands(block)
]


@functools.cache
def told_by(script):
    """What a script says of itself."""
    return subprocess.run(
        [sys.executable, str(REPOSITORY / script), "--help"],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    ).stdout


@pytest.mark.parametrize("words", SHELL)
def test_shell_commands_exist(words):
    """Each command is one that works: a script takes the options it is shown with.

    Installing needs an index, and is done by .ci/run, as is building the site.
    """
    settings = [word for word in words if re.match("[A-Z_]+=", word)]
    words = words[len(settings) :]
    for setting in settings:  # what it sets is asked for by the file that is run
        name = setting.partition("=")[0]
        assert name in (REPOSITORY / words[-1]).read_text()
    if words[0] == ".":
        assert words[1] in (".venv/bin/activate", ".venv-lowest/bin/activate")
    elif words[0] in ("python", "python3") and words[1] == "-m":
        module, rest = words[2], words[3:]
        assert module in ("venv", "pytest", "sphinx", "build")
        if module == "sphinx":
            assert " ".join(words[2:]) in (REPOSITORY / ".ci" / "run").read_text()
        for word in rest:
            if "/" in word and not word.startswith("build"):
                assert (REPOSITORY / word).exists()
    elif words[0] == "python":
        for word in words[2:]:
            if word.startswith("-"):
                assert re.search(
                    rf"(?<![\w-]){re.escape(word)}(?![\w-])", told_by(words[1])
                )
    elif words[0] == "pip":
        assert words[1] == "install"
        extras = re.findall(r"\[([\w,]+)\]", " ".join(words))
        project = (REPOSITORY / "pyproject.toml").read_text()
        for extra in ",".join(extras).split(","):
            assert re.search(rf"^{extra} = \[", project, re.MULTILINE)
        if "-c" in words:
            assert (REPOSITORY / words[words.index("-c") + 1]).exists()
    elif words == ["pre-commit", "install"]:
        assert (REPOSITORY / ".pre-commit-config.yaml").exists()
    else:
        assert words == [".ci/run"]
        assert os.access(REPOSITORY / words[0], os.X_OK)


def test_cluster(tmp_path):
    """The page's cluster, started as shown but for its address, runs the search."""
    pytest.importorskip("distributed", reason="dask is not installed")
    page = (DOCS / "tuning.md").read_text()
    start = next(b for _, b in blocks("bash") if b.startswith(CLUSTER))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    there = f"tcp://127.0.0.1:{port}"

    def here(block):
        return block.replace("tcp://scheduler:8786", there)

    # One worker, and no dashboards, which nobody would look at.
    start = here(start).replace(
        "dask scheduler",
        f"dask scheduler --host 127.0.0.1 --port {port} --no-dashboard",
    )
    start = start.replace("0 1 2 3", "0").replace(
        "--nthreads", "--no-dashboard --nthreads"
    )
    search, *_ = (b for _, name, b in FENCE.findall(page) if name == "python")
    use, *_ = (b for _, name, b in FENCE.findall(page) if name == "py")
    paths = [str(REPOSITORY), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "OMP_NUM_THREADS": "1",
    }
    if shutil.which("dask", path=environment["PATH"]) is None:
        pytest.skip("the command dask is not installed")
    with (tmp_path / "log").open("w") as log:
        cluster = subprocess.Popen(
            ["bash", "-c", f"{start}\nwait"],
            cwd=tmp_path,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            done = subprocess.run(
                [
                    sys.executable,
                    "-c",
                    f"{search}\n{here(use)}\nprint(search.n_splits_)",
                ],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(cluster.pid, signal.SIGTERM)
            cluster.wait(timeout=30)
    assert done.returncode == 0, done.stderr + (tmp_path / "log").read_text()
    assert done.stdout.endswith("\n2\n")


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


def test_changelog_has_this_version_or_what_is_not_released_yet():
    text = (REPOSITORY / "CHANGELOG.md").read_text()
    headings = re.findall(r"^## \[(.*?)\]", text, re.MULTILINE)
    assert headings[0] in ("Unreleased", hanrock_sk.__version__)
