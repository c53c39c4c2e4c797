"""The training loop: seeds, the best weights, what is not finite, callbacks."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch
from sklearn.exceptions import ConvergenceWarning
from skorch.callbacks import Callback
from tiny_estimators import (
    global_generators,
    tiny_classifier,
)
from toy_nets import SIZES, Epochs, end_of_epochs, toy_data, toy_net

from hanrock_sk.estimators.epoch_end import EpochEnd
from hanrock_sk.estimators.training import shares_no_generator, train
from hanrock_sk.model.layout.batches import make_batch
from hanrock_sk.model.losses import MultiTaskLoss


def test_same_seed_same_weights_whatever_ran_before():
    data = toy_data()
    sizes = replace(SIZES, gru_dropout=0.3, recurrent_dropout=0.3)

    def trained(seed):
        net = toy_net(
            sizes=sizes,
            batch_size=4,
            iterator_train__generator=np.random.default_rng(1),
        )
        train(net, data, None, end_of_epochs(), seed)
        return net.module_.primary_head.weight.detach()

    first = trained(5)
    torch.rand(7)
    assert torch.equal(trained(5), first)
    assert not torch.equal(trained(6), first)


def test_global_generators_are_left_alone():
    before = global_generators()
    train(toy_net(), toy_data(), toy_data(1), end_of_epochs(), seed=5)
    assert global_generators() == before


@pytest.mark.parametrize(
    ("callbacks", "alone"),
    [(None, True), ([], True), ("disable", True), ([Callback()], False)],
)
def test_only_callbacks_may_draw_from_generators_of_all(callbacks, alone):
    assert shares_no_generator(toy_net(callbacks=callbacks)) == alone


def tiny_is_zero():
    return (torch.tensor([1e-40]) * 1).item() == 0


@pytest.mark.parametrize("before", [False, True])
def test_tiny_numbers_are_zero_while_it_trains(before):
    class Looks(Callback):
        def on_batch_end(self, net, **kwargs):
            seen.append(tiny_is_zero())

    seen = []
    if not torch.set_flush_denormal(before):
        pytest.skip("this processor has no such mode")
    try:
        net = toy_net(callbacks=[("looks", Looks())])
        train(net, toy_data(), None, end_of_epochs(), seed=5)
        assert seen == [True] * 3
        assert tiny_is_zero() == before
    finally:
        torch.set_flush_denormal(False)


def test_no_optimizer_is_left():
    net = toy_net()
    train(net, toy_data(), None, end_of_epochs(), seed=5)
    assert net.optimizer_ is None
    assert net.criterion_ is None
    assert net.train_split is None
    assert not net.module_.training


def test_callbacks_of_the_user_stay_in_their_list():
    class Counts(Callback):
        batches = 0

        def on_batch_end(self, net, training, **kwargs):
            self.batches += training

    counts = Counts()
    given = [("counts", counts)]
    net = toy_net(callbacks=given, batch_size=4)
    train(net, toy_data(), None, end_of_epochs(), seed=5)
    assert counts.batches == 9
    assert given == [("counts", counts)]


def test_the_best_weights_are_kept():
    data, valid = toy_data(), toy_data(1)
    end = end_of_epochs()
    net = toy_net(lr=3.0, max_epochs=6)
    train(net, data, valid, end, seed=5)
    losses = [record["valid_loss"]["primary"] for record in end.history_]
    best = int(np.argmin(losses))
    assert best < 5, "the last epoch should not be the best here"
    assert end.best_epoch == best + 1
    batch = make_batch(valid.table, valid.targets, 2)
    with torch.no_grad():
        predictions = net.module_(batch)
    _, found, _ = MultiTaskLoss()(predictions, valid.of(batch.targets))
    assert found[0].item() == pytest.approx(losses[best], rel=1e-5)


def spoil(net, epoch):
    """Make the loss infinite from an epoch on."""
    get_loss = net.get_loss

    def spoiled(*args, training=False, **kwargs):
        if training and len(net.history) >= epoch:
            with torch.no_grad():
                net.module_.auxiliary_heads.value_bias.fill_(math.inf)
            args = (net.infer(kwargs["X"]), *args[1:])
        return get_loss(*args, training=training, **kwargs)

    net.get_loss = spoiled
    return net


def test_a_loss_that_is_not_finite_in_the_first_epoch():
    with pytest.raises(
        FloatingPointError, match=r"epoch 1: the loss of action__au05 .* \(lr=0.1\)"
    ):
        train(spoil(toy_net(), 1), toy_data(), toy_data(1), end_of_epochs(), seed=5)


def test_a_loss_that_is_not_finite_later_keeps_the_best_weights():
    expected = toy_net(max_epochs=2)
    train(expected, toy_data(), toy_data(1), end_of_epochs(), seed=5)
    net, end = spoil(toy_net(max_epochs=5), 3), end_of_epochs()
    with pytest.warns(ConvergenceWarning, match=r"epoch 3: .* epoch \d are kept"):
        train(net, toy_data(), toy_data(1), end, seed=5)
    assert len(end.history_) == 2
    for name, weight in expected.module_.state_dict().items():
        assert torch.equal(net.module_.state_dict()[name], weight)


def test_without_validation_no_weights_are_known_to_be_good():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(FloatingPointError, match="epoch 2"):
            train(spoil(toy_net(), 2), toy_data(), None, end_of_epochs(), seed=5)


def test_an_interrupt_is_not_swallowed():
    class Interrupting(Epochs):
        def end_epoch(self):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(
            toy_net(),
            toy_data(),
            None,
            EpochEnd([], Interrupting(), None, 1.0, 0),
            seed=5,
        )


def test_averaged_weights_are_kept_and_what_was_trained_goes_on():
    """Three epochs of one batch: the average of a loop of one's own."""
    data = toy_data()
    net = toy_net(average=0.9, total_steps=3, callbacks=[("look", Look())])
    train(net, data, None, end_of_epochs(), seed=5)
    weights = Look.last
    expected = None
    for step, weight in enumerate(weights):
        share = 0.0 if step == 0 else min(0.9, step / (9 + step))
        expected = (
            weight if expected is None else expected * share + weight * (1 - share)
        )
    found = net.module_.primary_head.weight.detach()
    torch.testing.assert_close(found, expected)
    assert not torch.equal(found, weights[-1])


