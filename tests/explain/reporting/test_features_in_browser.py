"""What features changed, on the report's page in a real Chromium."""

from __future__ import annotations

import numpy as np
import pytest
from browser_page import EACH
from tiny_estimators import tiny_classifier

from hanrock_sk import explain
from hanrock_sk.datasets import make_conversations


@pytest.fixture(scope="module")
def fitted():
    X, y = make_conversations(4, 8, random_state=0)
    X["age"] = np.where(y == y[0], 2.0, -2.0) + np.arange(len(y)) / 50
    X["topic"] = np.where(y == y[0], "work", "home")
    model = tiny_classifier(features=["age", "topic"], max_epochs=20, lr=0.03)
    return model.fit(X, y), X, y


def test_a_bar_for_each_feature(show, fitted):
    model, X, y = fitted
    page = show(explain.report(model, X, y, conversations=[0], maps=True))
    row = page.row
    effects = explain.occlusion(model, X, [row], context_words=False)[row].features
    assert page.texts(".features tbody th") == list(effects) == ["age", "topic"]
    numbers = page.texts(".features tbody .number")
    for text, effect in zip(numbers, effects.values(), strict=True):
        value = float(text.split()[0].replace("\u2212", "-").replace("±", ""))
        assert value == pytest.approx(100 * effect, abs=0.51)
    bars = page.run(
        f"{EACH}.map(e => [e.className, e.getBoundingClientRect(),"
        "e.parentElement.getBoundingClientRect()])",
        ".features .signed span",
    )
    for (kind, bar, whole), effect in zip(bars, effects.values(), strict=True):
        assert kind == ("lowered" if effect < 0 else "raised")
        middle = (whole["left"] + whole["right"]) / 2
        edge = bar["right"] if effect < 0 else bar["left"]
        assert edge == pytest.approx(middle, abs=1.5)
        share = min(1, abs(effect) / page.run("return SCALE"))
        assert bar["width"] == pytest.approx(whole["width"] / 2 * share, abs=2.1)
    assert max(bar["width"] for _, bar, _ in bars) > 3
    assert "features" not in page.text(".top")


def test_none_where_a_model_has_none(show, both):
    page = show(both)
    assert page.texts(".features") == []
