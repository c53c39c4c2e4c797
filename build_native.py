"""Compile the engine's kernels when the package is built.

Where there is no compiler, or it fails, the package is built without them: the engine
then uses torch's operations instead, and is slower. ``HANROCK_SK_NATIVE=0`` does
without on purpose, for a wheel of Python alone; with ``HANROCK_SK_NATIVE=1`` a build
without them fails, so that no such wheel is released by mistake.
"""

from __future__ import annotations

import json
import os
import platform
import runpy
import subprocess
import sys
import sysconfig
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = Path("hanrock_sk", "model", "native")

FLAGS = ["-std=c++17", "-O3", "-fPIC", "-fno-math-errno"]
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


def link_flags() -> list[str]:
    """How to link: nothing of OpenMP, whose functions are torch's.

    The kernels share torch's threads. Torch's wheels bring an OpenMP library, under
    names that differ from version to version, and load it for the whole process; a
    library named here would be looked for on the system and be a second one.
    """
    return (
        ["-shared", "-undefined", "dynamic_lookup"]
        if sys.platform == "darwin"
        else ["-shared"]
    )


def compile_library(folder: Path, made: Path, flags: list[str]) -> str:
    """Compile one library; return how its loops are shared among threads.

    Raises
    ------
    OSError, subprocess.CalledProcessError
        If there is no compiler, or it fails.
    """
    compiler = os.environ.get("CXX", "c++")
    source = f'-DSOURCE="{source_fingerprint(folder)}"'
    files = [str(file.resolve()) for file in sorted(folder.glob("*.cpp"))]
    with tempfile.TemporaryDirectory() as objects:
        for threads in THREADS:
            command = [compiler, *FLAGS, *flags, threads, source, "-c", *files]
            done = subprocess.run(command, capture_output=True, text=True, cwd=objects)
            if done.returncode == 0:
                break
        done.check_returncode()
        parts = sorted(map(str, Path(objects).iterdir()))
        command = [compiler, *link_flags(), *parts, "-o", str(made.resolve())]
        subprocess.run(command, capture_output=True, text=True, check=True)
    return threads


def compile_steps(folder: Path) -> list[Path]:
    """Compile a library for each kind of processor; return all files that were made.

    Raises
    ------
    OSError, subprocess.CalledProcessError
        If there is no compiler, or it fails.
    """
    (folder / "compiled").mkdir(exist_ok=True)
    libraries = [folder / "compiled" / f"{name}.so" for name in PROCESSORS]
    # Each is a compiler's process, for which a thread waits.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        compiling = partial(compile_library, folder)
        threads, *_ = pool.map(compiling, libraries, PROCESSORS.values())
    compiler = os.environ.get("CXX", "c++")
    told = subprocess.run([compiler, "--version"], capture_output=True, text=True)
    record = folder / "compiled" / "built_with.json"
    facts = {
        "compiler": told.stdout.partition("\n")[0],
        "flags": " ".join([*FLAGS, threads]),
        "platform": sysconfig.get_platform(),
        "processors": list(PROCESSORS),
    }
    record.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    return [*libraries, record]


def wheel_platform() -> str:
    """Name the system and processor that was compiled for, as wheels do.

    Python for macOS may run on both of its processors; the kernels are for this one,
    whose first system was macOS 11.
    """
    name = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    if name.startswith("macosx") and name.endswith("universal2"):
        name = f"macosx_11_0_{platform.machine()}"
    return name


class BuildHook(BuildHookInterface):
    """Put the compiled kernels into the wheel, or beside the source if editable."""

    def initialize(self, version: str, build_data: dict) -> None:
        """Compile, and say so in the wheel's name."""
        wanted = os.environ.get("HANROCK_SK_NATIVE")
        if wanted == "0":
            return
        root = Path(self.root)
        try:
            made = compile_steps(root / FOLDER)
        except (OSError, subprocess.CalledProcessError) as error:
            told = getattr(error, "stderr", None) or error
            message = f"hanrock-sk is built without compiled kernels: {told}"
            if wanted == "1":
                raise RuntimeError(
                    f"{message}\nHANROCK_SK_NATIVE=1 asks for them; without it, they "
                    "are left out."
                ) from error
            print(message, file=sys.stderr)
            return
        build_data["artifacts"] += [
            f"/{file.relative_to(root).as_posix()}" for file in made
        ]
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{wheel_platform()}"
