"""The page's effects are those of occlusion."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_estimators import tiny_regressor

from hanrock_sk import explain
from hanrock_sk.explain.reporting import page_effects
from hanrock_sk.explain.reporting.page_effects import (
    DIGITS,
    LARGEST,
    effect_data,
    encode_changes,
)


def decode(letters, largest):
    pairs = [letters[k : k + 2] for k in range(0, len(letters), 2)]
    parts = [64 * DIGITS.index(a) + DIGITS.index(b) - LARGEST - 1 for a, b in pairs]
    return np.array(parts) * largest / LARGEST


def test_two_letters_a_change():
    parts = np.arange(-LARGEST, LARGEST + 1)
    np.testing.assert_allclose(decode(encode_changes(parts), LARGEST), parts)


@pytest.fixture(scope="module")
def read(han, talkturns):
    return han, han._read_new(talkturns[0]), np.array([9, 8, 3, 20])


def test_as_occlusion(read, talkturns):
    model, made_of, shown = read
    data = effect_data(model, made_of, shown, True)
    occlusion = explain.occlusion(model, talkturns[0], shown)
    for position, row in enumerate(shown.tolist()):
        effects = occlusion[row]
        result = decode(data["talkturnEffects"][position], data["largest"])
        expected = [talkturn.effect for talkturn in effects.context]
        np.testing.assert_allclose(result, expected, atol=data["largest"] / 4000)
        result = decode(data["wordEffects"][position], data["largest"])
        expected = [word.effect for word in effects.context[-1].words]
        np.testing.assert_allclose(result, expected, atol=data["largest"] / 4000)
    assert 0 < data["scale"] <= data["largest"]
    turns = {turn for word in data["wordList"] for turn in word["turns"]}
    assert turns <= set(range(4))
    assert {word["class"] for word in data["wordList"]} <= set(range(4))


def test_words_only_if_it_takes_seconds(read, monkeypatch):
    model, made_of, shown = read
    assert effect_data(model, made_of, shown, None)["wordEffects"] is not None
    words = [len(model.network_.reader.words_of(made_of.texts[r])) for r in shown]
    squares = sum(n * n for n in words)
    monkeypatch.setattr(page_effects, "AFFORDABLE_WORDS", squares)
    assert effect_data(model, made_of, shown, None)["wordEffects"] is not None
    monkeypatch.setattr(page_effects, "AFFORDABLE_WORDS", squares - 1)
    data = effect_data(model, made_of, shown, None)
    assert data["wordEffects"] is None
    assert data["wordList"] is None
    assert len(data["talkturnEffects"]) == 4
    assert effect_data(model, made_of, shown, True)["wordEffects"] is not None


def test_words_of_values_of_a_small_unit(values):
    X, y = values
    unit = 1e-6
    model = tiny_regressor().fit(X, unit * y)
    shown = np.arange(len(X))
    data = effect_data(model, model._read_new(X), shown, True)
    listed = explain.word_list(explain.occlusion(model, X, shown), 12)
    assert 0 < min(abs(word.effect) for word in listed) < unit
    expected = pytest.approx([word.effect for word in listed], rel=1e-5, abs=0)
    assert [word["effect"] for word in data["wordList"]] == expected
