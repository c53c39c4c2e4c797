"""Fixtures shared by all tests."""

from __future__ import annotations

import importlib
import os
from pathlib import Path

import pytest

# Before torch is loaded: networks as small as the tests' lose more by handing work to
# threads than they win, and far more where other processes want the same cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(params=["pandas", "polars"])
def frame(request):
    """A constructor of DataFrames, once for each library."""
    library = importlib.import_module(request.param)
    return library.DataFrame


@pytest.fixture(scope="session")
def data_root() -> Path:
    """The folder of real corpora: ``$HANROCK_DATA``, or ``../shared/data``."""
    root = os.environ.get("HANROCK_DATA") or REPOSITORY.parent / "shared" / "data"
    root = Path(root)
    if not root.is_dir():
        pytest.skip(f"real corpora not found: set HANROCK_DATA (looked in {root})")
    return root
