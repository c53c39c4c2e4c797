"""The multi-task loss against a twin that goes row by row."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from hanrock_sk.model.losses import MISSING, MultiTaskLoss, Targets
from hanrock_sk.model.networks import Attentions, Predictions

N, CLASSES, NAN = 6, 3, math.nan
NOTHING = Attentions(torch.empty(0), torch.empty(0), torch.empty(0))


def predictions_of(n_values=2, n_labels=2, primary=CLASSES, seed=0):
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape):
        drawn = torch.randn(*shape, generator=generator, dtype=torch.float64)
        return drawn.requires_grad_()

    return Predictions(
        draw(N, primary), draw(n_values, N), draw(n_labels, N, CLASSES), NOTHING
    )


def targets_of(**replaced):
    generator = torch.Generator().manual_seed(1)
    given = {
        "primary": torch.tensor([0, 2, MISSING, 1, 1, MISSING]),
        "values": torch.tensor(
            [[0.5, NAN, -1.0, NAN, 2.0, 0.0], [NAN, NAN, NAN, NAN, 0.25, NAN]],
            dtype=torch.float64,
        ),
        "labels": torch.tensor([[2, 0, 1, MISSING, 0, 2], [1] * N]),
        "weights": torch.rand(5, N, generator=generator, dtype=torch.float64),
    }
    return Targets(**given | replaced)


def value_error(predicted, true, value_loss):
    difference = predicted - true
    return difference**2 if value_loss == "squared_error" else abs(difference)


def cross_entropy(logits, label, class_weight):
    shifted = [math.exp(x - max(logits)) for x in logits]
    factor = 1 if class_weight is None else class_weight[label].item()
    return -factor * math.log(shifted[label] / sum(shifted))


def naive_loss(predictions, targets, value_loss="absolute_error", class_weight=None):
    """(loss, loss of each task, rows of each task)."""
    errors = []  # for each task, its {row: error}
    if targets.primary.is_floating_point():
        errors.append(
            {
                i: value_error(predictions.primary[i, 0].item(), true, value_loss)
                for i, true in enumerate(targets.primary.tolist())
                if not math.isnan(true)
            }
        )
    else:
        errors.append(
            {
                i: cross_entropy(predictions.primary[i].tolist(), true, class_weight)
                for i, true in enumerate(targets.primary.tolist())
                if true != MISSING
            }
        )
    for predicted, true in zip(predictions.values, targets.values, strict=True):
        errors.append(
            {
                i: value_error(predicted[i].item(), true[i].item(), value_loss)
                for i in range(N)
                if not math.isnan(true[i])
            }
        )
    for predicted, true in zip(predictions.logits, targets.labels, strict=True):
        errors.append(
            {
                i: cross_entropy(predicted[i].tolist(), true[i].item(), class_weight)
                for i in range(N)
                if true[i] != MISSING
            }
        )
    loss, means = 0.0, []
    for task, found in enumerate(errors):
        n_rows = len(found) or 1
        means.append(sum(found.values()) / n_rows)
        loss += sum(targets.weights[task, i].item() * e for i, e in found.items()) / (
            n_rows
        )
    return loss, means, [len(found) for found in errors]


def check(predictions, targets, **params):
    loss, task_losses, counts = MultiTaskLoss(**params)(predictions, targets)
    expected, means, rows = naive_loss(predictions, targets, **params)
    assert loss.item() == pytest.approx(expected, rel=1e-12)
    assert task_losses.tolist() == pytest.approx(means, rel=1e-12)
    assert counts.tolist() == rows
    assert not task_losses.requires_grad
    return loss


@pytest.mark.parametrize("value_loss", ["absolute_error", "squared_error"])
@pytest.mark.parametrize("weighted", [False, True])
def test_labels_as_the_primary_task(value_loss, weighted):
    class_weight = torch.tensor([0.5, 1.0, 4.0]).double() if weighted else None
    check(
        predictions_of(),
        targets_of(),
        value_loss=value_loss,
        class_weight=class_weight,
    )


@pytest.mark.parametrize("value_loss", ["absolute_error", "squared_error"])
def test_a_value_as_the_primary_task(value_loss):
    primary = torch.tensor([0.5, NAN, 1.0, -2.0, NAN, 0.0], dtype=torch.float64)
    check(predictions_of(primary=1), targets_of(primary=primary), value_loss=value_loss)


@pytest.mark.parametrize(("n_values", "n_labels"), [(0, 0), (2, 0), (0, 2)])
def test_any_kind_of_auxiliary_task_may_be_absent(n_values, n_labels):
    targets = targets_of()
    targets = Targets(
        targets.primary,
        targets.values[:n_values],
        targets.labels[:n_labels],
        targets.weights[: 1 + n_values + n_labels],
    )
    check(predictions_of(n_values, n_labels), targets)


def soft_targets(seed=2):
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(N, CLASSES, generator=generator).double().softmax(-1)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_a_distribution_as_the_primary_task(weighted, smoothing):
    """The mean of the labels' cross-entropies, each as often as it is probable."""
    class_weight = torch.tensor([0.5, 1.0, 4.0]).double() if weighted else None
    criterion = MultiTaskLoss(class_weight=class_weight, label_smoothing=smoothing)
    predictions, soft = predictions_of(), soft_targets()
    targets = targets_of(soft=soft)
    loss, task_losses, counts = criterion(predictions, targets)
    smooth = soft * (1 - smoothing) + smoothing / CLASSES
    logits = predictions.primary.tolist()
    errors = {
        i: sum(
            share * cross_entropy(logits[i], label, class_weight)
            for label, share in enumerate(smooth[i].tolist())
        )
        for i, label in enumerate(targets.primary.tolist())
        if label != MISSING
    }
    assert counts[0] == len(errors) == 4
    assert task_losses[0].item() == pytest.approx(sum(errors.values()) / 4)
    weights = targets.weights[0].tolist()
    primary = sum(weights[i] * error for i, error in errors.items()) / 4
    others, *_ = criterion(predictions, targets_of(primary=torch.full((N,), MISSING)))
    assert loss.item() == pytest.approx(primary + others.item())
    loss.backward()
    assert not predictions.primary.grad[[2, 5]].any()  # which have no label


