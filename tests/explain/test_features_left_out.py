"""What features changed, against the naive way: empty the cell, predict again."""

from __future__ import annotations

import numpy as np
import pytest
from fake_encoder import FakeEncoder
from tiny_estimators import tiny_classifier, tiny_regressor

from hanrock_sk import explain
from hanrock_sk.datasets import make_conversations

FEATURES = ["age", "seen", "topic"]


def fitted(case):
    """Ages of whom some are missing, a flag, and codes; rows of two conversations."""
    task = "regression" if case == "values" else "classification"
    X, y = make_conversations(3, 6, task=task, random_state=0)
    rows = np.random.default_rng(0).permutation(len(y))
    X, y = X.iloc[rows].reset_index(drop=True), y[rows]
    random = np.random.default_rng(1)
    X["age"] = np.where(
        random.random(len(y)) < 0.2, np.nan, random.normal(40, 9, len(y))
    )
    X["seen"] = random.integers(0, 2, len(y)).astype(float)
    X["topic"] = np.where(
        random.random(len(y)) < 0.2, None, random.choice(list("ab"), len(y))
    )
    params = {"features": FEATURES, "content_size": 4, "max_epochs": 20, "lr": 0.03}
    if case == "encoder":
        params["embeddings"] = FakeEncoder()
    make = tiny_regressor if case == "values" else tiny_classifier
    return make(**params).fit(X, y), X


def outputs_of(model, X):
    if hasattr(model, "predict_proba"):
        return model.predict_proba(X)
    return model.predict(X)[:, None]


@pytest.mark.parametrize("case", ["classes", "values", "encoder"])
def test_as_if_the_cell_were_empty(case):
    model, X = fitted(case)
    made = explain.occlusion(model, X, words=False)
    assert sorted(made.features) == sorted(FEATURES)
    base = outputs_of(model, X)
    for k, name in enumerate(made.features):
        for row in range(len(X)):
            empty = X.copy()
            empty.loc[row, name] = None if name == "topic" else np.nan
            expected = base[row] - outputs_of(model, empty)[row]
            np.testing.assert_allclose(
                made.feature_changes[row, k], expected, atol=1e-5
            )
    assert np.abs(made.feature_changes).max() > 0.002


def test_tables_and_effects():
    model, X = fitted("classes")
    made = explain.occlusion(model, X, [4, 2], context_words=False)
    table = made.table("features")
    assert table["row"].tolist() == [4] * 3 + [2] * 3
    assert table["feature"].tolist() == list(made.features) * 2
    of_four = dict(zip(made.features, made.feature_effects[0].tolist(), strict=True))
    assert made[4].features == of_four
    assert table["effect"].tolist()[:3] == list(of_four.values())
    shown = made[4]._repr_html_()
    assert f"{of_four['age']:+.3f}</td>" in shown
    assert "topic, if it were empty" in shown


def test_a_model_without_features():
    X, y = make_conversations(2, 6, random_state=0)
    made = explain.occlusion(tiny_classifier().fit(X, y), X, [3], words=False)
    assert made.features == ()
    assert made[3].features == {}
    assert len(made.table("features")) == 0
