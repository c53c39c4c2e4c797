"""The engine has its kernels more than once: compiled, and of torch's operations."""

from __future__ import annotations

import pytest

from hanrock_sk.model.native import loading
from hanrock_sk.model.ops.table import only


@pytest.fixture
def compiled_steps():
    """Skip where the package was installed without a compiler."""
    if loading.compiled() is None:
        pytest.skip("no compiled steps: install the package with a C++ compiler")


@pytest.fixture(params=["compiled", "eager"])
def steps(request):
    """Once with the one, once with the other."""
    if request.param == "compiled":
        request.getfixturevalue("compiled_steps")
    with only(request.param, "eager"):
        yield request.param
