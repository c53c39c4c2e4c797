"""Labels of a regressor: their location, their scale, and how well they are told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.metrics import r2_score
from tiny_estimators import (
    have_same_weights,
    is_labelled,
    supervised,
    talkturns,
    tiny_regressor,
)

from hanrock_sk import AuxiliaryTargets

TEXTS = ["good day", "bad day", "good", "bad bad", "a good one", "a bad one"] * 4


def with_targets(y):
    """Talkturns with auxiliary targets made for these values."""
    columns, _ = talkturns("regression")
    targets = AuxiliaryTargets(history=1, future=1)
    return targets.fit_transform(pd.DataFrame(columns), y)


def learnt(values, weights=None):
    """A regressor that knows some labels; NaN is missing, the last is held out."""
    values = np.array(values)
    present = ~np.isnan(values)
    kept = present & (np.arange(len(values)) < len(values) - 1)
    model = tiny_regressor()
    model._learn_labels(values, present, kept, weights, None)
    return model, model._encode_labels(values, present, "y")


def test_location_and_scale_by_hand():
    """A median and a standard deviation; of weights 1, 1, 2 the mean is 5.25."""
    values = [1.0, 2.0, np.nan, 9.0, 100.0]
    model, encoded = learnt(values)
    spread = np.sqrt(38 / 3)  # of 1, 2, 9 around 4
    expected = (np.array(values) - 2) / spread
    np.testing.assert_allclose(encoded, expected, rtol=1e-6)
    np.testing.assert_allclose(model._decode_values(encoded), values, rtol=1e-6)
    weights = np.array([1.0, 1.0, 7.0, 2.0, 5.0])
    spread = np.sqrt((4.25**2 + 3.25**2 + 2 * 3.75**2) / 4)
    expected = (np.array(values) - 5.5) / spread
    np.testing.assert_allclose(learnt(values, weights)[1], expected, rtol=1e-6)
    weights[[0, 1, 3]] = 0  # nothing that counts is trained on
    np.testing.assert_array_equal(learnt(values, weights)[1], encoded)


@pytest.mark.parametrize("step", [0.0, 1e-39])
def test_labels_that_are_as_good_as_equal_are_not_scaled(step):
    model, encoded = learnt([step, -step, 3.0])
    assert encoded.tolist() == [np.float32(step), np.float32(-step), 3]
    assert model._decode_values(np.array([2.0])).tolist() == [2]


@pytest.mark.parametrize(
    ("others", "weights"), [([], None), ([5.0], np.array([0.7] * 6 + [0.0, 1.0]))]
)
def test_equal_labels_are_not_scaled_by_how_their_mean_is_rounded(others, weights):
    """Six times 0.1 has a mean just beside it; what has no weight does not count."""
    encoded = learnt([0.1] * 6 + others + [1.1], weights)[1]
    assert encoded[:6].tolist() == [0] * 6
    assert encoded[-1] == 1


@pytest.mark.parametrize("loss", ["absolute_error", "squared_error"])
@pytest.mark.parametrize(("scale", "offset"), [(1000, 5), (0.001, 0), (1, 1e7)])
def test_any_unit_will_do(loss, scale, offset):
    """What is learnt is the same, and comes back in the unit of the labels."""
    y = np.array(talkturns("regression")[1])
    X = with_targets(y)
    one = tiny_regressor(loss=loss).fit(X, y)
    other = tiny_regressor(loss=loss)
    other.fit(with_targets(scale * y + offset), scale * y + offset)
    for name, values in one.predict_auxiliary(X).items():
        found = (other.predict_auxiliary(X)[name] - offset) / scale
        np.testing.assert_allclose(found, values, atol=2e-3, err_msg=name)
    factor = scale**2 if loss == "squared_error" else scale
    for mine, theirs in zip(one.history_, other.history_, strict=True):
        for task, value in mine["valid_loss"].items():
            found = theirs["valid_loss"][task] / factor
            assert found == pytest.approx(value, rel=1e-3), task
        assert theirs["loss"] / factor == pytest.approx(mine["loss"], rel=1e-3)
        score = theirs["valid_score"] / scale
        assert score == pytest.approx(mine["valid_score"], rel=1e-3)


@pytest.mark.parametrize(
    "make", [list, np.array, pl.Series, pd.Series], ids=lambda m: m.__name__
)
def test_any_kind_of_number(make):
    y = make([1, 2, 3, 4, 5, 6] * 4)
    model = tiny_regressor().fit(TEXTS, y)
    assert model.predict(TEXTS).dtype == np.float64
    expected = tiny_regressor().fit(TEXTS, np.array(y, dtype=np.float64))
    assert have_same_weights(model, expected)


def test_all_the_same_value():
    model = tiny_regressor().fit(TEXTS, [7.0] * 24)
    assert np.isfinite(model.predict(TEXTS)).all()
    assert np.abs(model.predict(TEXTS) - 7).max() < 2


@pytest.mark.parametrize("loss", ["absolute_error", "squared_error"])
def test_history_is_in_the_unit_of_the_labels(frame, loss):
    columns, y = supervised("regression")
    X, known = frame(columns), is_labelled(y)
    model = tiny_regressor(loss=loss, max_epochs=3).fit(X, y, X_val=X, y_val=y)
    errors = np.abs(model.predict(X) - np.array(y))[known]
    best = model.history_[model.best_epoch_ - 1]
    expected = errors.mean() if loss == "absolute_error" else (errors**2).mean()
    assert best["valid_loss"]["primary"] == pytest.approx(expected, rel=1e-4)
    assert best["valid_score"] == pytest.approx(-errors.mean(), rel=1e-4)
    target = np.array(columns["aux__action__au05"], dtype=float)[known]
    told = model.predict_auxiliary(X)["action__au05"][known]
    errors = np.abs(told - target)[~np.isnan(target)]
    expected = errors.mean() if loss == "absolute_error" else (errors**2).mean()
    assert best["valid_loss"]["action__au05"] == pytest.approx(expected, rel=1e-4)


def test_score_is_r2_where_there_is_a_value(frame):
    columns, y = talkturns("regression")
    X, known = frame(columns), is_labelled(y)
    model = tiny_regressor().fit(X, y)
    truth, found = np.array(y)[known], model.predict(X)[known]
    assert 0 < known.sum() < len(y)
    assert model.score(X, y) == pytest.approx(r2_score(truth, found))
    weight = np.random.default_rng(0).random(len(y))
    assert model.score(X, y, sample_weight=weight) == pytest.approx(
        r2_score(truth, found, sample_weight=weight[known])
    )
    with pytest.raises(ValueError, match="nothing to score"):
        model.score(X, [None] * len(y))


@pytest.mark.parametrize(
    ("y", "match"),
    [
        (["yes", "no"] * 12, "needs numbers in y, got 'yes'. For labels, use HANRockC"),
        ([None, "no"] * 12, "needs numbers in y, got 'no'"),
        ([True, False] * 12, "needs numbers in y, got True"),
        ([None] * 24, "All 24 labels of y are missing"),
        ([1.0, np.inf] * 12, "y, row 1: the label is infinite"),
        ([1.0, 2.0], "y has 2 labels for 24 talkturns"),
    ],
)
def test_labels_that_are_no_values(y, match):
    with pytest.raises(ValueError, match=match):
        tiny_regressor().fit(TEXTS, y)


@pytest.mark.parametrize(
    ("y_val", "match"),
    [
        (["yes"] * 24, "needs numbers in y_val, got 'yes'"),
        ([-np.inf] * 24, "y_val, row 0: the label is infinite"),
    ],
)
def test_validation_labels_that_are_no_values(y_val, match):
    with pytest.raises(ValueError, match=match):
        tiny_regressor().fit(TEXTS, [1.0, 2.0] * 12, X_val=TEXTS, y_val=y_val)
