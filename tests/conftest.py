"""Fixtures shared by all tests."""

from __future__ import annotations

import gc
import os
import random
from pathlib import Path

import numpy as np
import pytest

REPOSITORY = Path(__file__).resolve().parent.parent

# Workers of pytest-xdist share the cores: more threads than cores wait for one another.
# Before torch is loaded; tests of several threads ask for them.
n_workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
if n_workers > 1:
    n_threads = max(1, (os.cpu_count() or 1) // n_workers)
    os.environ.setdefault("OMP_NUM_THREADS", str(n_threads))


def pytest_ignore_collect(collection_path):
    """Of helpers and benchmarks only those with examples are collected.

    To look for examples every worker would load each of them, a second time and under
    another name; some are scripts that load what must not be loaded here.
    """
    if collection_path.suffix != ".py" or collection_path.match("test_*.py"):
        return None
    return ">>>" not in collection_path.read_text("utf-8") or None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Seed what ``random_state=None`` draws from, before any fixture of the test.

    A test then fails always or never. ``HANROCK_TESTS_SEED`` takes another seed, to
    find tests that hold for few of them.
    """
    seed = int(os.environ.get("HANROCK_TESTS_SEED", "0"))
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002, the generator of scikit-learn's None


def pytest_collection_finish():
    """Leave what was loaded for the tests out of every later collection of garbage.

    Otherwise an eighth of their time goes into looking through it.
    """
    gc.collect()
    gc.freeze()


def pytest_sessionfinish():
    """Plugins that end look for references to what they hold."""
    gc.unfreeze()


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


@pytest.fixture(scope="session")
def tiny_bert(tmp_path_factory) -> Path:
    """The folder of an encoder of a few thousand weights: 16 numbers a word."""
    pytest.importorskip("transformers")
    from tiny_encoders import save_tiny_bert

    return save_tiny_bert(tmp_path_factory.mktemp("tiny_bert"))


@pytest.fixture(params=["pandas", "polars"])
def live_talkturns(request):
    """Conversations to hear talkturn by talkturn, once for each library."""
    from hanrock_sk.datasets import make_conversations

    return make_conversations(
        n_conversations=8, n_talkturns=12, random_state=0, backend=request.param
    )
