"""The engine has its kernels more than once: compiled, and of torch's operations."""

from __future__ import annotations

import pytest
import torch

from hanrock_sk.model.native import loading
from hanrock_sk.model.ops import kernel_table as table
from hanrock_sk.model.ops.kernel_table import REAL, Library, forget_choices, only


@pytest.fixture
def compiled_steps():
    """Skip where the package was installed without a compiler."""
    if loading.compiled() is None:
        pytest.skip("no compiled kernels: install the package with a C++ compiler")


@pytest.fixture(params=["compiled", "eager"])
def steps(request):
    """Once with the one, once with the other."""
    if request.param == "compiled":
        request.getfixturevalue("compiled_steps")
    with only(request.param, "eager"):
        yield request.param


@pytest.fixture
def triton_kernels(monkeypatch):
    """Choose Triton's kernels on the CPU, where its interpreter runs them."""
    pytest.importorskip("triton", "3.9", reason="needs Triton 3.9 or later")
    if torch.cuda.is_available():
        pytest.skip("this process compiles Triton's kernels: see tests/device")
    line = Library("triton", ("recurrence", "attention", "words"), ("cpu",), REAL)
    monkeypatch.setattr(table, "TABLE", [line, *table.TABLE])
    forget_choices()
    yield
    monkeypatch.undo()
    forget_choices()
