"""The engine against its naive twin: forward pass, loss and every gradient."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from naive_network import (
    explicit_windows,
    gradient_pairs,
)
from toy_networks import (
    ARCHITECTURES,
    CONTENT_SIZE,
    toy_network,
    toy_table,
    toy_targets,
)

from hanrock_sk.model.layout.bags import BagRows
from hanrock_sk.model.layout.batches import ContextualRows, make_batch
from hanrock_sk.model.losses import MISSING, MultiTaskLoss
from hanrock_sk.model.native.loading import library_is_slower
from hanrock_sk.model.networks import Sizes, make_network
from hanrock_sk.model.ops import kernel_table as kernels


def naive_loss(primary, auxiliary, targets, sizes, squared, class_weight):
    """The loss row by row, straight from its definition."""
    value_rows = iter(range(len(targets.values)))
    label_rows = iter(range(len(targets.labels)))
    valued = [t for t, count in enumerate(sizes.auxiliary) if count == 0]
    labelled = [t for t, count in enumerate(sizes.auxiliary) if count > 0]
    tasks = [(primary, targets.primary, targets.weights[0])]
    for weight_row, task in enumerate(valued + labelled, start=1):
        target = (
            targets.values[next(value_rows)]
            if task in valued
            else targets.labels[next(label_rows)]
        )
        tasks.append((auxiliary[task], target, targets.weights[weight_row]))
    total = 0
    for predicted, target, weight in tasks:
        terms = []
        for i in range(len(target)):
            if target.is_floating_point():
                if math.isnan(target[i]):
                    continue
                error = predicted[i, 0] - target[i]
                terms.append(weight[i] * (error**2 if squared else error.abs()))
            elif target[i] != MISSING:
                probability = predicted[i].softmax(-1)[target[i]]
                factor = 1 if class_weight is None else class_weight[target[i]]
                terms.append(-weight[i] * factor * probability.log())
        if terms:
            total = total + sum(terms) / len(terms)
    return total


def both_ways(network, naive, sizes, batch, table, masks=None, *, squared=False,
              class_weight=None):  # fmt: skip
    """Run both; return everything that has to agree."""
    dtype = network.inputs.embedding.dtype
    targets = toy_targets(sizes, len(batch), dtype)
    predictions = network(batch, masks)
    loss, _, _ = MultiTaskLoss(
        "squared_error" if squared else "absolute_error", class_weight
    )(predictions, targets)
    loss.backward()

    words, n_words, n_talkturns, positions = explicit_windows(
        table.ids, table.offsets, table.first, batch.targets, CONTENT_SIZE
    )
    rank = {int(p): r for r, p in enumerate(batch.talkturn_positions)}
    where = positions.clone().apply_(lambda p: rank.get(p, 0))
    given = {k: v for k, v in vars(masks).items() if v is not None} if masks else {}
    primary, auxiliary, attentions = naive(words, n_words, n_talkturns, given, where)
    naive_total = naive_loss(primary, auxiliary, targets, sizes, squared, class_weight)
    naive_total.backward()
    return predictions, loss, primary, auxiliary, naive_total, attentions, n_words


def assert_close(found, expected, tolerance):
    torch.testing.assert_close(found, expected, rtol=tolerance, atol=tolerance)


def check_agreement(network, naive, sizes, tolerance, masks=None, **loss):
    table = toy_table()
    batch = make_batch(table, np.arange(len(table)), CONTENT_SIZE)
    if masks == "draw":
        masks = network.draw_masks(batch)
    predictions, loss, primary, auxiliary, naive_total, attentions, n_words = both_ways(
        network, naive, sizes, batch, table, masks, **loss
    )
    assert_close(predictions.primary, primary, tolerance)
    if network.sizes.auxiliary:
        heads = network.auxiliary_heads
        for row, task in enumerate(heads.valued):
            found = predictions.values[row].unsqueeze(-1)
            assert_close(found, auxiliary[task], tolerance)
        for row, task in enumerate(heads.labelled):
            assert_close(predictions.logits[row], auxiliary[task], tolerance)
    assert_close(loss, naive_total, tolerance)
    for expected, found in gradient_pairs(naive, network):
        assert_close(found, expected, tolerance)
    check_attentions(predictions.attentions, attentions, batch, n_words, tolerance)


def check_attentions(found, expected, batch, n_words, tolerance):
    alpha_words, alpha_talkturns, alpha_tasks = expected
    for task, alpha in enumerate(alpha_talkturns):
        own = alpha[batch.windows.sequence, batch.windows.step]
        assert_close(found.talkturns[:, task], own, tolerance)
    # Any window that holds a talkturn shows the same word weights.
    rank = {int(p): r for r, p in enumerate(batch.talkturn_positions)}
    for branch, alpha in enumerate(alpha_words):
        for i, target in enumerate(batch.targets):
            size = int((n_words[i] > 0).sum())
            for j in range(size):
                rows = batch.talkturns.sequence == rank[int(target) - size + 1 + j]
                steps = batch.talkturns.step[rows]
                assert_close(found.words[rows, branch], alpha[i, j][steps], tolerance)
    if alpha_tasks is not None:
        assert_close(found.tasks, alpha_tasks.t(), tolerance)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("primary", [3, 1])
def test_agrees_with_twin(architecture, primary):
    auxiliary = (0, 3, 0, 3) if primary == 3 else (0, 0)
    network, naive, sizes = toy_network(
        architecture, primary=primary, auxiliary=auxiliary
    )
    check_agreement(network, naive, sizes, 1e-9)


@pytest.mark.parametrize(
    ("pri_gru", "aux_gru", "units"), [(1, 6, 4), (3, 3, 2), (2, 1, 9)]
)
def test_agrees_with_twin_for_any_widths(pri_gru, aux_gru, units):
    network, naive, sizes = toy_network(
        "rock", pri_gru=pri_gru, aux_gru=aux_gru, units=units
    )
    check_agreement(network, naive, sizes, 1e-9)


def test_agrees_with_twin_in_single_precision():
    network, naive, sizes = toy_network("rock", dtype=torch.float32)
    check_agreement(network, naive, sizes, 1e-4)


@pytest.mark.parametrize("architecture", ["rock", "flat", "han"])
def test_agrees_with_twin_through_triton(architecture, triton_kernels):
    network, naive, sizes = toy_network(
        architecture, gru_dropout=0.3, recurrent_dropout=0.4
    )
    check_agreement(network, naive, sizes, 1e-9, masks="draw")


def test_agrees_with_twin_through_triton_in_single_precision(triton_kernels):
    network, naive, sizes = toy_network("rock", dtype=torch.float32)
    check_agreement(network, naive, sizes, 1e-4)


@pytest.mark.parametrize("slower", [True, False])
def test_agrees_with_twin_whoever_multiplies(slower, compiled_steps, monkeypatch):
    ours = kernels.Library("compiled", ("product",))
    others = [line for line in kernels.TABLE if line.is_there != library_is_slower]
    monkeypatch.setattr(kernels, "TABLE", [ours, *others] if slower else others)
    kernels.forget_choices()
    widths = {"word_gru": 16, "pri_gru": 17, "aux_gru": 6, "units": 18}
    network, naive, sizes = toy_network("rock", **widths, recurrent_dropout=0.4)
    check_agreement(network, naive, sizes, 1e-9, masks="draw")
    monkeypatch.undo()
    kernels.forget_choices()


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("dropout", [(0.4, 0.0), (0.0, 0.4), (0.3, 0.4)])
def test_agrees_with_twin_under_dropout(architecture, dropout):
    network, naive, sizes = toy_network(
        architecture, gru_dropout=dropout[0], recurrent_dropout=dropout[1]
    )
    check_agreement(network, naive, sizes, 1e-9, masks="draw")


def test_agrees_with_twin_on_squared_error_and_class_weights():
    network, naive, sizes = toy_network("rock")
    weight = torch.tensor([0.5, 1.0, 3.0], dtype=torch.float64)
    check_agreement(network, naive, sizes, 1e-9, squared=True, class_weight=weight)


def test_a_prediction_does_not_depend_on_its_batch():
    network, _, _ = toy_network("rock")
    network.eval()
    table = toy_table()
    together = make_batch(table, np.arange(len(table)), CONTENT_SIZE)
    expected = dict(zip(together.targets, network(together).primary, strict=True))
    for target in range(len(table)):
        alone = make_batch(table, np.array([target]), CONTENT_SIZE)
        assert_close(network(alone).primary[0], expected[target], 1e-12)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(("pri_gru", "aux_gru", "units"), [(5, 1, 4), (1, 6, 13)])
@pytest.mark.parametrize("known", [False, True])
def test_predicts_the_same_without_gradients(
    architecture, pri_gru, aux_gru, units, known
):
    network, _, sizes = toy_network(
        architecture, pri_gru=pri_gru, aux_gru=aux_gru, units=units
    )
    network.eval()
    table = toy_table()
    batch = make_batch(table, np.arange(len(table)), CONTENT_SIZE)
    expected = network(batch)
    with torch.inference_mode():
        words = torch.from_numpy(np.unique(table.ids)).long()
        products = network.know_words(words) if known else None
        found = network(batch, products=products)
    assert_close(found.primary, expected.primary, 1e-12)
    assert_close(found.values, expected.values, 1e-12)
    assert_close(found.logits, expected.logits, 1e-12)
    for name, weights in vars(expected.attentions).items():
        assert_close(getattr(found.attentions, name), weights, 1e-12)


def test_masks_are_drawn_in_training_only():
    network, _, _ = toy_network("rock", gru_dropout=0.5, recurrent_dropout=0.5)
    table = toy_table()
    batch = make_batch(table, np.arange(len(table)), CONTENT_SIZE)
    network.train()
    assert not torch.equal(network(batch).primary, network(batch).primary)
    network.eval()
    assert torch.equal(network(batch).primary, network(batch).primary)


def test_mask_shapes_and_scale():
    network, _, sizes = toy_network("rock", gru_dropout=0.25, recurrent_dropout=0.5)
    table = toy_table()
    batch = make_batch(table, np.arange(5), 2)
    masks = network.draw_masks(batch)
    n_talkturns = len(batch.talkturn_positions)
    assert masks.word_input.shape == (n_talkturns, 6)
    assert masks.word_state.shape == (n_talkturns, 4, sizes.word_gru)
    assert masks.talkturn_input.shape == (n_talkturns, 2, sizes.attention_units)
    assert masks.primary_state.shape == (5, 2, sizes.pri_gru)
    assert masks.auxiliary_state.shape == (5, 8, sizes.aux_gru)
    assert set(masks.word_input.unique().tolist()) == {0.0, 4 / 3}
    assert set(masks.word_state.unique().tolist()) == {0.0, 2.0}


def test_rock_without_auxiliary_tasks_is_han():
    sizes = Sizes(primary=2)
    network = make_network("rock", torch.randn(5, 4), sizes)
    assert type(network).__name__ == "HAN"


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_who_else_is_in_the_batch_does_not_matter(architecture):
    """With all that a network may know: who speaks, bags of words, an encoder."""
    network, _, _ = toy_network(
        architecture, contextual=3, direct=True, bag=5, speakers=True, head_dropout=0.5
    )
    generator = np.random.default_rng(0)
    table = toy_table()
    n_bag = generator.integers(4, size=len(table))
    bags = BagRows(
        generator.integers(5, size=n_bag.sum()),
        np.concatenate([[0], np.cumsum(n_bag)]),
        generator.random(n_bag.sum()),
        5,
        0.25,
    )
    vectors = generator.normal(size=(len(table.ids), 3))
    rows = ContextualRows(vectors, table.offsets[:-1], np.zeros(len(table), dtype=int))
    speakers = generator.integers(2, size=len(table))
    table = replace(table, bags=bags, contextual=rows, speakers=speakers)
    network.eval()
    batch = make_batch(table, np.arange(len(table)), CONTENT_SIZE)
    together = network(batch).primary
    with torch.inference_mode():
        quick = network(batch).primary
    torch.testing.assert_close(quick, together.detach(), rtol=1e-6, atol=1e-6)
    for row, target in enumerate(batch.targets):
        alone = network(make_batch(table, np.array([target]), CONTENT_SIZE)).primary
        torch.testing.assert_close(alone[0], together[row], rtol=1e-6, atol=1e-6)
    # Each of them counts.
    for name, other in {
        "bags": replace(bags, weights=bags.weights + 1),
        "contextual": replace(rows, vectors=vectors + 1),
        "speakers": np.zeros_like(speakers),
    }.items():
        changed = make_batch(
            replace(table, **{name: other}), np.arange(len(table)), CONTENT_SIZE
        )
        assert (network(changed).primary - together).abs().max() > 1e-3, name
