"""Compile the engine's recurrence and attention when the package is built.

Where there is no compiler, or it fails, the package is built without them: the engine
then uses torch's operations instead, and is slower. ``HANROCK_SK_NATIVE=0`` does
without on purpose, for a wheel of Python alone.
"""

from __future__ import annotations

import os
import platform
import runpy
import subprocess
import sys
import sysconfig
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = Path("hanrock_sk", "model", "native")

FLAGS = ["-std=c++17", "-O3", "-fPIC", "-shared", "-fno-math-errno"]
FLAGS += ["-fno-trapping-math", "-fvisibility-inlines-hidden"]

THREADS = ["-fopenmp", "-fopenmp-simd"]  # the second where a compiler has no threads

# The library that fits the processor is chosen when it is loaded.
PROCESSORS: dict[str, list[str]] = {"default": []}
if platform.machine() in {"x86_64", "AMD64"}:
    PROCESSORS["avx2"] = ["-mavx2", "-mfma"]
    PROCESSORS["avx512"] = ["-mavx512f", "-mavx512vl", "-mavx512dq", "-mavx512bw"]
    PROCESSORS["avx512"] += ["-mfma", "-mprefer-vector-width=512"]


def source_fingerprint(folder: Path) -> str:
    """Tell the C++ files of a folder from any others; as `native/loading.py` does."""
    base = Path(__file__).parent / "hanrock_sk" / "_base"
    fingerprint = runpy.run_path(str(base / "fingerprint.py"))["fingerprint"]
    return fingerprint(*sorted([*folder.glob("*.cpp"), *folder.glob("*.h")]))


def compile_steps(folder: Path) -> list[Path]:
    """Compile a library for each kind of processor; return their paths.

    Raises
    ------
    OSError, subprocess.CalledProcessError
        If there is no compiler, or it fails.
    """
    compiler = os.environ.get("CXX", "c++")
    source = f'-DSOURCE="{source_fingerprint(folder)}"'
    (folder / "compiled").mkdir(exist_ok=True)
    libraries = []
    for name, flags in PROCESSORS.items():
        made = folder / "compiled" / f"{name}.so"
        for threads in THREADS:
            command = [compiler, *FLAGS, *flags, threads, source]
            command += [*sorted(map(str, folder.glob("*.cpp"))), "-o", str(made)]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode == 0:
                break
        done.check_returncode()
        libraries.append(made)
    return libraries


class BuildHook(BuildHookInterface):
    """Put the compiled steps into the wheel, or beside the source if it is editable."""

    def initialize(self, version: str, build_data: dict) -> None:
        """Compile, and say so in the wheel's name."""
        if os.environ.get("HANROCK_SK_NATIVE") == "0":
            return
        root = Path(self.root)
        try:
            libraries = compile_steps(root / FOLDER)
        except (OSError, subprocess.CalledProcessError) as error:
            told = getattr(error, "stderr", None) or error
            print(
                f"hanrock-sk is built without compiled steps: {told}", file=sys.stderr
            )
            return
        build_data["artifacts"] += [
            f"/{library.relative_to(root).as_posix()}" for library in libraries
        ]
        name = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{name}"
