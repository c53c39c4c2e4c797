"""The library for this processor, and the one for any."""

from __future__ import annotations

import pytest
import torch

from hanrock_sk.model.native import loading
from hanrock_sk.model.ops.kernel_table import forget_choices


def forget():
    loading.compiled.cache_clear()
    loading.library_is_slower.cache_clear()
    loading.function.cache_clear()
    forget_choices()


@pytest.fixture(params=["this processor", "any processor"])
def each_library(request, compiled_steps, monkeypatch):
    """Load the one, then the other."""
    if request.param == "any processor":
        monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "DEFAULT")
    forget()
    yield
    forget()
