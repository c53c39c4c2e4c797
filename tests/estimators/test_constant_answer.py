"""What a constant answer costs, and the warning that a fit is no better."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from toy_nets import SIZES, toy_data, toy_net

from hanrock_sk.estimators.constant_answer import loss_of_best_constant
from hanrock_sk.model.losses import MultiTaskLoss

NAN = math.nan


def best_constant(loss_of, start):
    """Find by search what the best constant answer costs."""
    return minimize(loss_of, start, method="Nelder-Mead", options={"xatol": 1e-6}).fun


@pytest.mark.parametrize("class_weight", [None, [0.5, 1.0, 4.0]])
def test_the_loss_of_the_best_constant_class(class_weight):
    """A network that says the same of all: the criterion's own loss, minimised."""
    valid = toy_data(seed=3)
    weight = None if class_weight is None else torch.tensor(class_weight)
    net = toy_net(criterion__class_weight=weight).initialize()
    criterion = MultiTaskLoss(class_weight=weight)
    targets = torch.from_numpy(valid.primary)

    def loss_of(logits):
        logits = torch.tensor(logits, dtype=torch.float32).expand(len(targets), -1)
        return criterion._label_errors(logits, targets).mean().item()

    expected = best_constant(loss_of, np.zeros(3))
    assert loss_of_best_constant(net, valid) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("kind", ["absolute_error", "squared_error"])
def test_the_loss_of_the_best_constant_value(kind):
    """In the user's unit, three times that of the network."""
    values = np.array([0.2, -1.0, 3.0, 0.7, 9.0, NAN])
    valid = replace(toy_data(n=6), primary=values, targets=np.arange(5))
    net = toy_net(
        sizes=replace(SIZES, primary=1), criterion__value_loss=kind, value_scale=3.0
    ).initialize()

    def loss_of(answer):
        errors = np.abs(3 * (values[:5] - answer[0]))
        return (errors if kind == "absolute_error" else errors**2).mean()

    expected = best_constant(loss_of, np.zeros(1))
    assert loss_of_best_constant(net, valid) == pytest.approx(expected, rel=1e-4)
