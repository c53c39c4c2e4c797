"""What operations are given: the same of every library, and vectors of an encoder."""

from __future__ import annotations

import inspect

import pytest
import torch

from hanrock_sk.model.ops import kernel_table as table
from hanrock_sk.model.ops import signatures
from hanrock_sk.model.ops.signatures import Given

IMPLEMENTATIONS = [
    pytest.param(line.name, operation, id=f"{line.name}_{operation}")
    for line in table.TABLE
    for operation in line.operations
]


@pytest.mark.parametrize(("library", "operation"), IMPLEMENTATIONS)
def test_every_kernel_has_the_signature_of_its_operation(library, operation):
    """Parameters by name, as callers may give them."""
    module = pytest.importorskip(f"hanrock_sk.model.ops.{library}_{operation}")
    protocol = getattr(signatures, f"{operation.capitalize()}Kernels")
    functions = {name for name in vars(protocol) if name.startswith("run")}
    for name in functions:
        expected = list(inspect.signature(getattr(protocol, name)).parameters)[1:]
        found = list(inspect.signature(getattr(module, name)).parameters)
        assert found == expected, name


def test_vectors_are_standardised_and_none_stays_none():
    """A vector that is 0 in one place alone is one."""
    vectors = torch.tensor([[3.0, 0.0], [0.0, 0.0], [1.0, -6.0]])
    mean, spread = torch.tensor([1.0, -2.0]), torch.tensor([2.0, 4.0])
    given = Given(vectors, mean, spread, torch.arange(3))
    assert given.standardised().tolist() == [[1, 0.5], [0, 0], [0, -1]]
