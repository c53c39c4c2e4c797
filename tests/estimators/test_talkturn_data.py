"""Batches hold the right talkturns, each beside its targets."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from toy_nets import two_conversations

from hanrock_sk.estimators import talkturn_data
from hanrock_sk.estimators.talkturn_data import Batches, TalkturnData
from hanrock_sk.model.layout.batches import TokenTable


class TestTalkturnData:
    def test_targets_at_positions(self):
        data = two_conversations()
        found = data.of(np.array([4, 0]))
        assert found.primary.tolist() == [1, 0]
        np.testing.assert_array_equal(found.values, [[np.nan, 0.5]])
        assert found.labels.tolist() == [[1, 1]]
        np.testing.assert_array_equal(found.weights, data.weights[:, [4, 0]])

    def test_its_length_is_that_of_the_targets(self):
        assert len(two_conversations()) == 6

    def test_distributions_and_weights_stand_beside_them(self):
        data = replace(
            two_conversations(),
            soft=np.arange(21, dtype=np.float32).reshape(3, 7),
            sample_weight=np.arange(7, dtype=np.float32),
        )
        found = data.of(np.array([4, 0]))
        assert found.soft.tolist() == [[4, 11, 18], [0, 7, 14]]
        assert found.sample_weight.tolist() == [4, 0]

    def test_how_often_each_class_is_the_truth(self):
        """Labels 0, 1, (none), 2, 1, 1, 0."""
        data = two_conversations()
        assert data.class_counts(4).tolist() == [2, 3, 1, 0]
        weights = np.array([1, 2, 9, 0, 3, 1, 0.5], dtype=np.float32)
        weighted = replace(data, sample_weight=weights)
        assert weighted.class_counts(4).tolist() == [1.5, 6, 0, 0]
        soft = np.zeros((4, 7), dtype=np.float32)
        soft[0], soft[3] = 0.25, 0.75
        assert replace(data, soft=soft).class_counts(4).tolist() == [1.5, 0, 0, 4.5]
        both = replace(weighted, soft=soft)
        assert both.class_counts(4).tolist() == [7.5 * 0.25, 0, 0, 7.5 * 0.75]

    def test_weights_that_are_all_zero_are_none(self):
        data = replace(two_conversations(), sample_weight=np.zeros(7, np.float32))
        assert data.label_weights() is None


class TestBatches:
    def test_without_a_generator_in_order_and_complete(self, monkeypatch):
        monkeypatch.setattr(talkturn_data, "PIECE_WORDS", 6)
        data = two_conversations()
        pieces = [batch.targets for batch, _ in Batches(data, 2)]
        assert len(pieces) > 1
        assert all(before.max() < after.min() for before, after in pairwise(pieces))
        assert sorted(np.concatenate(pieces)) == data.targets.tolist()

    def test_targets_stand_beside_their_talkturns(self):
        data = two_conversations()
        generator = np.random.default_rng(0)
        batches = list(Batches(data, 2, generator, batch_size=4, run_length=2))
        assert [len(batch) for batch, _ in batches] == [4, 2]
        for batch, targets in batches:
            assert targets.primary.tolist() == data.primary[batch.targets].tolist()
            np.testing.assert_array_equal(
                targets.weights, data.weights[:, batch.targets]
            )

    def test_at_least_half_of_a_batch_has_labels(self):
        table = TokenTable(np.zeros(50, np.uint8), np.arange(51), np.zeros(50, int))
        data = TalkturnData(
            table,
            targets=np.arange(20),
            primary=np.repeat([1, -1], [20, 30]),
            values=np.zeros((1, 50), np.float32),
            labels=np.zeros((1, 50), int),
            weights=np.ones((3, 50), np.float32),
            unlabelled=np.arange(20, 50),
        )
        batches = list(Batches(data, 2, np.random.default_rng(0), 8, run_length=2))
        assert len(batches) == 3
        labelled = []
        for batch, targets in batches:
            has_label = targets.primary.numpy() >= 0
            assert 1 <= (~has_label).sum() <= has_label.sum()
            labelled += batch.targets[has_label].tolist()
        assert sorted(labelled) == list(range(20))

    def test_without_unlabelled_ones_there_are_labels_alone(self):
        batches = list(Batches(two_conversations(), 2, np.random.default_rng(0), 4, 2))
        assert all((targets.primary >= 0).all() for _, targets in batches)

    def test_every_epoch_is_shuffled_anew(self):
        batches = Batches(two_conversations(), 2, np.random.default_rng(0), 6, 1)
        epochs = {
            tuple(np.concatenate([data.primary.tolist() for _, data in batches]))
            for _ in range(10)
        }
        assert len(epochs) > 1
