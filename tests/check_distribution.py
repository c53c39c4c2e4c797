"""Install what was built in an empty environment without a compiler, and use it.

From a clone, after ``python tests/build_distribution.py dist``::

    python tests/check_distribution.py dist

Every wheel has to hold the package's files and to run the README's Python block as it
stands; one for a platform has to use its compiled kernels. It says how long that took.
The first brings what it needs; the others take its place, one after the other.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import time
import venv
import zipfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
IN_SOURCE = (
    "CHANGELOG.md",
    "CITATION.cff",
    "LICENSE",
    "README.md",
    "build_native.py",
    "docs/conf.py",
    "tests/conftest.py",
)
COMPILED = "hanrock_sk/model/native/compiled/"

USE = """
import sys, time
began = time.perf_counter()
import hanrock_sk
seconds = time.perf_counter() - began
assert "site-packages" in hanrock_sk.__file__, hanrock_sk.__file__
assert "torch" not in sys.modules, "torch was imported before it was needed"
from hanrock_sk import AuxiliaryTargets, AuxiliaryWeights, MonahNarrator, Timings
assert "torch" not in sys.modules, "torch was imported by the steps before the model"
from hanrock_sk import HANRockClassifier
texts = ["yes", "no", "oh yes", "no no", "yes", "no"]
model = HANRockClassifier(
    word_gru=4, pri_gru=4, attention_units=4, max_epochs=1, min_count=1, device="cpu"
).fit(texts, ["good", "bad"] * 3)
from hanrock_sk import explain
assert explain.report(model, texts).html.startswith("<!doctype html>")
hanrock_sk.show_versions()
print(f"hanrock_sk {hanrock_sk.__version__} imports in {seconds:.3f} s, and works")
"""

README_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def written() -> set[str]:
    """Name the package's files in the clone, but for what was compiled there."""
    paths = (REPOSITORY / "hanrock_sk").rglob("*")
    files = [p for p in paths if p.is_file() and "__pycache__" not in p.parts]
    names = {path.relative_to(REPOSITORY).as_posix() for path in files}
    return {name for name in names if not name.startswith(COMPILED)}


def check_wheel(wheel: Path) -> bool:
    """Check that it has all files and no others; return whether kernels are in it."""
    package = written()
    with zipfile.ZipFile(wheel) as packed:
        names = {name for name in packed.namelist() if not name.endswith("/")}
        record = f"{COMPILED}built_with.json"
        compiled = record in names
        if compiled:
            processors = json.loads(packed.read(record))["processors"]
            package |= {record} | {f"{COMPILED}{name}.so" for name in processors}
    names = {name for name in names if ".dist-info/" not in name}
    if compiled == wheel.name.endswith("-any.whl"):
        raise SystemExit(f"{wheel.name} is named for what it is not.")
    if names != package:
        raise SystemExit(f"{wheel.name} differs in {sorted(names ^ package)}.")
    return compiled


def check_source(source: Path) -> None:
    """Check that the package, its tests and its documentation can be had from it."""
    with tarfile.open(source) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    missing = ({*IN_SOURCE} | written()) - names
    if missing:
        raise SystemExit(f"{source.name} lacks {sorted(missing)}.")


def use(wheel: Path, python: Path, *, compiled: bool, anew: bool) -> None:
    """Install a wheel where there is no compiler, and run what the README shows.

    Where another one is installed (not `anew`) it takes its place, and what it needs
    has to be there.
    """
    none = {"CC": "/bin/false", "CXX": "/bin/false", "PATH": str(python.parent)}
    environment = {**os.environ, **none}
    pip = [python, "-m", "pip"]
    constraints = REPOSITORY / "constraints.txt"
    instead = [] if anew else ["--force-reinstall", "--no-deps"]
    install = [*pip, "install", "-q", "-c", constraints, *instead, f"{wheel}[pandas]"]
    with tempfile.TemporaryDirectory() as empty:
        began = time.perf_counter()
        subprocess.run(install, check=True, cwd=empty, env=environment)
        seconds = time.perf_counter() - began
        subprocess.run([*pip, "check"], check=True, cwd=empty, env=environment)
        # -I: neither the folder nor PYTHONPATH may lend the package.
        run = [python, "-I", "-c"]
        told = subprocess.run(
            [*run, USE], check=True, cwd=empty, env=environment, capture_output=True
        ).stdout.decode()
        print(told)
        if compiled != ("Engine: compiled kernels" in told):
            raise SystemExit(f"{wheel.name} does not use what it should.")
        for file in (REPOSITORY / "docs" / "data").iterdir():
            shutil.copy(file, empty)
        began = time.perf_counter()
        for block in README_BLOCK.findall((REPOSITORY / "README.md").read_text()):
            subprocess.run([*run, block], check=True, cwd=empty, env=environment)
        print(
            f"{wheel.name}: {seconds:.0f} s to install, "
            f"{time.perf_counter() - began:.0f} s for the README's block"
        )


def main() -> None:
    """Check the files, install the wheels, use them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where they are")
    folder = parser.parse_args().folder
    wheels = sorted(folder.resolve().glob("*.whl"))
    sources = list(folder.resolve().glob("*.tar.gz"))
    if not wheels or len(sources) != 1:
        raise SystemExit(f"{folder} should hold wheels and one source distribution.")
    check_source(sources[0])
    with tempfile.TemporaryDirectory() as empty:
        venv.create(empty, with_pip=True)
        python = Path(empty, "bin", "python")
        for number, wheel in enumerate(wheels):
            use(wheel, python, compiled=check_wheel(wheel), anew=number == 0)


if __name__ == "__main__":
    main()
