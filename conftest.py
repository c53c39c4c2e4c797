"""For tests and the examples in docstrings alike.

Where one library of tables is missing, or Triton, what needs it is skipped and says so.
That the package itself does with either table is tested in tests/test_one_library.py.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent

ABSENT = [name for name in ("pandas", "polars", "triton") if find_spec(name) is None]
"""Libraries that are not installed: one of tables will do, and Triton is for GPUs."""

# What Python compiles of the package and of tests is kept, also where the environment
# says otherwise: every worker and every process that a test starts would do it again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Before torch is loaded: networks as small as the tests' lose more by handing work to
# threads than they win, and far more where other processes want the same cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Before Triton is loaded: its interpreter runs kernels on the CPU. On a GPU they are
# checked by tests/device.
os.environ.setdefault("TRITON_INTERPRET", "1")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """Give all tests of a file to one worker, so that what they share is made once."""
    if getattr(config.option, "numprocesses", None) and config.option.dist == "no":
        config.option.dist = "loadfile"


def pytest_collect_file(file_path):
    """Load a module of the package before pytest does, for its examples.

    Where loading the package around it loads the module, pytest would load it again,
    and there would be two classes of each name.
    """
    if ROOT / "hanrock_sk" in file_path.parents and file_path.suffix == ".py":
        inner = file_path.relative_to(ROOT).with_suffix("")
        with suppress(ImportError):  # which pytest then tells
            import_module(".".join(inner.parts).removesuffix(".__init__"))


def absent_library(failure) -> str | None:
    """Return the absent library that a failure is about, if it is about one."""
    told = str(failure)
    for name in ABSENT:
        if f"No module named '{name}" in told or f"hanrock-sk[{name}]" in told:
            return name
    return None


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """Skip a file that cannot be loaded without it."""
    report = yield
    if report.failed and (name := absent_library(report.longrepr)):
        report.outcome = "skipped"
        report.longrepr = (str(collector.path), 0, f"Skipped: needs {name}")
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Skip a test that cannot run without it."""
    report = yield
    if report.failed and (name := absent_library(report.longrepr)):
        report.outcome = "skipped"
        report.longrepr = (str(item.path), 0, f"Skipped: needs {name}")
    return report
