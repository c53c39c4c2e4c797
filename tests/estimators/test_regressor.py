"""HANRockRegressor: what it learns, and from where it starts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpydoc.docscrape import ClassDoc
from sklearn.base import is_regressor
from tiny_estimators import (
    have_same_weights,
    supervised,
    tiny_regressor,
)

from hanrock_sk import HANRockClassifier, HANRockRegressor

TEXTS = ["good day", "bad day", "good", "bad bad", "a good one", "a bad one"] * 4


def test_is_a_regressor():
    assert is_regressor(tiny_regressor())


def test_what_is_held_out_is_told_as_of_a_classifier():
    said = [
        {each.name: each.desc for each in ClassDoc(kind)["Parameters"]}
        for kind in (HANRockClassifier, HANRockRegressor)
    ]
    assert said[0]["validation_fraction"] == said[1]["validation_fraction"]


def test_starts_from_the_median():
    """An epoch too slow to learn anything leaves it at that."""
    y = np.arange(24.0) ** 2
    model = tiny_regressor(lr=1e-12, validation_fraction=0.0).fit(TEXTS, y)
    np.testing.assert_allclose(model.predict(TEXTS), np.median(y), atol=np.std(y))
    # What the untrained network adds is small for any text, and the same for a text.
    assert abs(np.median(model.predict(TEXTS)) - np.median(y)) < np.std(y) / 2


def test_learns_what_a_word_says():
    y = [10.0, -10.0] * 12
    model = tiny_regressor(max_epochs=40, lr=0.05, patience=None).fit(TEXTS, y)
    assert model.score(TEXTS, y) > 0.9
    high, low = model.predict(["good good", "bad bad bad"])
    assert high > 5
    assert low < -5


def test_losses_differ():
    columns, y = supervised("regression")
    X = pd.DataFrame(columns)
    absolute, squared = (
        tiny_regressor(loss=f"{kind}_error").fit(X, y)
        for kind in ("absolute", "squared")
    )
    assert not have_same_weights(absolute, squared)


def test_history_and_future_have_to_be_numbers(frame):
    columns, y = supervised("regression")
    columns["aux__history__1"] = ["sad"] * len(y)
    with pytest.raises(ValueError, match="Column 'aux__history__1' must hold numbers"):
        tiny_regressor().fit(frame(columns), y)


def test_unknown_loss():
    with pytest.raises(ValueError, match="The 'loss' parameter of HANRockRegressor"):
        tiny_regressor(loss="huber").fit(TEXTS, [1.0, 2.0] * 12)
