"""Features are added to the primary branch's vectors, and to no others."""

from __future__ import annotations

import pytest
import torch

from hanrock_sk.model.feature_map import FeatureMap
from hanrock_sk.model.records import Sizes


def test_a_linear_map_added_to_the_primary_branch():
    torch.manual_seed(0)
    module = FeatureMap.of(Sizes(primary=2, attention_units=3, features=2))
    s, features = torch.randn(4, 2, 3), torch.randn(4, 2)
    found = module(s, features)
    weight = module.map.weight
    for talkturn in range(4):
        told = [
            sum(weight[unit, f] * features[talkturn, f] for f in range(2))
            for unit in range(3)
        ]
        expected = s[talkturn, 0] + torch.stack(told)
        torch.testing.assert_close(found[talkturn, 0], expected)
    torch.testing.assert_close(found[:, 1], s[:, 1], rtol=0, atol=0)


def test_without_features():
    assert FeatureMap.of(Sizes(primary=2)) is None
    with pytest.raises(ValueError, match="made for features"):
        FeatureMap(2, 3)(torch.zeros(1, 1, 3), None)
