"""The end of an epoch: the best one, patience, decay, losses that are not finite."""

from __future__ import annotations

import math
from contextlib import suppress

import numpy as np
import polars as pl
import pytest
import torch
from tiny_estimators import (
    tiny_classifier,
    words_that_tell_most,
)
from torch import nn
from toy_nets import end_of_epochs

from hanrock_sk.estimators import epoch_end as module
from hanrock_sk.estimators.epoch_end import StopTraining, describe_epoch
from hanrock_sk.estimators.running_losses import NonFiniteLoss

NAN = math.nan


class ScriptedNet:
    """A net whose losses are known beforehand; its weight is the epoch's number."""

    def __init__(self, valid_losses):
        self.valid_losses, self.epoch = valid_losses, 0
        self.module_ = nn.Linear(1, 1, bias=False)
        self.lr, self.n_steps, self.average_ = 1.0, 1, None
        self.wants_to_stop = False

    def decay_lr(self, factor):
        self.lr *= factor

    def start_epoch(self):
        self.epoch += 1
        with torch.no_grad():
            self.module_.weight.fill_(self.epoch)

    @property
    def record_(self):
        record = {"epoch": self.epoch, "loss": 1.0, "train_loss": {"primary": 1.0}}
        loss = self.valid_losses[self.epoch - 1]
        if loss is not None:
            # Other tasks' losses have no say in which epoch is the best.
            losses = {"primary": loss, "action__au05": -self.epoch}
            record |= {"valid_loss": losses, "valid_score": 0.5}
        return record


def play(valid_losses, constant_loss=math.inf, **params):
    """Run a script to its end; the number of epochs, and the `EpochEnd`."""
    net, end = ScriptedNet(valid_losses), end_of_epochs(**params)
    end.constant_loss = constant_loss
    with suppress(StopTraining):
        for _ in valid_losses:
            end.on_epoch_begin(net)
            end.on_epoch_end(net)
    return net.epoch, end


@pytest.mark.parametrize(
    ("valid_losses", "patience", "n_epochs", "best"),
    [
        ([3, 2, 2.5, 2.6, 1], 2, 4, 2),
        ([3, 2, 2.5, 1, 2, 0], 2, 6, 6),
        ([3, 2, 2, 2, 1], 2, 4, 2),  # as good is not better
        ([3, 2, 2.5, 2.6, 1], None, 5, 5),
        ([1, 2, 3], 1, 2, 1),
        ([1, 2, 3], 5, 3, 1),
    ],
)
def test_patience_and_the_best_epoch(valid_losses, patience, n_epochs, best):
    found, end = play(valid_losses, patience=patience)
    assert found == n_epochs
    assert end.best_epoch == best
    assert end.best_state["weight"].item() == best
    assert [record["epoch"] for record in end.history_] == list(range(1, found + 1))
    assert all(record["seconds"] >= 0 for record in end.history_)


def test_without_validation_the_last_epoch_is_the_best():
    n_epochs, end = play([None, None, None], patience=None)
    assert (n_epochs, end.best_epoch, end.best_state) == (3, 3, None)


def test_a_callback_may_stop_training():
    n_epochs, end = play([3, 2, 1], stop_after=2)
    assert (n_epochs, end.best_epoch) == (2, 2)
    assert (end.epoch_tasks.begun, end.epoch_tasks.ended) == (2, 2)


@pytest.mark.parametrize("bad", [NAN, math.inf])
def test_a_validation_loss_that_is_not_finite_is_no_epoch(bad):
    with pytest.raises(NonFiniteLoss, match="the validation loss of primary"):
        play([bad])
    net, end = ScriptedNet([1.0, bad]), end_of_epochs()
    end.on_epoch_begin(net)
    end.on_epoch_end(net)
    end.on_epoch_begin(net)
    with pytest.raises(NonFiniteLoss):
        end.on_epoch_end(net)
    assert end.best_state["weight"].item() == 1
    assert len(end.history_) == 1


