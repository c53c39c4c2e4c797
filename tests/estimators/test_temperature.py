"""The temperature: what held-out labels tell of it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import softmax

from hanrock_sk.estimators.temperature import USUAL, USUAL_SPREAD, temperature_of


def drawn(temperature, n, seed=0):
    """Logits that are `temperature` times too large, and the labels they are about."""
    generator = np.random.default_rng(seed)
    true = generator.normal(size=(n, 3)) * 1.5
    probabilities = softmax(true, axis=1)
    labels = (generator.random((n, 1)) > probabilities.cumsum(axis=1)).sum(axis=1)
    return true * temperature, labels


class TestTemperatureOf:
    @pytest.mark.parametrize("temperature", [0.7, 1.0, 2.0])
    def test_many_labels_tell_it(self, temperature):
        assert temperature_of(*drawn(temperature, 200_000)) == pytest.approx(
            temperature, rel=0.02
        )

    def test_few_labels_leave_the_usual_one(self):
        logits, labels = drawn(2.0, 3)
        assert temperature_of(logits, labels) == pytest.approx(USUAL, rel=0.1)

    def test_no_other_is_more_likely(self):
        logits, labels = drawn(1.5, 60)

        def unlikely(temperature):
            surprise = -np.log(
                softmax(logits / temperature, axis=1)[np.arange(60), labels]
            ).sum()
            return surprise + (np.log(temperature / USUAL) / USUAL_SPREAD) ** 2 / 2

        best = temperature_of(logits, labels)
        others = np.linspace(0.5, 5, 1000)
        assert unlikely(best) <= min(map(unlikely, others)) + 1e-6

    def test_a_weight_of_two_is_a_label_said_twice(self):
        logits, labels = drawn(2.0, 40)
        weights = np.arange(40) % 3
        expected = temperature_of(
            np.repeat(logits, weights, axis=0), np.repeat(labels, weights)
        )
        assert temperature_of(logits, labels, weights) == pytest.approx(expected)

    def test_a_distribution_is_all_its_labels_by_their_share(self):
        logits, labels = drawn(2.0, 40)
        others = (labels + np.arange(40) % 3) % 3
        shares = 0.75 * np.eye(3)[labels] + 0.25 * np.eye(3)[others]
        expected = temperature_of(
            np.tile(logits, (4, 1)), np.concatenate([*[labels] * 3, others]),
            np.full(160, 0.25),
        )  # fmt: skip
        assert temperature_of(logits, shares) == pytest.approx(expected)

    def test_always_right_is_not_infinitely_sure(self):
        logits = np.eye(2)[[0, 1] * 500] * 5
        assert 0.5 <= temperature_of(logits, logits.argmax(axis=1)) < 1
