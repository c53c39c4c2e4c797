"""The table of kernels: who computes what, by device and dtype."""

from __future__ import annotations

import sys
import types

import pytest
import torch

from hanrock_sk.model.ops import kernel_table as table
from hanrock_sk.model.ops.kernel_table import (
    Library,
    attention_kernels,
    only,
    product_kernels,
    recurrence_kernels,
    words_kernels,
)

CHOOSERS = {
    "recurrence": recurrence_kernels,
    "attention": attention_kernels,
    "words": words_kernels,
    "product": product_kernels,
}
SINGLE = torch.zeros(2)


def chosen(*tensors, operation="recurrence"):
    return CHOOSERS[operation](*tensors).__name__.rpartition(".")[2]


def test_compiled_code_where_there_is_any(compiled_steps):
    for operation in ("recurrence", "attention", "words"):
        assert chosen(SINGLE, None, SINGLE, operation=operation) == (
            f"compiled_{operation}"
        )
        assert chosen(SINGLE.double(), operation=operation) == f"compiled_{operation}"


@pytest.mark.parametrize("operation", CHOOSERS)
def test_the_rest_is_left_to_torch(operation):
    eager = f"eager_{operation}"
    assert chosen(SINGLE.half(), operation=operation) == eager
    assert chosen(SINGLE, SINGLE.double(), operation=operation) == eager
    assert chosen(SINGLE.to("meta"), operation=operation) == eager
    assert chosen(SINGLE, SINGLE.to("meta"), operation=operation) == eager
    with only("eager"):
        assert chosen(SINGLE, operation=operation) == eager


def test_no_library_at_all():
    with only(), pytest.raises(LookupError, match="recurrence on cpu"):
        recurrence_kernels(SINGLE)


@pytest.fixture
def metal_recurrence(monkeypatch):
    """A library of one operation for one device: a file and a line."""
    module = types.ModuleType("hanrock_sk.model.ops.metal_recurrence")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    line = Library("metal", ("recurrence",), ("meta",), (torch.float32,))
    monkeypatch.setattr(table, "TABLE", [line, *table.TABLE])
    table.forget_choices()
    yield module
    monkeypatch.undo()
    table.forget_choices()


def test_another_device_is_one_file_and_one_line(metal_recurrence):
    there = SINGLE.to("meta")
    assert recurrence_kernels(there) is metal_recurrence
    assert chosen(there.double()) == "eager_recurrence"
    assert chosen(there, operation="attention") == "eager_attention"
    assert recurrence_kernels(SINGLE) is not metal_recurrence
