"""Calibration: held-out labels alone tell it, and no order changes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import ConvergenceWarning
from tiny_estimators import (
    is_labelled,
    supervised,
    talkturns,
    tiny_classifier,
    tiny_regressor,
)

from hanrock_sk import conversation_pipeline
from hanrock_sk.estimators import (
    calibration_slope,
    classes,
    real_values,
    second_network,
)
from hanrock_sk.estimators.calibration_slope import slope_of
from hanrock_sk.estimators.temperature import USUAL, temperature_of


def logits_of(model, X):
    return model._predict_primary(X).astype(np.float64)


@pytest.fixture(scope="module")
def data():
    columns, y = talkturns()
    return pd.DataFrame(columns), y


HELD_OUT = pytest.mark.parametrize(
    "held_out", [{}, {"validation_fraction": 0.3}], ids=["second fit", "validation"]
)


@HELD_OUT
def test_logits_are_divided_by_the_temperature(data, held_out):
    X, y = data
    params = {"validation_fraction": 0.0, "max_epochs": 4} | held_out
    plain = tiny_classifier(**params).fit(X, y)
    model = tiny_classifier(calibrate=True, **params).fit(X, y)
    assert plain.temperature_ == 1
    assert model.temperature_ not in (1, USUAL)
    np.testing.assert_allclose(
        logits_of(model, X), logits_of(plain, X) / model.temperature_, rtol=1e-5
    )
    np.testing.assert_array_equal(model.predict(X), plain.predict(X))
    assert model.history_ == [
        record | {"seconds": model.history_[i]["seconds"]}
        for i, record in enumerate(plain.history_)
    ]


@HELD_OUT
def test_values_are_drawn_towards_the_median_by_the_slope(held_out):
    columns, y = talkturns("regression")
    X = pd.DataFrame(columns)
    y = 100 * np.array(y) + 7
    params = {"validation_fraction": 0.0, "max_epochs": 4, "lr": 0.02} | held_out
    plain = tiny_regressor(**params).fit(X, y)
    model = tiny_regressor(calibrate=True, **params).fit(X, y)
    assert plain.slope_ == 1
    assert model.slope_ not in (1, calibration_slope.USUAL)
    np.testing.assert_allclose(
        model.predict(X) - plain._location_,
        model.slope_ * (plain.predict(X) - plain._location_),
        rtol=1e-4, atol=1e-3,
    )  # fmt: skip


def test_values_and_predictions_tell_the_slope_in_one_unit(monkeypatch):
    """Both less the centre: a slope of 1 is told if predictions are true."""
    columns, y = talkturns("regression")
    told = []

    def spy(predicted, values, weights):
        told.append((predicted, values))
        return slope_of(predicted, values, weights)

    monkeypatch.setattr(real_values, "slope_of", spy)
    params = {"validation_fraction": 0.3, "max_epochs": 4, "lr": 0.02}
    X = pd.DataFrame(columns)
    plain = tiny_regressor(**params).fit(X, y)
    tiny_regressor(calibrate=True, **params).fit(X, y)
    ((predicted, values),) = told
    of_rows = dict(zip(np.array(y).tolist(), plain.predict(X), strict=True))
    for one, value in zip(predicted, values, strict=True):
        label = value * plain._scale_ + plain._location_
        nearest = min(of_rows, key=lambda known: abs(known - label))
        assert one * plain._scale_ + plain._location_ == pytest.approx(
            of_rows[nearest], abs=1e-4
        )


def test_verbose_says_why_it_goes_on(data, capsys):
    X, y = data
    tiny_classifier(calibrate=True, validation_fraction=0.0, verbose=1).fit(X, y)
    lines = sorted(capsys.readouterr().out.splitlines())
    assert [line.split()[0] for line in lines] == ["calibration:", "epoch", "epoch"]
    assert lines[0].startswith("calibration: a second network, on ")


def test_remembered_fits_have_the_temperature_of_the_first(data, tmp_path):
    X, y = data
    model = tiny_classifier(
        calibrate=True, validation_fraction=0.0, memory=str(tmp_path)
    )
    first = model.fit(X, y)
    logits, temperature = logits_of(first, X), first.temperature_
    again = tiny_classifier(
        calibrate=True, validation_fraction=0.0, memory=str(tmp_path)
    ).fit(X, y)
    assert again.temperature_ == temperature
    np.testing.assert_array_equal(logits_of(again, X), logits)


def test_a_second_network_that_diverges_leaves_the_usual_temperature(data, monkeypatch):
    X, y = data

    def diverge(*args):
        raise FloatingPointError("the loss is not finite")

    monkeypatch.setattr(second_network, "train_or_load", diverge)
    model = tiny_classifier(calibrate=True, validation_fraction=0.0)
    with pytest.warns(
        ConvergenceWarning, match=r"Calibration: .* usual factor is taken.* not finite"
    ):
        model.fit(X, y)
    assert model.temperature_ == USUAL


def test_with_one_label_a_class_there_is_nothing_to_tell(data):
    X, y = data
    labels = np.array(y, dtype=object)
    rows = [y.index(label) for label in sorted(set(labels[is_labelled(y)]))]
    few = np.full(len(y), None, dtype=object)
    few[rows] = labels[rows]
    model = tiny_classifier(calibrate=True, validation_fraction=0.0).fit(X, few)
    assert model.temperature_ == pytest.approx(USUAL, rel=0.2)


def test_weights_and_distributions_have_a_say_in_the_temperature(monkeypatch):
    columns, y = supervised()
    X = pd.DataFrame(columns)
    told = []

    def spy(logits, labels, weights=None):
        told.append((labels, weights))
        return temperature_of(logits, labels, weights)

    monkeypatch.setattr(classes, "temperature_of", spy)
    weight = np.where(np.arange(len(y)) % 3 == 0, 0.5, 1.0)
    model = tiny_classifier(calibrate=True, validation_fraction=0.0)
    model.fit(X, y, sample_weight=weight)
    labels, weights = told[-1]
    assert labels.ndim == 1
    assert len(set(weights.round(6))) == 2
    assert max(weights) == pytest.approx(2 * min(weights), rel=1e-5)
    shares = np.arange(1.0, len(model.classes_) + 1)
    shares /= shares.sum()
    X = X.assign(
        **{f"soft__{c}": p for c, p in zip(model.classes_, shares, strict=True)}
    )
    model.fit(X, y)
    labels, weights = told[-1]
    np.testing.assert_allclose(labels, np.tile(shares, (len(labels), 1)), rtol=1e-6)
    assert weights is None


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_the_pipeline_is_calibrated(task):
    model = conversation_pipeline(task, embeddings=None)["model"]
    assert model.calibrate
    model = conversation_pipeline(task, embeddings=None, calibrate=False)["model"]
    assert not model.calibrate


STILL = {"warm_start": True, "lr": 1e-12}
"""Goes on, and hardly moves."""


@HELD_OUT
def test_going_on_is_calibrated_once(data, held_out):
    """Else every portion of labels would make the model less sure."""
    X, y = data
    params = {"validation_fraction": 0.0, "max_epochs": 4, "direct": True} | held_out
    model = tiny_classifier(calibrate=True, **params).fit(X, y)
    raw = logits_of(model, X) * model.temperature_
    for _ in range(2):
        model.set_params(**STILL).fit(X, y)
        assert model.temperature_ != 1
        np.testing.assert_allclose(
            logits_of(model, X) * model.temperature_, raw, rtol=1e-4, atol=1e-6
        )


def test_going_on_with_values_is_calibrated_once():
    columns, y = talkturns("regression")
    X = pd.DataFrame(columns)
    model = tiny_regressor(calibrate=True, max_epochs=4).fit(X, y)
    raw = model._predict_primary(X) / model.slope_
    model.set_params(**STILL).fit(X, y)
    found = model._predict_primary(X) / model.slope_
    np.testing.assert_allclose(found, raw, rtol=1e-4, atol=1e-6)


def test_going_on_without_calibration_keeps_it(data):
    X, y = data
    model = tiny_classifier(calibrate=True, max_epochs=4).fit(X, y)
    before, temperature = logits_of(model, X), model.temperature_
    model.set_params(calibrate=False, **STILL).fit(X, y)
    assert model.temperature_ == temperature
    np.testing.assert_allclose(logits_of(model, X), before, rtol=1e-4, atol=1e-6)
    model.set_params(calibrate=True).fit(X, y)
    found = logits_of(model, X) * model.temperature_
    np.testing.assert_allclose(found, before * temperature, rtol=1e-4, atol=1e-6)