@pytest.mark.parametrize("loss", [None, 1.0])
def test_a_last_step_that_spoils_the_weights_is_seen(loss):
    net, end = ScriptedNet([loss]), end_of_epochs()
    end.on_epoch_begin(net)
    with torch.no_grad():
        net.module_.weight.fill_(NAN)
    with pytest.raises(NonFiniteLoss, match="the parameter weight"):
        end.on_epoch_end(net)


def test_verbose_prints_a_line_per_epoch(capsys):
    play([3, 2], verbose=1)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [["epoch", "1"], ["epoch", "2"]]
    play([3, 2], verbose=0)
    assert capsys.readouterr().out == ""


def test_an_epoch_in_one_line():
    record = {"epoch": 3, "loss": 1.25, "train_loss": {"primary": 0.5}, "seconds": 2.04}
    assert describe_epoch(record) == "epoch   3  loss 1.2500  primary 0.5000  2.0 s"
    record |= {"valid_loss": {"primary": 0.75}, "valid_score": 0.9}
    assert describe_epoch(record) == (
        "epoch   3  loss 1.2500  primary 0.5000  validation 0.7500  score 0.9000  2.0 s"
    )


@pytest.mark.parametrize(
    ("n_steps", "halvings"),
    [
        (200, [0, 0, 1, 2, 2, 3, 4, 5]),
        (199, [0, 0, 0, 1, 1, 1, 2, 3]),
        (67, [0, 0, 0, 0, 0, 0, 0, 1]),
        (66, [0, 0, 0, 0, 0, 0, 0, 0]),
    ],
)
def test_learning_rate_decays_if_the_best_epoch_is_200_steps_ago(n_steps, halvings):
    losses = [5, 4.5, 6, 4.5, 4, 5, 4, 5]  # as good is not better
    assert learning_rates(losses, 10, n_steps) == halvings


def learning_rates(valid_losses, constant_loss, n_steps):
    """How often the learning rate was halved until the end of each epoch."""
    net, end = ScriptedNet(valid_losses), end_of_epochs()
    net.n_steps, end.constant_loss = n_steps, constant_loss
    found = []
    for _ in valid_losses:
        end.on_epoch_begin(net)
        end.on_epoch_end(net)
        found.append(-math.log2(net.lr))
    return found


def test_nothing_decays_before_the_network_beats_a_constant():
    assert learning_rates([5, 6, 7, 4.9, 6, 6], 5, 500) == [0, 0, 0, 0, 1, 2]


def test_patience_begins_when_the_network_beats_a_constant():
    losses = [5, 6, 7, 8, 4.9, 6, 6, 6]
    assert play(losses, patience=2)[0] == 3
    assert play(losses, patience=2, constant_loss=5)[0] == 7
    assert play(losses, patience=2, constant_loss=4)[0] == 8


@pytest.mark.parametrize("decay", [0.5, 1.0])
def test_learning_rate_of_a_fit(decay, monkeypatch):
    """Fifteen talkturns are trained on, one at a time; fifteen tell how it goes."""
    monkeypatch.setattr(module, "STEPS_WITHOUT_GAIN", 30)
    columns, y = words_that_tell_most(30)
    X, y = pl.DataFrame(columns), np.array(y)
    params = {"lr": 0.02, "max_epochs": 18, "patience": None, "batch_size": 1}
    model = tiny_classifier(lr_decay=decay, **params)
    model.fit(X[:15], y[:15], X_val=X[15:], y_val=y[15:])
    share = y[15:].mean()
    constant = -share * math.log(share) - (1 - share) * math.log(1 - share)
    best, steps, expected = np.inf, 0, 0.02
    for record in model.history_:
        assert record["lr"] == pytest.approx(expected)
        loss = record["valid_loss"]["primary"]
        steps = 0 if loss < best else steps + 15
        best = min(best, loss)
        if steps >= 30 and best < constant:
            expected *= decay
    assert (expected < 0.02) == (decay < 1)
