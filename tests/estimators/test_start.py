"""Weights that a network begins with: whole, in part, or as they are drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import nn

from hanrock_sk.estimators.start import TakenOver, begin_with


def test_whole_in_part_and_not_at_all():
    module = nn.ModuleDict({"map": nn.Linear(3, 2), "head": nn.Linear(2, 1)})
    with torch.no_grad():
        for weight in module.parameters():
            weight.fill_(0.5)
    begin_with(
        module,
        {
            "map.bias": TakenOver(np.array([1.0, 2.0])),
            "map.weight": TakenOver(
                np.array([[7.0, 9.0], [8.0, 10.0]]), 1, np.array([2, 0])
            ),
        },
    )
    assert module["map"].bias.tolist() == [1, 2]
    assert module["map"].weight.tolist() == [[9, 0.5, 7], [10, 0.5, 8]]
    assert module["head"].weight.tolist() == [[0.5, 0.5]]
    assert module["map"].weight.dtype == torch.float32


def test_a_hash_tells_values_axis_and_place():
    taken = TakenOver(np.ones((2, 2), np.float32), 0, np.array([0, 1]))
    others = [
        replace(taken, values=np.zeros((2, 2), np.float32)),
        replace(taken, axis=1),
        replace(taken, index=np.array([1, 0])),
        TakenOver(taken.values),
    ]
    assert len({each.hashed() for each in [taken, *others]}) == 5
    assert replace(taken, values=taken.values.copy()).hashed() == taken.hashed()
