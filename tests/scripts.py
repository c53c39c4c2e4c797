"""Scripts run as a reader would run them: a process and a folder of their own.

Most of what a script of a few talkturns costs is loading torch and the like. They are
loaded once, in a process that does nothing else, and every script is a fork of it.
"""

from __future__ import annotations

import builtins
import functools
import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
import traceback
import types
import warnings
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import forkserver
from pathlib import Path

from joblib.externals.loky.backend import context as loky
from pages import REPOSITORY

PRELOADED = ["torch", "pandas", "polars", "scipy.stats", "skorch", "transformers"]
PRELOADED += ["sklearn.ensemble", "sklearn.feature_extraction.text"]
PRELOADED += ["sklearn.linear_model", "sklearn.model_selection", "sklearn.pipeline"]
PRELOADED += ["torch._dynamo"]  # the first optimiser loads it: as long again as torch
# The first encoder loads these: twice as long again.
PRELOADED += ["transformers.models.auto.modeling_auto"]
PRELOADED += ["transformers.models.auto.tokenization_auto"]
PRELOADED += ["transformers.models.bert.modeling_bert"]
"""Others' packages alone: ours has to be the one that stands here."""

SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(PRELOADED)


@contextmanager
def forked_workers():
    """Processes of joblib and dask, too, are forks of the one that has loaded torch."""
    forkserver.ensure_running()  # before dask says what else it should load
    before = loky.get_context().get_start_method()
    loky.set_start_method("forkserver", force=True)
    try:
        with ExitStack() as stack:
            with suppress(ModuleNotFoundError):  # not every test of joblib needs dask
                import dask

                method = {"distributed.worker.multiprocessing-method": "forkserver"}
                stack.enter_context(dask.config.set(method))
            yield
    finally:
        loky.set_start_method(before, force=True)


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
    """Run a script, or code after ``-c``, in a folder; options before it are ``-W``."""
    words = [str(word) for word in words]
    with tempfile.TemporaryDirectory() as said:
        files = [os.path.join(said, name) for name in ("stdout", "stderr")]
        process = SERVER.Process(
            target=_play, args=(words, str(folder), environment(), files)
        )
        process.start()
        process.join()
        stdout, stderr = (Path(file).read_text("utf-8") for file in files)
    return subprocess.CompletedProcess(words, process.exitcode, stdout, stderr)


def _play(words, folder, environment, files):
    """Be a Python process that was started with these words."""
    for number, file in enumerate(files, 1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), number)
    os.environ.update(environment)
    os.chdir(folder)
    # Workers that the script asks joblib for come from the server that this one is of,
    # whose address it knows: it would start one of its own, as it is not the parent.
    loky.set_start_method("forkserver", force=True)
    forkserver._forkserver.ensure_running = lambda: None
    while words[0] == "-W":
        action, _, category = words[1].partition("::")
        warnings.filterwarnings(
            action, category=getattr(builtins, category or "Warning")
        )
        words = words[2:]
    is_code = words[0] == "-c"
    script = "-c" if is_code else words[0]
    paths = environment["PYTHONPATH"].split(os.pathsep)
    sys.path[:] = [str(Path(script).parent), *paths, *sys.path]
    sys.argv[:] = [script, *words[2:]] if is_code else words
    code = 0
    try:
        if is_code:
            sys.modules["__main__"] = main = types.ModuleType("__main__")
            exec(compile(words[1], "<string>", "exec"), vars(main))
        else:
            runpy.run_path(script, run_name="__main__")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if end.code is not None and not isinstance(end.code, int):
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        code = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)
