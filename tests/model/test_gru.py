"""Bidirectional GRUs side by side: parameters, and products of their inputs."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn

from hanrock_sk.model.gru import (
    BidirectionalGRU,
    StateWeights,
    _InputProduct,
    input_product,
)
from hanrock_sk.model.packing import Packing
from hanrock_sk.model.recurrence import recurrence


def drawn_gru(groups, inputs, hidden, seed=0):
    torch.manual_seed(seed)
    gru = BidirectionalGRU(groups, inputs, hidden).double()
    with torch.no_grad():  # biases too
        for parameter in gru.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return gru


def test_starts_from_glorot_and_orthogonal_matrices():
    torch.manual_seed(1)
    gru = BidirectionalGRU(groups=2, inputs=50, hidden=20)
    bound = math.sqrt(6 / 70)
    assert 0.95 * bound < gru.weight_input.abs().max().item() <= bound
    assert (gru.bias == 0).all()
    assert (gru.bias_new == 0).all()
    gates = [
        gate
        for matrix in gru.weight_state.flatten(0, 1)
        for gate in matrix.split(20, dim=1)
    ]
    assert len(gates) == 2 * 2 * 3
    for gate in gates:
        torch.testing.assert_close(gate @ gate.t(), torch.eye(20), rtol=0, atol=1e-5)
    assert not torch.equal(gates[0], gates[1])


@pytest.mark.parametrize("hidden", [1, 3])
def test_is_the_gru_of_torch(hidden):
    """Both directions of two GRUs, over sequences of different lengths."""
    lengths, inputs = [4, 2, 1], 3
    grus = [drawn_gru(1, inputs, hidden, seed) for seed in (0, 1)]
    packing = Packing.of(np.array(lengths))
    words = torch.randn(sum(lengths), inputs, dtype=torch.float64)
    gates = input_product(torch.stack([words, words[packing.mirror]]), grus)
    weight, bias_new = StateWeights.side_by_side(grus)
    states = recurrence(gates.flatten(1, 2), weight, bias_new, None, packing)
    states = states.unflatten(1, (2, len(grus)))
    for group, gru in enumerate(grus):
        twin = nn.GRU(inputs, hidden, batch_first=True, bidirectional=True).double()
        with torch.no_grad():
            for d, suffix in enumerate(["", "_reverse"]):
                getattr(twin, f"weight_ih_l0{suffix}").copy_(gru.weight_input[d, 0].t())
                getattr(twin, f"weight_hh_l0{suffix}").copy_(gru.weight_state[d, 0].t())
                getattr(twin, f"bias_ih_l0{suffix}").copy_(gru.bias[d, 0])
                bias = torch.zeros(3 * hidden, dtype=torch.float64)
                bias[2 * hidden :] = gru.bias_new[d, 0]
                getattr(twin, f"bias_hh_l0{suffix}").copy_(bias)
        for sequence in range(len(lengths)):
            rows = packing.sequence == sequence
            expected = twin(words[rows].unsqueeze(0))[0][0]
            found = torch.cat(
                [states[rows, 0, group], states[rows, 1, group].flip(0)], dim=-1
            )
            torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)


def test_side_by_side_puts_the_groups_of_a_direction_together():
    one, two = drawn_gru(1, 3, 2, seed=1), drawn_gru(2, 3, 2, seed=2)
    weight, bias_new = StateWeights.side_by_side([one, two])
    for d in range(2):
        for at, (gru, group) in enumerate([(one, 0), (two, 0), (two, 1)]):
            assert torch.equal(weight[3 * d + at], gru.weight_state[d, group])
            assert torch.equal(bias_new[3 * d + at], gru.bias_new[d, group])


@pytest.mark.parametrize("n_grus", [1, 2, 3])
def test_input_product_sends_the_gradient_of_the_first_gru_alone(n_grus):
    grus = [drawn_gru(1, 4, 2, seed) for seed in range(n_grus)]
    inputs = torch.randn(2, 5, 4, dtype=torch.float64, requires_grad=True)
    found = input_product(inputs, grus)
    expected = torch.stack(
        [
            torch.stack(
                [
                    (inputs if g == 0 else inputs.detach())[d] @ gru.weight_input[d, 0]
                    + gru.bias[d, 0]
                    for g, gru in enumerate(grus)
                ],
                dim=1,
            )
            for d in range(2)
        ],
        dim=1,
    )
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)
    factor = torch.randn_like(expected)
    given = [inputs] + [t for gru in grus for t in (gru.weight_input, gru.bias)]
    of_ours = torch.autograd.grad((found * factor).sum(), given)
    of_autograd = torch.autograd.grad((expected * factor).sum(), given)
    for ours, theirs in zip(of_ours, of_autograd, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)


def test_gradcheck():
    gru = drawn_gru(1, 3, 2)
    inputs = torch.randn(2, 4, 3, dtype=torch.float64, requires_grad=True)

    def product(inputs, weight, bias):
        return _InputProduct.apply(inputs, weight, bias)

    assert torch.autograd.gradcheck(product, (inputs, gru.weight_input, gru.bias))


def test_inputs_that_need_no_gradient():
    gru = drawn_gru(1, 3, 2)
    inputs = torch.randn(2, 4, 3, dtype=torch.float64)
    input_product(inputs, [gru]).sum().backward()
    expected = inputs.sum(1)[:, None, :, None].expand_as(gru.weight_input)
    torch.testing.assert_close(gru.weight_input.grad, expected)
    assert inputs.grad is None