def test_distributions_of_one_label_each_are_labels():
    one_hot = torch.eye(CLASSES).double()[targets_of().primary]
    criterion = MultiTaskLoss(label_smoothing=0.1)
    hard = criterion(predictions_of(), targets_of())
    soft = criterion(predictions_of(), targets_of(soft=one_hot))
    for one, other in zip(hard, soft, strict=True):
        torch.testing.assert_close(one, other)


def test_what_is_told_of_the_primary_task_counts_each_label_by_its_weight():
    """Of labels in rows 0, 1, 3 and 4; the loss itself has the weights already."""
    predictions, targets = predictions_of(), targets_of()
    weight = torch.tensor([2.0, 0.5, 1.0, 1.5, 0.0, 1.0], dtype=torch.float64)
    plain, means, counts = MultiTaskLoss()(predictions, targets)
    loss, weighted, counted = MultiTaskLoss()(
        predictions, targets_of(sample_weight=weight)
    )
    errors = {
        i: cross_entropy(predictions.primary[i].tolist(), label, None)
        for i, label in enumerate(targets.primary.tolist())
        if label != MISSING
    }
    expected = sum(weight[i].item() * error for i, error in errors.items()) / 4
    assert loss == plain
    assert counted.tolist() == [4.0, *counts[1:].tolist()]
    assert weighted[0].item() == pytest.approx(expected)
    torch.testing.assert_close(weighted[1:], means[1:])


def test_worked_example():
    """Weights 0.8 and 0.2; the second row has no auxiliary target."""
    predictions = Predictions(
        torch.tensor([[0.0, 0.0], [math.log(3.0), 0.0]]),
        torch.tensor([[1.0, 5.0]]),
        torch.empty(0, 2, 2),
        NOTHING,
    )
    targets = Targets(
        torch.tensor([0, 0]),
        torch.tensor([[3.0, NAN]]),
        torch.empty(0, 2, dtype=torch.int64),
        torch.tensor([[0.8, 0.8], [0.2, 0.2]]),
    )
    loss, task_losses, counts = MultiTaskLoss()(predictions, targets)
    primary = (math.log(2) + math.log(4 / 3)) / 2
    assert loss.item() == pytest.approx(0.8 * primary + 0.2 * 2)
    assert task_losses.tolist() == pytest.approx([primary, 2.0])
    assert counts.tolist() == [2, 1]


