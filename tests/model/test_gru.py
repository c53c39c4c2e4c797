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
    input_product,
    input_table,
)
from hanrock_sk.model.layout.packing import Packing
from hanrock_sk.model.layout.rows import with_ones
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


def twin_of(gru, group):
    """The `torch.nn.GRU` with the parameters of one group."""
    hidden = gru.hidden
    twin = nn.GRU(gru.inputs, hidden, batch_first=True, bidirectional=True).double()
    parameters = dict(twin.named_parameters())
    with torch.no_grad():
        for d, suffix in enumerate(["_l0", "_l0_reverse"]):
            parameters["weight_ih" + suffix].copy_(gru.weight_input[d, group].t())
            parameters["weight_hh" + suffix].copy_(gru.weight_state[d, group].t())
            parameters["bias_ih" + suffix].copy_(gru.bias[d, group])
            parameters["bias_hh" + suffix].zero_()
            parameters["bias_hh" + suffix][2 * hidden :] = gru.bias_new[d, group]
    return twin


@pytest.mark.parametrize("hidden", [1, 3])
def test_is_the_gru_of_torch(hidden):
    """Two GRUs in both directions, over sequences of different lengths."""
    lengths, inputs = [4, 2, 1], 3
    grus = [drawn_gru(1, inputs, hidden, seed) for seed in (1, 2)]
    packing = Packing.of(np.array(lengths))
    words = torch.randn(sum(lengths), inputs, dtype=torch.float64)
    gates = input_product(with_ones(torch.stack([words, words[packing.mirror]])), grus)
    weight, bias_new = StateWeights.side_by_side(grus)
    states = recurrence(gates.flatten(1, 2), weight, bias_new, None, packing)
    states = states.unflatten(1, (2, 2))
    for number, gru in enumerate(grus):
        twin = twin_of(gru, 0)
        for sequence in range(len(lengths)):
            rows = packing.sequence == sequence
            expected = twin(words[rows].unsqueeze(0))[0][0]
            found = torch.cat(
                [states[rows, 0, number], states[rows, 1, number].flip(0)], dim=-1
            )
            torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("groups", [[3], [1, 1], [1, 2, 3]])
def test_side_by_side_direction_comes_before_the_groups(groups):
    grus = [drawn_gru(count, 3, 2, seed) for seed, count in enumerate(groups)]
    joined = StateWeights.side_by_side(grus)
    for found, name in zip(joined, ("weight_state", "bias_new"), strict=True):
        expected = [
            getattr(gru, name)[d, group]
            for d in range(2)
            for gru in grus
            for group in range(gru.groups)
        ]
        assert torch.equal(found, torch.stack(expected))


@pytest.mark.parametrize("n_grus", [1, 2, 3])
def test_only_the_first_sends_its_gradient_to_the_inputs(n_grus):
    grus = [drawn_gru(1, 4, 2, seed) for seed in range(n_grus)]
    inputs = torch.randn(2, 5, 4, dtype=torch.float64, requires_grad=True)
    found = input_product(with_ones(inputs), grus)
    columns = []
    for number, gru in enumerate(grus):
        read = inputs if number == 0 else inputs.detach()
        both = [read[d] @ gru.weight_input[d, 0] + gru.bias[d, 0] for d in range(2)]
        columns.append(torch.stack(both, dim=1))
    expected = torch.stack(columns, dim=2)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)
    factor = torch.randn_like(expected)
    given = [inputs, *(p for gru in grus for p in (gru.weight_input, gru.bias))]
    for ours, theirs in zip(
        torch.autograd.grad((found * factor).sum(), given),
        torch.autograd.grad((expected * factor).sum(), given),
        strict=True,
    ):
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("trained", [0, 1, 3])
def test_columns_that_are_not_trained_get_no_gradient(trained):
    gru = drawn_gru(1, 4, 2)
    grads = []
    for columns in (trained, None):
        inputs = torch.randn(2, 5, 4, generator=torch.Generator().manual_seed(0))
        inputs = inputs.double().requires_grad_()
        product = input_product(with_ones(inputs), [gru], columns)
        given = [inputs, gru.weight_input, gru.bias]
        grads.append(torch.autograd.grad(product.square().sum(), given))
    (ours, *weights), (whole, *others) = grads
    torch.testing.assert_close(ours[..., :trained], whole[..., :trained])
    assert not ours[..., trained:].any()
    assert whole.all()
    assert all(map(torch.equal, weights, others))


def test_gradcheck():
    gru = drawn_gru(1, 3, 2)
    inputs = torch.randn(2, 4, 3, dtype=torch.float64, requires_grad=True)

    def product(inputs, weight, bias):
        given = BidirectionalGRU(1, 3, 2)
        del given.weight_input, given.bias
        given.weight_input, given.bias = weight, bias
        return input_product(with_ones(inputs), [given])

    assert torch.autograd.gradcheck(product, (inputs, gru.weight_input, gru.bias))


def test_inputs_that_need_no_gradient():
    gru = drawn_gru(1, 3, 2)
    inputs = torch.randn(2, 4, 3, dtype=torch.float64)
    input_product(with_ones(inputs), [gru]).sum().backward()
    expected = inputs.sum(1)[:, None, :, None].expand_as(gru.weight_input)
    torch.testing.assert_close(gru.weight_input.grad, expected)
    assert inputs.grad is None


@pytest.mark.parametrize("n_grus", [1, 2])
def test_a_table_for_both_directions(n_grus):
    """Row 2 s is source s read from the left, row 2 s + 1 from the right."""
    grus = [drawn_gru(1, 3, 2, seed) for seed in range(n_grus)]
    inputs = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    table = input_table(inputs, grus)
    expected = input_product(with_ones(torch.stack([inputs, inputs])), grus)
    torch.testing.assert_close(table.view(4, 2, n_grus, 6), expected.detach())
    assert not table.requires_grad
