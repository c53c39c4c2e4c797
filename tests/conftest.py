"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

ABSENT = [name for name in ("pandas", "polars") if find_spec(name) is None]
"""Libraries of tables that are not installed: one will do."""

# Before torch is loaded: networks as small as the tests' lose more by handing work to
# threads than they win, and far more where other processes want the same cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(params=["pandas", "polars"])
def frame(request):
    """A constructor of DataFrames, once for each library."""
    return pytest.importorskip(request.param).DataFrame


@pytest.fixture(scope="session")
def data_root() -> Path:
    """The folder of real corpora: ``$HANROCK_DATA``, or ``../shared/data``."""
    root = os.environ.get("HANROCK_DATA") or REPOSITORY.parent / "shared" / "data"
    root = Path(root)
    if not root.is_dir():
        pytest.skip(f"real corpora not found: set HANROCK_DATA (looked in {root})")
    return root


def absent_library(failure) -> str | None:
    """Return the absent library that a failure is about, if it is about one."""
    told = str(failure)
    for name in ABSENT:
        if f"No module named '{name}" in told or f"hanrock-sk[{name}]" in told:
            return name
    return None


# Where one library of tables is missing, what needs it is skipped and says so. That the
# package itself does with either is tested in test_one_library.py.


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    report = yield
    if report.failed and (name := absent_library(report.longrepr)):
        report.outcome = "skipped"
        report.longrepr = (str(collector.path), 0, f"Skipped: needs {name}")
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed and (name := absent_library(report.longrepr)):
        report.outcome = "skipped"
        report.longrepr = (str(item.path), 0, f"Skipped: needs {name}")
    return report