MISSING_TASKS = {
    "primary": {"primary": torch.full((N,), MISSING)},
    "values": {"values": torch.full((2, N), NAN, dtype=torch.float64)},
    "labels": {"labels": torch.full((2, N), MISSING)},
}


@pytest.mark.parametrize("field", MISSING_TASKS)
def test_a_task_without_rows_adds_nothing(field):
    predictions, targets = predictions_of(), targets_of(**MISSING_TASKS[field])
    loss = check(predictions, targets)
    loss.backward()
    heads = {
        "primary": predictions.primary,
        "values": predictions.values,
        "labels": predictions.logits,
    }
    for name, head in heads.items():
        assert torch.isfinite(head.grad).all()
        assert bool((head.grad != 0).any()) == (name != field)


def test_nothing_at_all_is_zero():
    everything = {k: v for one in MISSING_TASKS.values() for k, v in one.items()}
    predictions = predictions_of()
    loss, task_losses, counts = MultiTaskLoss()(predictions, targets_of(**everything))
    loss.backward()
    assert loss.item() == 0
    assert task_losses.tolist() == [0] * 5
    assert counts.tolist() == [0] * 5
    assert (predictions.primary.grad == 0).all()


def test_rows_without_a_target_get_no_gradient():
    predictions, targets = predictions_of(), targets_of()
    MultiTaskLoss()(predictions, targets)[0].backward()
    reached = (predictions.primary.grad != 0).any(-1)
    assert reached.tolist() == (targets.primary != MISSING).tolist()
    reached = predictions.values.grad != 0
    assert reached.tolist() == (~targets.values.isnan()).tolist()
    reached = (predictions.logits.grad != 0).any(-1)
    assert reached.tolist() == (targets.labels != MISSING).tolist()


def test_gradcheck():
    found, targets = predictions_of(), targets_of()

    def loss(primary, values, logits):
        given = Predictions(primary, values, logits, NOTHING)
        return MultiTaskLoss("squared_error")(given, targets)[0]

    given = (found.primary, found.values, found.logits)
    assert torch.autograd.gradcheck(loss, given)


def test_very_large_logits_stay_finite():
    found = predictions_of()
    huge = (found.primary.detach() * 1e30).float().requires_grad_()
    given = Predictions(huge, found.values, found.logits, NOTHING)
    loss, _, _ = MultiTaskLoss()(given, targets_of())
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(huge.grad).all()


def test_class_weights_move_with_the_loss():
    loss = MultiTaskLoss(class_weight=torch.ones(2)).to("meta")
    assert loss.class_weight.device.type == "meta"


def test_targets_move_every_tensor():
    moved = targets_of().to("meta")
    tensors = (moved.primary, moved.values, moved.labels, moved.weights)
    assert {tensor.device.type for tensor in tensors} == {"meta"}


@pytest.mark.parametrize("class_weight", [None, torch.tensor([0.5, 1.0, 4.0]).double()])
def test_smoothed_labels(class_weight):
    """Each label keeps 70 %, and all classes share the rest; in training alone."""
    criterion = MultiTaskLoss(class_weight=class_weight, label_smoothing=0.3)
    predictions, targets = predictions_of(), targets_of()

    def smoothed(logits, label):
        every = [cross_entropy(logits, c, class_weight) for c in range(CLASSES)]
        return 0.7 * every[label] + 0.3 * sum(every) / CLASSES

    _, losses, _ = criterion(predictions, targets)
    known = [i for i in range(N) if targets.primary[i] != MISSING]
    errors = [
        smoothed(predictions.primary[i].tolist(), int(targets.primary[i]))
        for i in known
    ]
    assert losses[0].item() == pytest.approx(sum(errors) / len(errors))
    plain = MultiTaskLoss(class_weight=class_weight)(predictions, targets)
    for ours, theirs in zip(criterion.eval()(predictions, targets), plain, strict=True):
        assert torch.equal(ours, theirs)


def test_offsets_are_added_to_the_primary_logits_alone():
    offsets = torch.tensor([0.5, -1.0, 0.25], dtype=torch.float64)[:CLASSES]
    predictions = predictions_of()
    shifted = replace(predictions, primary=predictions.primary + offsets)
    with_offsets = MultiTaskLoss(logit_offsets=offsets)(predictions, targets_of())
    for one, other in zip(
        with_offsets, MultiTaskLoss()(shifted, targets_of()), strict=True
    ):
        torch.testing.assert_close(one, other)
