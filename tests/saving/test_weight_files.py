"""Weights in safetensors files: what they belong to, and what is refused."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pandas as pd
import pytest
import torch
from acting_pickle import Acts
from fake_encoder import FakeEncoder
from frames import DataFrame
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from tiny_estimators import (
    have_same_weights,
    talkturns,
    tiny_classifier,
    weights_of,
)

import hanrock_sk
from hanrock_sk import MonahNarrator
from hanrock_sk.datasets import make_conversations
from hanrock_sk.saving import load_weights, save_weights


def test_they_come_back(fitted, tmp_path):
    model, X = fitted
    path = save_weights(model, tmp_path / "weights.safetensors")
    other = pickle.loads(pickle.dumps(model))
    with torch.no_grad():
        for parameter in other.net_.module_.parameters():
            parameter.zero_()
    assert not have_same_weights(other, model)
    assert load_weights(other, path) is other
    assert have_same_weights(other, model)
    np.testing.assert_array_equal(other.predict(X), model.predict(X))


def test_other_programs_can_read_them(fitted, tmp_path):
    """With nothing but the format's definition: a length, JSON, numbers."""
    model, _ = fitted
    raw = save_weights(model, tmp_path / "weights.safetensors").read_bytes()
    length = int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8 : 8 + length])
    about = header.pop("__metadata__")
    assert about["hanrock_sk"] == hanrock_sk.__version__
    assert about["estimator"] == type(model).__name__
    expected = weights_of(model)
    assert header.keys() == expected.keys()
    for name, entry in header.items():
        assert entry["dtype"] == "F32"
        start, end = (8 + length + place for place in entry["data_offsets"])
        result = np.frombuffer(raw[start:end], "<f4").reshape(entry["shape"])
        np.testing.assert_array_equal(result, expected[name])


def test_those_of_another_program(classifier, tmp_path):
    """Without metadata, names and shapes have to do; half precision is read."""
    from safetensors.numpy import save_file

    model, _ = classifier
    doubled = {n: (2 * w).astype(np.float16) for n, w in weights_of(model).items()}
    save_file(doubled, tmp_path / "weights.safetensors")
    load_weights(model, tmp_path / "weights.safetensors")
    for name, weight in weights_of(model).items():
        np.testing.assert_array_equal(weight, doubled[name].astype(np.float32))


@pytest.mark.parametrize(
    ("spoil", "match"),
    [
        (lambda w: w.pop("primary_head.bias"), r"lacks .*primary_head.bias"),
        (lambda w: w.update(more=np.ones(2)), r"has \['more'\] too many"),
        (
            lambda w: w.update({"inputs.embedding": np.ones(3)}),
            r"'inputs.embedding' has shape \(3,\)",
        ),
        (
            lambda w: w["inputs.embedding"].fill(np.nan),
            "'inputs.embedding' holds something else",
        ),
        (
            lambda w: w.update(
                {"inputs.embedding": w["inputs.embedding"].astype(np.int64)}
            ),
            "'inputs.embedding' holds something else",
        ),
    ],
)
def test_what_does_not_fit(classifier, tmp_path, spoil, match):
    from safetensors.numpy import save_file

    model, _ = classifier
    before, spoilt = weights_of(model), weights_of(model)
    spoil(spoilt)
    save_file(spoilt, tmp_path / "weights.safetensors")
    with pytest.raises(ValueError, match=match):
        load_weights(model, tmp_path / "weights.safetensors")
    for name, weight in weights_of(model).items():
        np.testing.assert_array_equal(weight, before[name])


def test_those_of_another_model(classifier, tmp_path):
    model, X = classifier
    path = save_weights(model, tmp_path / "weights.safetensors")
    columns, y = talkturns()
    other = ["-" if label is None else label[::-1] for label in y]
    for changed, kept, labels in [
        ("labels", {}, other),
        ("network", {"content_size": 2}, y),
        ("vocabulary", {"min_count": 3}, y),
    ]:
        refit = tiny_classifier(**kept).fit(DataFrame(columns), labels)
        if changed == "vocabulary":
            refit.network_.net = model.net_
        with pytest.raises(ValueError, match=f"another model: its {changed} is"):
            load_weights(refit, path)


def test_those_of_a_model_that_reads_otherwise(tmp_path):
    """Where words, shapes and labels are the same, but not what the numbers mean."""
    X = pd.DataFrame({"text": ["a b", "c d"] * 4, "age": [20.0, 30.0, 40.0, 25.0] * 2})
    swapped = X.assign(text=["a d", "c b"] * 4)
    other_unit = X.assign(age=1000 * X["age"])
    for changed, params, tables in [
        ("encoder", [{"embeddings": FakeEncoder(each)} for each in "ab"], [X, X]),
        ("feature columns", [{"features": ["age"]}] * 2, [X, other_unit]),
        ("words of the direct way", [{"direct": True}] * 2, [X, swapped]),
    ]:
        model, other = (
            tiny_classifier(min_count=1, validation_fraction=0, **each).fit(
                table, ["x", "y"] * 4
            )
            for each, table in zip(params, tables, strict=True)
        )
        path = save_weights(model, tmp_path / "weights.safetensors")
        with pytest.raises(ValueError, match=f"another model: its {changed} is"):
            load_weights(other, path)


def test_what_they_are_calibrated_by(tmp_path):
    X, y = make_conversations(6, 6, random_state=0)
    model = tiny_classifier(calibrate=True).fit(X, y)
    other = pickle.loads(pickle.dumps(model))
    other.temperature_ = 9.0
    load_weights(other, save_weights(model, tmp_path / "weights.safetensors"))
    assert other.temperature_ == pytest.approx(model.temperature_)


@pytest.mark.parametrize("told", ["abc", "0", "nan", "-3", "inf"])
def test_a_calibration_that_is_none(classifier, tmp_path, told):
    from safetensors.numpy import save_file

    model, _ = classifier
    before, path = weights_of(model), tmp_path / "weights.safetensors"
    zeros = {name: np.zeros_like(weight) for name, weight in before.items()}
    save_file(zeros, path, metadata={"calibration": told})
    with pytest.raises(ValueError, match=f"its calibration '{told}' is no positive"):
        load_weights(model, path)
    for name, weight in weights_of(model).items():
        np.testing.assert_array_equal(weight, before[name])


def test_a_file_that_is_none(classifier, tmp_path):
    model, _ = classifier
    path = save_weights(model, tmp_path / "weights.safetensors")
    whole, sign = path.read_bytes(), tmp_path / "sign"
    for content in (b"", whole[:-10], pickle.dumps(Acts(sign)), b"\xff" * 100):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="no whole safetensors file"):
            load_weights(model, path)
    assert not sign.exists()


def test_not_a_model(tmp_path):
    pipeline = make_pipeline(MonahNarrator(), tiny_classifier())
    path = tmp_path / "weights.safetensors"
    for act in (save_weights, load_weights):
        with pytest.raises(TypeError, match=r"got Pipeline.*pipeline\[-1\]"):
            act(pipeline, path)
        with pytest.raises(NotFittedError):
            act(tiny_classifier(), path)
    assert not path.exists()


def test_without_safetensors(classifier, without, tmp_path):
    without("safetensors")
    for act in (save_weights, load_weights):
        with pytest.raises(ImportError, match=r"pip install hanrock-sk\[safetensors\]"):
            act(classifier[0], tmp_path / "file")
