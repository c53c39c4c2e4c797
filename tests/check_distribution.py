"""Install what was built in an empty environment, and use it.

From a clone, after ``python -m build``::

    python tests/check_distribution.py dist

The wheel was made from the source distribution, so this tries both.
"""

from __future__ import annotations

import argparse
import subprocess
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
IN_SOURCE = (
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "build_native.py",
    "docs/conf.py",
    "tests/conftest.py",
)

USE = """
import sys, time
began = time.perf_counter()
import hanrock_sk
seconds = time.perf_counter() - began
assert "site-packages" in hanrock_sk.__file__, hanrock_sk.__file__
assert "torch" not in sys.modules, "torch was imported before it was needed"
assert seconds < 1, f"import hanrock_sk took {seconds:.2f} s"
from hanrock_sk import AuxiliaryTargets, AuxiliaryWeights, MonahNarrator, Timings
assert "torch" not in sys.modules, "torch was imported by the steps before the model"
from hanrock_sk import HANRockClassifier
texts = ["yes", "no", "oh yes", "no no", "yes", "no"]
model = HANRockClassifier(
    word_gru=4, pri_gru=4, attention_units=4, max_epochs=1, min_count=1, device="cpu"
).fit(texts, ["good", "bad"] * 3)
from hanrock_sk import explain
assert explain.report(model, texts).html.startswith("<!doctype html>")
print(f"hanrock_sk {hanrock_sk.__version__} imports in {seconds:.3f} s, and works")
"""


def check_files(wheel: Path, source: Path) -> None:
    """Check that each file has what it should, and nothing else."""
    package = {
        path.relative_to(REPOSITORY).as_posix()
        for path in (REPOSITORY / "hanrock_sk").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as packed:
        names = {name for name in packed.namelist() if ".dist-info/" not in name}
    if names != package:
        raise SystemExit(f"{wheel.name} differs in {sorted(names ^ package)}.")
    with tarfile.open(source) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    written = {name for name in package if not name.endswith(".so")}
    missing = ({*IN_SOURCE} | written) - names
    if missing:
        raise SystemExit(f"{source.name} lacks {sorted(missing)}.")


def only(folder: Path, pattern: str) -> Path:
    """Return the one file of that kind."""
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise SystemExit(f"{folder} should hold one {pattern}, not {len(found)}.")
    return found[0].resolve()


def main() -> None:
    """Check the files, install the wheel, use it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where python -m build wrote to")
    folder = parser.parse_args().folder
    wheel = only(folder, "*.whl")
    check_files(wheel, only(folder, "*.tar.gz"))
    with tempfile.TemporaryDirectory() as empty:
        venv.create(empty, with_pip=True)
        python = Path(empty, "bin", "python")
        constraints = REPOSITORY / "constraints.txt"
        install = [python, "-m", "pip", "install", "-q", "-c", constraints, wheel]
        subprocess.run(install, check=True, cwd=empty)
        # -I: neither the folder nor PYTHONPATH may lend the package.
        subprocess.run([python, "-I", "-c", USE], check=True, cwd=empty)


if __name__ == "__main__":
    main()
