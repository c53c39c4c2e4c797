"""Every shell block of README.md and docs/ does what it is there for."""

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
from pathlib import Path

import pytest
from invented_dialogues import write_ami, write_meld
from pages import DOCS, FENCE, REPOSITORY, blocks
from scripts import environment, run

CLUSTER = "dask scheduler"
"""What begins the block that starts a cluster; `test_cluster` runs it."""

SHORT = {
    "examples/quickstart.py": ["--epochs", "1", "--conversations", "12"],
    "tests/benchmarks/broken_promises.py": ["an_interrupt_leaves_no_draft"],
    # So few texts seldom share their length; sentence-transformers is faster at them.
    "tests/benchmarks/encoder.py": [
        *("--texts", "30", "--rounds", "1", "--least-share", "0"),
    ],
    "tests/benchmarks/engine.py": [
        *("--content-sizes", "1", "--pri-grus", "--repeat", "1"),
        *("--talkturns", "64"),
    ],
    "tests/benchmarks/kill_search.py": ["--kills", "1", "--rounds", "1"],
    "tests/benchmarks/live.py": ["--talkturns", "25"],
    "tests/benchmarks/median_stopping.py": [
        *("--trials", "1", "--max-epochs", "1", "--conversations", "5"),
        *("--seeds", "0"),
    ],
    "tests/benchmarks/run_length.py": ["--epochs", "1", "--seeds", "0"],
    "tests/benchmarks/versions.py": ["--repeat", "1"],
}
"""What makes a script short: of two options that say otherwise the later one counts."""

WITH_TESTS_OF_THEIR_OWN = {"examples/controls.py", "examples/paper_tables.py"}
"""Scripts that no option makes short enough; tests/examples runs them in small."""


def commands(block):
    """The commands of a shell block, as lists of words."""
    joined = block.replace("\\\n", " ").replace("&&\n", "&& ")
    for line in joined.splitlines():
        for command in re.split(r"&&|\|", line):
            words = shlex.split(command, comments=True)
            if words:
                yield words


SHELL = {
    f"{page.relative_to(REPOSITORY)}: {' '.join(words)}": words
    for page, block in blocks("bash")
    if not block.startswith(CLUSTER)
    for words in commands(block)
}
CI = (REPOSITORY / ".ci" / "run").read_text()
SCRIPTS = {
    name: words
    for name, words in SHELL.items()
    if words[0] == "python" and words[1] != "-m" and words[1] not in CI
}
OTHERS = {name: words for name, words in SHELL.items() if name not in SCRIPTS}


def ways(words):
    """What a command asks its script to do: all but numbers and where results go."""
    return {word for word in words if not re.match(r"[\d.]+$|DIR", word)}


def is_run_by_another(words):
    """Whether a command of the same script asks for all that this one does, and more.

    Of commands that ask for the same, the first is run.
    """
    others = [
        other
        for other in SCRIPTS.values()
        if other[1] == words[1] and not has_test_of_its_own(other)
    ]
    before = others[: others.index(words)]
    return any(ways(words) < ways(other) for other in others) or any(
        ways(words) == ways(other) for other in before
    )


def has_test_of_its_own(words):
    """Whether test_examples.py runs it: the quickstart alone, and several networks."""
    _, script, *options = words
    return script == "examples/quickstart.py" and (
        not options or "--networks" in options
    )


@functools.cache
def help_of(script):
    """What a script says of its options."""
    done = run(REPOSITORY / script, "--help", folder=REPOSITORY)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "words", [pytest.param(words, id=name) for name, words in SCRIPTS.items()]
)
def test_scripts(words, tmp_path):
    """Each is run as the page has it, on small corpora and for a short while.

    Its options are checked; what a longer command of the same script does is run once.
    """
    _, script, *arguments = words
    for option in (word for word in arguments if word.startswith("-")):
        assert re.search(rf"(?<![\w-]){option}(?![\w-])", help_of(script))
    if script in WITH_TESTS_OF_THEIR_OWN:
        own = f"test_{Path(script).name}"
        assert (REPOSITORY / "tests" / "examples" / own).exists()
        return
    if has_test_of_its_own(words) or is_run_by_another(words):
        return
    for number, word in enumerate(arguments):
        if word == "BEFORE":
            arguments[number] = REPOSITORY
        if word in ("AMI", "MELD", "PATH"):
            corpus = arguments[number - 1].lstrip("-")
            write = {"ami": write_ami, "meld": write_meld}[corpus]
            arguments[number] = write(tmp_path / corpus)
    done = run(REPOSITORY / script, *arguments, *SHORT[script], folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize(
    "words", [pytest.param(words, id=name) for name, words in OTHERS.items()]
)
def test_what_needs_an_index_or_is_a_run_of_everything(words):
    """What is installed, built, or all of the suite is for `.ci/run` to do.

    Here it is checked against what that does and what there is.
    """
    settings = [word for word in words if re.match("[A-Z_]+=", word)]
    words = words[len(settings) :]
    for setting in settings:  # what it sets is asked for by the file that is run
        name = setting.partition("=")[0]
        assert name in (REPOSITORY / words[-1]).read_text()
    if words[0] == ".":
        assert words[1] in (".venv/bin/activate", ".venv-lowest/bin/activate")
    elif words[0] in ("python", "python3"):
        if words[1] == "-m":
            assert words[2] in ("venv", "pytest") or " ".join(words) in CI
        for word in words[1:]:
            if "/" in word and not word.startswith("build"):
                assert (REPOSITORY / word).exists()
    elif words[0] == "pip":
        assert words[1] == "install"
        extras = re.findall(r"\[([\w,]+)\]", " ".join(words))
        project = (REPOSITORY / "pyproject.toml").read_text()
        for extra in ",".join(extras).split(","):
            assert re.search(rf"^{extra} = \[", project, re.MULTILINE)
        if "-c" in words:
            assert (REPOSITORY / words[words.index("-c") + 1]).exists()
    elif words == ["pre-commit", "install"]:
        assert " ".join(words) in CI
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
    if shutil.which("dask", path=environment()["PATH"]) is None:
        pytest.skip("the command dask is not installed")
    with (tmp_path / "log").open("w") as log:
        cluster = subprocess.Popen(
            ["bash", "-c", f"{start}\nwait"],
            cwd=tmp_path,
            env=environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            told = f"{search}\n{here(use)}\nprint(search.n_splits_)"
            done = run("-c", told, folder=tmp_path)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(cluster.pid, signal.SIGTERM)
            cluster.wait()
    assert done.returncode == 0, done.stderr + (tmp_path / "log").read_text()
    assert done.stdout.endswith("\n2\n")


def test_what_is_run_by_another_command():
    by_script = {}
    for words in SCRIPTS.values():
        if not has_test_of_its_own(words):
            by_script.setdefault(words[1], []).append(words)
    for commands in by_script.values():
        run_ones = [words for words in commands if not is_run_by_another(words)]
        asked = set().union(*map(ways, run_ones))
        assert all(ways(words) <= asked for words in commands)
        assert len({frozenset(ways(words)) for words in run_ones}) == len(run_ones)
