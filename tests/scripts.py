"""Scripts run as a reader would run them: a process and a folder of their own."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from pathlib import Path

from pages import REPOSITORY


@functools.cache
def environment():
    """The package as it stands here, one thread, no windows."""
    paths = [str(REPOSITORY), os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        "MPLBACKEND": "Agg",
        "OMP_NUM_THREADS": "1",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }


def run(*words, folder):
    """Run a script as a reader would, but in a folder of its own."""
    return subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