class Look(Callback):
    """Notes the primary head's weights: at first, and after every step."""

    last = ()

    def on_train_begin(self, net, **kwargs):
        self.weights = [net.module_.primary_head.weight.detach().clone()]
        Look.last = self.weights

    def on_batch_end(self, net, training, **kwargs):
        if training:
            self.weights.append(net.module_.primary_head.weight.detach().clone())


@pytest.mark.parametrize("architecture", ["rock", "flat"])
def test_the_history_says_how_much_of_each_tasks_gradient_passed(architecture):
    table = pl.DataFrame(
        {
            "text": ["yes", "no", "yes yes", "no no"] * 6,
            "conversation": np.repeat([0, 1, 2], 8),
            "aux__action__au05": [0.2, 0.8, 0.3, None] * 6,
            "aux__history__1": ["a", "b", "a", "b"] * 6,
        }
    )
    y = ["a", "b", "a", None] * 6
    model = tiny_classifier(
        architecture=architecture, task_weighting="cosine", batch_size=4, max_epochs=3
    ).fit(table, y)
    for record in model.history_:
        assert list(record["passed"]) == ["action__au05", "history__1"]
        assert all(0 <= share <= 1 for share in record["passed"].values())
    assert model.net_.module_.weighting is None
    fixed = tiny_classifier(architecture=architecture, batch_size=4, max_epochs=3).fit(
        table, y
    )
    assert all("passed" not in record for record in fixed.history_)
    alone = tiny_classifier(task_weighting="cosine", max_epochs=1).fit(table["text"], y)
    assert alone.history_[0]["passed"] == {}
