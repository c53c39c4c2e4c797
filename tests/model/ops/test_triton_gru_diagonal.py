"""Triton's steps of units that do not read each other, against single steps.

`test_triton_recurrence.py` compares them in blocks, beside those of other units.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch
from naive_recurrence import assert_same, naive_recurrence, random_inputs, run

from hanrock_sk.model.layout.packing import Packing

pytest.importorskip(
    "hanrock_sk.model.ops.triton_gru_diagonal", reason="Triton is not installed"
)
pytestmark = pytest.mark.usefixtures("triton_kernels")


@pytest.mark.parametrize("masked", [False, True], ids=["no mask", "mask"])
def test_units_that_do_not_read_each_other(masked):
    lengths = [4, 2, 2, 1]
    gates, matrix, bias_new, mask = random_inputs(lengths, masked)
    diagonals = [gate.diagonal(dim1=1, dim2=2) for gate in matrix.split(3, dim=2)]
    weight = torch.cat(diagonals, dim=1).detach().requires_grad_()
    alone = torch.cat([torch.diag_embed(gate) for gate in weight.split(3, dim=1)], 2)
    states = run(gates, weight, bias_new, mask, Packing.of(np.array(lengths)))
    expected = naive_recurrence(gates, alone, bias_new, mask, lengths)
    assert_same(states, expected, (gates, weight, bias_new))
