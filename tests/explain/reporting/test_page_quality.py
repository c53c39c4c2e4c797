"""How good a model is, against scikit-learn and a bootstrap written the slow way."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score

from hanrock_sk.explain.reporting.page_quality import class_quality, value_quality

CONVERSATIONS = np.split(np.arange(240), 8)


def drawn_answers(right):
    """Labels of three classes, some missing, and answers that often are right."""
    random = np.random.default_rng(0)
    true = random.integers(3, size=240)
    other = random.integers(3, size=240)
    predicted = np.where(random.random(240) < right, true, other)
    true[random.random(240) < 0.2] = -1
    return true, predicted


def test_classes():
    true, predicted = drawn_answers(0.6)
    quality = class_quality(true, predicted, CONVERSATIONS)
    there = true >= 0
    labels, answers = true[there], predicted[there]
    expected = balanced_accuracy_score(labels, answers)
    assert quality["score"] == pytest.approx(expected, abs=1e-4)
    expected = accuracy_score(labels, answers)
    assert quality["accuracy"] == pytest.approx(expected, abs=1e-4)
    most = np.bincount(labels).argmax()
    assert quality["most"] == most
    assert quality["mostAccuracy"] == pytest.approx((labels == most).mean(), abs=1e-4)
    assert quality["labelled"] == there.sum()
    assert (quality["chance"], quality["drawn"]) == (0.3333, "conversations")
    assert quality["low"] < quality["score"] < quality["high"]
    assert not quality["atChance"]


def test_the_interval_is_of_whole_conversations():
    """Drawn one by one, talkturns of few conversations look surer than they are."""
    true = np.tile([0, 1], 120)
    predicted = true.copy()
    wrong = np.concatenate(CONVERSATIONS[:3])
    predicted[wrong] = 1 - true[wrong]
    quality = class_quality(true, predicted, CONVERSATIONS)
    random = np.random.default_rng(1)
    scores = [
        np.mean([k >= 3 for k in random.integers(8, size=8)]) for _ in range(4000)
    ]
    low, high = np.percentile(scores, [2.5, 97.5])
    assert quality["low"] == pytest.approx(low, abs=0.01)
    assert quality["high"] == pytest.approx(high, abs=0.01)
    assert quality["atChance"]
    alone = class_quality(true, predicted, [np.arange(240)])
    assert alone["drawn"] == "talkturns"
    assert alone["low"] > quality["low"]
    assert not alone["atChance"]


def test_chance():
    true, predicted = drawn_answers(0.0)
    assert class_quality(true, predicted, CONVERSATIONS)["atChance"]
    always = np.zeros_like(true)
    quality = class_quality(true, always, CONVERSATIONS)
    assert quality["score"] == quality["chance"]
    assert quality["atChance"]


def test_no_labels():
    rows = [np.arange(3)]
    assert class_quality(np.full(3, -1), np.zeros(3, dtype=int), rows) is None
    assert value_quality(np.full(3, np.nan), np.zeros(3), rows) is None


def test_values():
    random = np.random.default_rng(0)
    true = random.normal(size=240)
    good = true + random.normal(scale=0.3, size=240)
    true[::7] = np.nan
    quality = value_quality(true, good, CONVERSATIONS)
    there = ~np.isnan(true)
    error = np.abs(good - true)[there].mean()
    assert quality["score"] == pytest.approx(error, abs=1e-4)
    median = np.abs(true - np.nanmedian(true))[there].mean()
    assert quality["chance"] == pytest.approx(median, abs=1e-4)
    assert not quality["atChance"]
    assert value_quality(true, random.normal(size=240), CONVERSATIONS)["atChance"]


def test_values_of_a_small_unit():
    random = np.random.default_rng(0)
    true, predicted = random.normal(size=(2, 240))
    large, small = (
        value_quality(unit * true, unit * predicted, CONVERSATIONS)
        for unit in (1, 1e-6)
    )
    for name in ("score", "low", "high", "chance"):
        assert small[name] == pytest.approx(1e-6 * large[name], rel=1e-5)
