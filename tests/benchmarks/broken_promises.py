"""Break each promise of docs/trust.md on purpose, and see its test fail.

Run from the repository's root::

    python tests/benchmarks/broken_promises.py            # every promise
    python tests/benchmarks/broken_promises.py pickling   # those of tests so named

Each change is made in a copy of the package. A test that passes all the same, or a
change whose place is gone, is reported, and the script then ends with an error. That
the tests pass without the changes is for the suite to say. On Linux and macOS.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests"))

from promises import Promise, read_promises  # noqa: E402

# Imported once here; each run below is a fork that has them.
HEAVY = [
    "hypothesis",
    "matplotlib.pyplot",
    "narwhals",
    "pandas",
    "polars",
    "skorch.callbacks",
    "sklearn.calibration",
    "sklearn.callback",
    "sklearn.compose",
    "sklearn.ensemble",
    "sklearn.inspection",
    "sklearn.feature_selection",
    "sklearn.utils.estimator_checks",
    "torch",
]


def break_it(promise: Promise, folder: Path) -> None:
    """Copy the package and change it."""
    shutil.copytree(REPOSITORY / "hanrock_sk", folder / "hanrock_sk")
    file = folder / "hanrock_sk" / promise.file
    source = file.read_text()
    if promise.old not in source:
        raise LookupError(f"{promise.file} has no {promise.old!r} any more")
    file.write_text(source.replace(promise.old, promise.new))


def run_tests(promise: Promise, package: Path) -> int:
    """Run the tests of a promise on a package, in a process of their own."""
    child = os.fork()
    if child == 0:
        # Processes that the tests start look where they are first.
        os.chdir(package)
        os.environ["PYTHONPATH"] = str(package)
        sys.path.insert(0, str(package))
        arguments = ["-q", "-x", "-p", "no:cacheprovider", "--no-header"]
        arguments += [
            "--rootdir",
            str(REPOSITORY),
            "-c",
            f"{REPOSITORY}/pyproject.toml",
        ]
        arguments += [f"{REPOSITORY}/tests/{promise.test}", "-k", promise.only]
        with (
            open(os.devnull, "w") as nothing,
            contextlib.redirect_stdout(nothing),
            contextlib.redirect_stderr(nothing),
        ):
            answer = pytest.main(arguments)
        os._exit(int(answer))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def verdict(promise: Promise) -> str:
    """Say what came of a promise."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            break_it(promise, Path(folder))
        except LookupError as gone:
            return f"CANNOT BE BROKEN: {gone}"
        broken = run_tests(promise, Path(folder))
    if broken == pytest.ExitCode.OK:
        return "NOT NOTICED"
    if broken != pytest.ExitCode.TESTS_FAILED:
        return f"NO TEST RAN (pytest: {broken})"
    return "noticed"


def main(words: list[str]) -> None:
    """Break the promises that have one of the words, or all."""
    for name in HEAVY:
        importlib.import_module(name)
    bad = 0
    for promise in read_promises():
        if words and not any(word in promise.test for word in words):
            continue
        found = verdict(promise)
        bad += found != "noticed"
        print(f"{found}: {promise.test}: {promise.how}", flush=True)
    raise SystemExit(f"{bad} promises are not held" if bad else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
