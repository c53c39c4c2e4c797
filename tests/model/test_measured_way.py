"""The measured way: predicted measurements are read, and nothing goes back."""

from __future__ import annotations

import pytest
import torch
from toy_nets import EMBEDDING, one_batch, two_conversations

from hanrock_sk.model.measured_way import SPREAD_OF_PREDICTIONS, MeasuredWay
from hanrock_sk.model.networks import Sizes, make_network

SIZES = Sizes(
    3, (0, 0, 3), word_gru=3, pri_gru=3, aux_gru=1, attention_units=4, measured=(1,)
)


def test_by_hand():
    way = MeasuredWay([2, 0], outputs=1, dropout=0.0)
    way.centre.copy_(torch.tensor([1.0, 0.0]))
    way.spread.copy_(torch.tensor([2.0, 4.0]))
    with torch.no_grad():
        way.weight.copy_(torch.tensor([[3.0], [0.5]]))
    values = torch.tensor([[8.0, 0.0], [99.0, 99.0], [5.0, 1.0]])
    # (5 - 1) / 2 * 3 + 8 / 4 * 0.5 = 7; (1 - 1) / 2 * 3 + 0 = 0
    expected = torch.tensor([[7.0], [0.0]]) / SPREAD_OF_PREDICTIONS
    torch.testing.assert_close(way(values), expected)


def test_it_starts_with_nothing_to_say():
    assert not MeasuredWay([0], 3, 0.0)(torch.ones(1, 5)).any()


def networks():
    """The same weights with the way and without."""
    torch.manual_seed(0)
    network = make_network("rock", EMBEDDING, SIZES)
    torch.nn.init.normal_(network.measured.weight)
    without = make_network("rock", EMBEDDING, Sizes(**vars(SIZES) | {"measured": ()}))
    without.load_state_dict(network.state_dict(), strict=False)
    return network.eval(), without.eval()


def test_the_primary_prediction_has_it_added():
    network, without = networks()
    batch, _ = one_batch(two_conversations())
    predictions, plain = network(batch), without(batch)
    expected = plain.primary + network.measured(plain.values)
    torch.testing.assert_close(predictions.primary, expected)
    torch.testing.assert_close(predictions.values, plain.values)
    assert (predictions.primary != plain.primary).any()


def test_no_gradient_of_the_primary_task_goes_back_through_it():
    network, without = networks()
    batch, _ = one_batch(two_conversations())
    for each in (network, without):
        each(batch).primary.sum().backward()
    assert network.measured.weight.grad.any()
    for name, parameter in without.named_parameters():
        torch.testing.assert_close(
            network.get_parameter(name).grad, parameter.grad, msg=name
        )


@pytest.mark.parametrize("architecture", ["flat", "han"])
def test_other_architectures_have_none(architecture):
    network = make_network(architecture, EMBEDDING, SIZES)
    assert not hasattr(network, "measured")
    batch, _ = one_batch(two_conversations())
    assert network.eval()(batch).primary.isfinite().all()
