"""Which loss reaches which weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from toy_networks import (
    ARCHITECTURES,
    CONTENT_SIZE,
    toy_network,
    toy_table,
    toy_targets,
)

from hanrock_sk.model.layout.batches import make_batch
from hanrock_sk.model.losses import MultiTaskLoss, Targets
from hanrock_sk.model.networks import Masks, Sizes, make_network


def losses_and_parameters(architecture):
    network, _, sizes = toy_network(architecture)
    table = toy_table()
    batch = make_batch(table, np.arange(len(table)), CONTENT_SIZE)
    predictions = network(batch, Masks())
    targets = toy_targets(sizes, len(batch), torch.float64)
    only_auxiliary = Targets(
        targets.primary,
        targets.values,
        targets.labels,
        torch.cat([torch.zeros(1, len(batch)), targets.weights[1:]]),
    )
    only_primary = Targets(
        targets.primary,
        targets.values,
        targets.labels,
        torch.cat([targets.weights[:1], torch.zeros_like(targets.weights[1:])]),
    )
    criterion = MultiTaskLoss()
    return (
        network,
        criterion(predictions, only_auxiliary)[0],
        criterion(predictions, only_primary)[0],
    )


def is_reached(parameter):
    return parameter.grad is not None and bool((parameter.grad != 0).any())


@pytest.mark.parametrize("architecture", ARCHITECTURES[:2])
def test_auxiliary_losses_leave_the_primary_branch_alone(architecture):
    network, auxiliary, _ = losses_and_parameters(architecture)
    auxiliary.backward()
    for name, parameter in network.named_parameters():
        in_auxiliary_branch = name.startswith(("auxiliary.", "auxiliary_heads."))
        assert is_reached(parameter) == in_auxiliary_branch, name


@pytest.mark.parametrize("architecture", ARCHITECTURES[:2])
def test_primary_loss_reaches_both_branches(architecture):
    network, _, primary = losses_and_parameters(architecture)
    primary.backward()
    for name, parameter in network.named_parameters():
        assert is_reached(parameter) == (not name.startswith("auxiliary_heads.")), name


def test_flat_is_not_isolated():
    network, auxiliary, _ = losses_and_parameters("flat")
    auxiliary.backward()
    assert is_reached(network.inputs.embedding)
    assert is_reached(network.primary.word_encoder.gru.weight_input)
    assert is_reached(network.primary.talkturn_encoder.gru.weight_input)


def test_frozen_word_vectors_get_no_gradient():
    network = make_network("han", torch.randn(20, 6), Sizes(primary=2), True)
    batch = make_batch(toy_table(), np.arange(3), 2)
    network(batch).primary.sum().backward()
    assert network.inputs.embedding.grad is None
    assert is_reached(network.primary.word_encoder.gru.weight_input)
