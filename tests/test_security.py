"""No code from files, no network, no writes that nobody asked for."""

from __future__ import annotations

import ast
import builtins
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import hanrock_sk

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE = Path(hanrock_sk.__file__).resolve().parent
MODULES = sorted(PACKAGE.rglob("*.py"))

FORBIDDEN = {
    # run what a string or a file holds
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "runpy",
    "subprocess", "ctypes", "code", "pty",
    # unpack objects, which can run anything
    "pickle", "_pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle",
    "joblib.load", "torch.load", "torch.jit.load", "torch.hub", "pandas.read_pickle",
    "yaml", "numpy.fromregex",
    # talk to others
    "socket", "urllib", "http", "ftplib", "smtplib", "telnetlib", "ssl",
}  # fmt: skip

ALLOWED = {
    # What downloads corpora, when somebody calls it.
    ("datasets/fetch.py", "requests"),
    # Of the package's own modules, by a fixed table of names.
    ("__init__.py", "importlib.import_module"),
    # The engine's steps, which were compiled when the package was installed.
    ("model/native/loading.py", "ctypes"),
    # Modules of the package alone, by the names in the table of kernels.
    ("model/ops/kernel_table.py", "importlib.import_module"),
}
FORBIDDEN |= {"requests", "importlib.import_module"}


def uses(source):
    """Yield the full names that a module imports, calls or reads."""
    tree = ast.parse(source)
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                root = alias.name.split(".")[0]
                names[alias.asname or root] = alias.name if alias.asname else root
                yield alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                yield f"{node.module}.{alias.name}"
    known = {*names, *dir(builtins)}
    for node in ast.walk(tree):
        parts = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if isinstance(node, ast.Name) and node.id in known:
            yield ".".join([names.get(node.id, node.id), *reversed(parts)])


def forbidden(source):
    """Which of the forbidden things a module uses."""
    result = set()
    for name in uses(source):
        parts = name.split(".")
        result |= {".".join(parts[: n + 1]) for n in range(len(parts))} & FORBIDDEN
    return result


def test_no_module_runs_unpacks_or_downloads():
    result = {}
    for module in MODULES:
        name = str(module.relative_to(PACKAGE))
        used = forbidden(module.read_text())
        used = {what for what in used if (name, what) not in ALLOWED}
        if used:
            result[name] = used
    assert result == {}


def test_arrays_are_never_read_with_pickles_in_them():
    assert [m for m in MODULES if "allow_pickle" in m.read_text()] == []


def test_the_check_sees_what_it_should():
    source = """
import os.path, torch, numpy as np
import pickle as p
from joblib import load
from urllib.request import urlopen
os.system("ls"); torch.load("x"); eval("1"); torch.jit.load("x")
"""
    assert forbidden(source) == {
        "os.system", "torch.load", "torch.jit.load", "eval", "pickle", "joblib.load",
        "urllib",
    }  # fmt: skip
    harmless = "import re\ncode = 1\nmodel.eval()\nre.compile('x')\njson.load(f)"
    assert forbidden(harmless) == set()


def test_what_the_whole_package_does_to_the_system(tmp_path):
    """Import everything, train, save, load, report and search: nothing leaks out."""
    home, work, folder, passing = (tmp_path / name for name in "hwft")
    for made in (home, work, folder, passing):
        made.mkdir()
    # Torch tells its children where this process would keep what it compiles.
    inherited = {k: v for k, v in os.environ.items() if "INDUCTOR" not in k}
    done = subprocess.run(
        [sys.executable, "-B", REPOSITORY / "tests" / "audited.py", folder],
        capture_output=True,
        text=True,
        cwd=work,
        env=inherited
        | {
            "HOME": str(home),
            "XDG_CACHE_HOME": str(home / "cache"),
            "TMPDIR": str(passing),
            "MPLCONFIGDIR": str(folder),
            "PYTHONPATH": f"{PACKAGE.parent}{os.pathsep}{REPOSITORY / 'tests'}",
        },
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    # What Python tries out in the folder of temporary files is gone again.
    result["written"] = [p for p in result["written"] if not p.startswith(str(passing))]
    assert result == {"written": [], "network": [], "programs": []}
    assert [list(place.iterdir()) for place in (home, work)] == [[], []]
    left = {path.name.partition("_")[0] for path in passing.iterdir()}
    assert left <= {"torchinductor"}  # torch makes it when its optimisers are imported
    assert {path.name for path in folder.iterdir()} >= {
        "journal", "memory", "model.skops", "report.html", "weights.safetensors"
    }  # fmt: skip


class TestDependencies:
    """Every dependency has a lower bound, and the suite is run with exactly these."""

    @pytest.fixture
    def bounds(self):
        project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
        extras = project["optional-dependencies"]
        asked = [*project["dependencies"], *extras.get("test", [])]
        for name, needed in extras.items():
            if name not in ("docs", "dev"):
                asked += needed
        result = {}
        for requirement in asked:
            if requirement.startswith("hanrock-sk["):
                continue
            parts = re.fullmatch(
                r"([\w-]+)(?:\[[\w,-]+\])?>=([\d.]+)(?:;.+)?", requirement
            )
            assert parts, f"{requirement} has no lower bound"
            assert result.setdefault(parts[1], parts[2]) == parts[2]
        return result

    def test_the_lowest_versions_are_those_tested(self, bounds):
        lines = (REPOSITORY / "constraints-lowest.txt").read_text().splitlines()
        pinned = dict(line.split("==") for line in lines if not line.startswith("#"))
        assert {name: release(v) for name, v in bounds.items()} == {
            name: release(version)
            for name, version in pinned.items()
            if name != "distributed"  # comes with dask, of the same version
        }


def release(version):
    """A version without the zeros at its end."""
    return re.sub(r"(\.0)+$", "", version)
