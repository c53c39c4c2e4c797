"""What a network begins with follows from the training data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from toy_nets import SIZES, toy_data, toy_net

from hanrock_sk.estimators.starting_weights import (
    start_direct_way,
    start_measured_way,
    start_standardised,
    start_values_at_median,
)
from hanrock_sk.model.layout.batches import ContextualRows


def test_real_values_start_at_their_median():
    data = toy_data()
    values = np.array([[5, np.nan, 1, np.nan, 2, 100] + [np.nan] * 6, [np.nan] * 12])
    data = replace(
        data,
        targets=np.array([0, 1, 2, 3, 4]),
        primary=np.array([1, 3, 7, -2, 4] + [np.nan] * 7, dtype=np.float32),
        values=values.astype(np.float32),
    )
    net = toy_net(sizes=replace(SIZES, primary=1, auxiliary=(0, 0))).initialize()
    start_values_at_median(net, data)
    assert net.module_.primary_head.bias.item() == 3
    assert net.module_.auxiliary_heads.value_bias.flatten().tolist() == [2, 0]


def test_values_count_by_their_weights():
    data = toy_data()
    values = np.array([[5, np.nan, 1, np.nan, 2, 100] + [np.nan] * 6])
    weights = np.array([1, 1, 5, 1, 1] + [1] * 7, dtype=np.float32)
    data = replace(
        data,
        targets=np.array([0, 1, 2, 3, 4]),
        primary=np.array([1, 3, 7, -2, 4] + [np.nan] * 7, dtype=np.float32),
        values=values.astype(np.float32),
        sample_weight=weights,
    )
    net = toy_net(sizes=replace(SIZES, primary=1, auxiliary=(0,)))
    start_values_at_median(net.initialize(), data)
    assert net.module_.primary_head.bias.item() == 7
    assert net.module_.auxiliary_heads.value_bias.item() == 1


def test_labels_start_at_zero():
    net = toy_net().initialize()
    start_values_at_median(net, toy_data())
    assert net.module_.primary_head.bias.tolist() == [0, 0, 0]
    assert net.module_.auxiliary_heads.label_bias.flatten().tolist() == [0, 0, 0]


def with_sentences(data, n_told=0):
    """Vectors of an encoder; the first of each talkturn's may be told."""
    table = data.table
    generator = np.random.default_rng(4)
    vectors = generator.normal(3.0, 2.0, size=(len(table.ids), 5)).astype(np.float16)
    told = np.minimum(n_told, np.diff(table.offsets) - 1)
    for begin, n in zip(table.offsets[:-1], told, strict=True):
        vectors[begin : begin + n] = 0
    rows = ContextualRows(vectors, table.offsets[:-1], told)
    return replace(data, table=replace(table, contextual=rows))


@pytest.mark.parametrize("n_told", [0, 1])
def test_an_encoders_vectors_start_standardised(n_told):
    data = with_sentences(toy_data(), n_told)
    net = toy_net(sizes=replace(SIZES, contextual=5)).initialize()
    start_standardised(net, data)
    rows = data.table.contextual.vectors.astype(np.float64)
    rows = rows[rows.any(axis=1)]
    inputs = net.module_.inputs
    np.testing.assert_allclose(inputs.mean, rows.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(inputs.spread, rows.std(axis=0), rtol=1e-5)


def test_vectors_of_no_word_at_all_are_left_as_they_are():
    data = with_sentences(toy_data())
    data.table.contextual.vectors[:] = 0
    net = toy_net(sizes=replace(SIZES, contextual=5)).initialize()
    start_standardised(net, data)
    assert not net.module_.inputs.mean.any()
    assert (net.module_.inputs.spread == 1).all()


@pytest.mark.parametrize("class_weight", [None, [0.5, 1.0, 4.0]])
def test_the_direct_way_starts_with_frequencies_and_at_its_centre(class_weight):
    data = with_sentences(toy_data(seed=3), 1)
    data = replace(data, targets=np.array([0, 1, 2, 5, 7]))
    weight = None if class_weight is None else torch.tensor(class_weight)
    sizes = replace(SIZES, contextual=5, direct=True)
    net = toy_net(sizes=sizes, criterion__class_weight=weight).initialize()
    start_direct_way(net, data)
    offsets, rows = data.table.offsets, data.table.contextual
    means = [
        rows.vectors[offsets[t] + rows.told[t] : offsets[t + 1]]
        .astype(np.float64)
        .mean(axis=0)
        for t in data.targets
    ]
    np.testing.assert_allclose(
        net.module_.direct.centre, np.mean(means, axis=0), rtol=1e-5
    )
    counts = np.array([(data.primary[data.targets] == c).sum() for c in range(3)]) + 0.5
    counts = counts * (class_weight or 1)
    found = net.module_.primary_head.bias.detach().exp()
    np.testing.assert_allclose(found, counts / counts.sum(), rtol=1e-5)


def test_the_measured_way_starts_with_what_was_measured():
    """Of labelled and unlabelled talkturns together, task by task."""
    sizes = replace(SIZES, measured=(0,))
    net, data = toy_net(sizes=sizes).initialize(), toy_data()
    data.values[0, :2] = np.nan
    half = replace(data, targets=data.targets[:4], unlabelled=data.targets[4:9])
    start_measured_way(net, half)
    known = data.values[0, 2:9].astype(np.float64)
    way = net.module_.measured
    assert way.centre.item() == pytest.approx(known.mean(), rel=1e-6)
    assert way.spread.item() == pytest.approx(known.std(), rel=1e-6)
