"""The skorch net: what it is fed with, its loss, its gradient, its record."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from toy_nets import one_batch, two_conversations

from hanrock_sk.estimators import talkturn_data
from hanrock_sk.estimators.net import MultiTaskNet, is_regularised, make_net
from hanrock_sk.estimators.running_losses import NonFiniteLoss
from hanrock_sk.estimators.talkturn_data import Batches
from hanrock_sk.model.losses import MultiTaskLoss
from hanrock_sk.model.networks import Sizes

SIZES = Sizes(3, (0, 3), word_gru=3, pri_gru=3, aux_gru=1, attention_units=4)
NAN = math.nan


def toy_net(sizes=SIZES, architecture="rock", freeze=False, **params):
    torch.manual_seed(0)
    defaults = {
        "criterion": MultiTaskLoss,
        "iterator_train": Batches,
        "iterator_train__content_size": 2,
        "iterator_valid": Batches,
        "iterator_valid__content_size": 2,
        "tasks": ("primary", "action__au05", "history__1"),
        "optimizer": torch.optim.SGD,
        "verbose": 0,
    }
    net = make_net(
        architecture=architecture,
        embedding=torch.randn(9, 5),
        sizes=sizes,
        freeze_embedding=freeze,
        device="cpu",
        **defaults | params,
    )
    return net.initialize()


def test_regularised_are_the_weight_matrices():
    others = {
        "bias", "bias_new", "gate", "query", "value_bias", "label_bias", "embedding",
    }  # fmt: skip
    for architecture in ("rock", "flat"):
        net = toy_net(architecture=architecture)
        names = [name for name, _ in net.module_.named_parameters()]
        assert len(names) > 10
        for name in names:
            assert is_regularised(name) == (name.split(".")[-1] not in others), name


def gradients(net):
    return {name: p.grad.clone() for name, p in net.module_.named_parameters()}


def test_l2_is_the_gradient_of_the_squared_weights():
    batch = one_batch(two_conversations())
    net = toy_net(l2=0.25)
    net.start_epoch()
    net.train_step_single(batch)
    found = gradients(net)

    twin = toy_net()
    free = ("bias", "gate", "query", "embedding")
    weights = [
        p
        for name, p in twin.module_.named_parameters()
        if not any(word in name.split(".")[-1] for word in free)
    ]
    loss, _, _ = MultiTaskLoss()(twin.module_(batch[0]), batch[1])
    (loss + 0.25 * sum((weight**2).sum() for weight in weights)).backward()
    for name, expected in gradients(twin).items():
        torch.testing.assert_close(found[name], expected, msg=name)


def test_l2_leaves_frozen_word_vectors_alone():
    net = toy_net(l2=1.0, freeze=True)
    net.start_epoch()
    net.train_step_single(one_batch(two_conversations()))
    assert net.module_.inputs.embedding.grad is None


def norms_of_parts(net):
    """The norm of the gradient that auxiliary losses reach, and of all other."""
    squares = {True: 0.0, False: 0.0}
    for name, gradient in gradients(net).items():
        squares[name.startswith("auxiliary")] += float((gradient**2).sum())
    return {part: math.sqrt(square) for part, square in squares.items()}


@pytest.mark.parametrize("clip_norm", [None, 1e-3, 1e3])
def test_clipping_scales_the_gradients_of_both_parts(clip_norm):
    batch = one_batch(two_conversations())
    free, clipped = toy_net(), toy_net(clip_norm=clip_norm)
    for net in (free, clipped):
        net.start_epoch()
        net.train_step_single(batch)
    before, after = gradients(free), gradients(clipped)
    norms = norms_of_parts(free)
    for name, gradient in before.items():
        norm = norms[name.startswith("auxiliary")]
        assert 1e-3 < norm < 1e3
        factor = 1e-3 / norm if clip_norm == 1e-3 else 1
        torch.testing.assert_close(after[name], factor * gradient, rtol=1e-4, atol=0)


def test_clipping_comes_after_l2():
    net = toy_net(l2=100.0, clip_norm=0.5)
    net.start_epoch()
    net.train_step_single(one_batch(two_conversations()))
    for norm in norms_of_parts(net).values():
        assert norm == pytest.approx(0.5, rel=1e-4)


class TestEpochRecord:
    def run(self, net, data, monkeypatch, piece_words=6):
        """One epoch of training and validation, each in several batches."""
        monkeypatch.setattr(talkturn_data, "PIECE_WORDS", piece_words)
        net.history.new_epoch()
        net.start_epoch()
        losses = []
        for batch in Batches(data, 2):
            losses.append(net.train_step_single(batch)["loss"].item())
            net.module_.zero_grad()
        assert len(losses) > 1
        for batch in Batches(data, 2):
            net.validation_step(batch)
        return net.epoch_record(), losses

    def expected_losses(self, net, data):
        predictions = net.module_(one_batch(data)[0])
        batch, targets = one_batch(data)
        _, losses, _ = MultiTaskLoss()(predictions, targets)
        return predictions, targets, losses

    def test_losses_are_means_over_all_rows_with_a_target(self, monkeypatch):
        data, net = two_conversations(), toy_net()
        monkeypatch.undo()
        _, _, expected = self.expected_losses(net, data)
        record, losses = self.run(net, data, monkeypatch)
        for kind in ("train_loss", "valid_loss"):
            assert list(record[kind]) == ["primary", "action__au05", "history__1"]
            np.testing.assert_allclose(list(record[kind].values()), expected, rtol=1e-5)
        assert record["loss"] == pytest.approx(np.mean(losses))
        assert record["epoch"] == 1

    def test_valid_score_of_labels_is_the_accuracy(self, monkeypatch):
        data, net = two_conversations(), toy_net()
        with torch.no_grad():  # or else every talkturn gets the same class
            net.module_.primary_head.weight.mul_(50)
        predictions, targets, _ = self.expected_losses(net, data)
        right = predictions.primary.argmax(-1) == targets.primary
        record, _ = self.run(net, data, monkeypatch)
        assert record["valid_score"] == pytest.approx(right.double().mean().item())

    @pytest.mark.parametrize("squared", [False, True])
    def test_values_are_in_the_users_unit(self, monkeypatch, squared):
        sizes = replace(SIZES, primary=1, auxiliary=(0,))
        data = two_conversations((0.5, -1.0, NAN, 2.0, 0.0, 1.0, 1.5))
        data = replace(
            data,
            primary=data.primary.astype(np.float32),
            labels=data.labels[:0],
            weights=data.weights[:2],
        )
        loss = "squared_error" if squared else "absolute_error"
        net = toy_net(
            sizes,
            tasks=("primary", "action__au05"),
            value_scale=10.0,
            criterion__value_loss=loss,
        )
        predictions = net.module_(one_batch(data)[0])
        _, targets = one_batch(data)
        errors = 10 * (predictions.primary[:, 0] - targets.primary).abs()
        expected = (errors**2 if squared else errors).mean().item()
        record, losses = self.run(net, data, monkeypatch)
        assert record["train_loss"]["primary"] == pytest.approx(expected, rel=1e-5)
        assert record["valid_loss"]["primary"] == pytest.approx(expected, rel=1e-5)
        assert record["valid_score"] == pytest.approx(-errors.mean().item(), rel=1e-5)
        scale = 100 if squared else 10
        assert record["loss"] == pytest.approx(scale * np.mean(losses))

    def test_a_task_without_targets_is_unknown(self, monkeypatch):
        data = two_conversations()
        data = replace(data, values=np.full_like(data.values, NAN))
        record, _ = self.run(toy_net(), data, monkeypatch)
        assert math.isnan(record["train_loss"]["action__au05"])
        assert math.isfinite(record["train_loss"]["primary"])

    def test_without_validation_there_is_no_word_of_it(self):
        net = toy_net()
        net.start_epoch()
        net.train_step_single(one_batch(two_conversations()))
        assert set(net.epoch_record()) == {"epoch", "loss", "lr", "train_loss"}

    def test_a_new_epoch_starts_from_zero(self, monkeypatch):
        data, net = two_conversations(), toy_net()
        first, _ = self.run(net, data, monkeypatch)
        second, _ = self.run(net, data, monkeypatch)
        assert second == first | {"epoch": 2}


def test_a_loss_that_is_not_finite_names_its_task():
    data = two_conversations()
    net = toy_net()
    net.start_epoch()
    with torch.no_grad():
        net.module_.auxiliary_heads.value_bias.fill_(math.inf)
    with pytest.raises(NonFiniteLoss, match=r"^the loss of action__au05$"):
        net.train_step_single(one_batch(data))


def test_keeps_none_of_the_callbacks_that_skorch_has_by_default():
    assert isinstance(toy_net(), MultiTaskNet)
    assert [name for name, _ in toy_net().callbacks_] == ["numbers"]
