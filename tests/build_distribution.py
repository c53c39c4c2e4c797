"""Build what is released: the source, wheels with compiled kernels, a pure wheel.

From a clone, with the extra ``dev``::

    python tests/build_distribution.py dist

On Linux the wheel of this machine gets the name of the oldest system that it runs on
(``auditwheel``). OpenMP is not put into it: the kernels use torch's. The pure wheel is
what pip takes on all other systems. Those of macOS, Windows and aarch64 are built by
``.github/workflows/wheels.yml``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


def build(folder: Path, *kinds: str, native: str) -> None:
    """Run ``python -m build``; `native` says whether kernels are compiled."""
    command = [sys.executable, "-m", "build", *kinds, "--outdir", str(folder)]
    environment = {**os.environ, "HANROCK_SK_NATIVE": native}
    subprocess.run(command, check=True, cwd=REPOSITORY, env=environment)


def repair(folder: Path) -> None:
    """Give wheels of this Linux the name of the oldest system that they run on."""
    for wheel in folder.glob("*-linux_*.whl"):
        command = [sys.executable, "-m", "auditwheel", "repair", str(wheel)]
        subprocess.run([*command, "--wheel-dir", str(folder)], check=True)
        wheel.unlink()


def main() -> None:
    """Build them into a folder that is empty or new."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="where to write")
    folder = parser.parse_args().folder.resolve()
    if folder.is_dir() and any(folder.iterdir()):
        raise SystemExit(f"{folder} is not empty; what is in it would be released too.")
    # The wheel is built from the source distribution, so that this is tried, too.
    build(folder, native="1")
    if sys.platform == "linux":
        repair(folder)
    build(folder, "--wheel", native="0")
    print("\n".join(sorted(file.name for file in folder.iterdir())))


if __name__ == "__main__":
    main()
