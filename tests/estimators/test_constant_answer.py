"""What a constant answer costs, and the warning that a fit is no better."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning
from tiny_estimators import tiny_classifier, tiny_regressor, words_that_tell_most
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


def test_smoothed_labels_cost_a_constant_more():
    data = toy_data(seed=3)
    weight = torch.tensor([0.5, 1.0, 4.0])
    criterion = MultiTaskLoss(class_weight=weight, label_smoothing=0.2)
    net = toy_net(criterion__class_weight=weight).initialize()
    targets = torch.from_numpy(data.primary)

    def loss_of(logits):
        logits = torch.tensor(logits, dtype=torch.float32).expand(len(targets), -1)
        return criterion._label_errors(logits, targets).mean().item()

    expected = best_constant(loss_of, np.zeros(3))
    found = loss_of_best_constant(net, data, smoothing=0.2)
    assert found == pytest.approx(expected, rel=1e-4)
    assert found > 1.1 * loss_of_best_constant(net, data)


@pytest.mark.parametrize("kind", ["absolute_error", "squared_error", "labels", "soft"])
def test_labels_count_by_their_weights(kind):
    """Whole weights are as many copies of the label."""
    counts = np.array([2, 1, 3, 1, 1, 4, 1, 2, 1, 1, 5, 1])
    data = toy_data(seed=3)
    copies = np.repeat(np.arange(12), counts)
    if kind == "soft":
        soft = np.random.default_rng(0).dirichlet(np.ones(3), 12).T.astype(np.float32)
        data = replace(data, soft=soft)
    elif kind != "labels":
        values = np.random.default_rng(0).normal(size=12).astype(np.float32)
        data = replace(data, primary=values)
    net = toy_net(
        sizes=replace(SIZES, primary=1 if "error" in kind else 3),
        criterion__value_loss=kind if "error" in kind else "absolute_error",
    ).initialize()
    weighted = replace(data, sample_weight=counts.astype(np.float32))
    copied = replace(data, targets=copies)
    expected = loss_of_best_constant(net, copied, smoothing=0.1)
    found = loss_of_best_constant(net, weighted, smoothing=0.1)
    assert found == pytest.approx(expected, rel=1e-6)
    assert found != pytest.approx(loss_of_best_constant(net, data, 0.1), rel=1e-3)


def warnings_of(model, X, y):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(X, y)
    return [
        str(warning.message)
        for warning in caught
        if issubclass(warning.category, ConvergenceWarning)
    ]


LEARNS = {"lr": 0.05, "max_epochs": 6, "validation_fraction": 0.0}


class TestWarningAtChance:
    def data(self):
        columns, y = words_that_tell_most()
        return pl.DataFrame(columns), y

    @pytest.mark.parametrize("smoothing", [0.0, 0.3])
    def test_a_fit_that_learns_is_silent(self, smoothing):
        X, y = self.data()
        assert not warnings_of(
            tiny_classifier(**LEARNS, label_smoothing=smoothing), X, y
        )
        values = np.where(np.array(y), 0.3, 2.0)
        assert not warnings_of(tiny_regressor(**LEARNS), X, values)

    @pytest.mark.parametrize("smoothing", [0.0, 0.3])
    def test_one_that_does_not_says_so_and_what_to_try(self, smoothing):
        X, y = self.data()
        params = LEARNS | {"lr": 1e-6}
        model = tiny_classifier(**params, label_smoothing=smoothing)
        [message] = warnings_of(model, X, y)
        assert "After epoch 6 the model tells its own 120 training labels" in message
        assert "lr=1e-06" in message
        values = np.where(np.array(y), 0.3, 2.0)
        [message] = warnings_of(tiny_regressor(**params), X, values)
        assert "120 training labels" in message

    def test_weights_are_learnt_by(self):
        """Half of the labels are wrong and hardly count: the others are learnt."""
        says_yes = np.arange(120) % 2 == 0
        wrong = np.arange(120) % 4 > 1
        X = pl.DataFrame({"text": np.where(says_yes, "yes", "no")})
        y, weights = says_yes ^ wrong, np.where(wrong, 0.05, 1)
        model = tiny_classifier(**LEARNS, label_smoothing=0.0)
        with warnings.catch_warnings():
            warnings.simplefilter("error", ConvergenceWarning)
            model.fit(X, y.tolist(), sample_weight=weights)
        assert (model.predict(X) == says_yes).all()

    def test_it_is_remembered(self, tmp_path):
        X, y = self.data()
        params = LEARNS | {"lr": 1e-6, "memory": str(tmp_path)}
        first, second = (warnings_of(tiny_classifier(**params), X, y) for _ in range(2))
        assert len(first) == 1
        assert second == first

    def test_where_all_values_are_the_same_there_is_nothing_to_learn(self):
        X, y = self.data()
        assert not warnings_of(tiny_regressor(**LEARNS), X, [1.5] * len(y))
