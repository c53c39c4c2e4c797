"""Saving and loading: plain data, no network, no optimiser, no device."""

from __future__ import annotations

import copy
import io
import json
import pickle

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from scripts import run
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from tiny_estimators import (
    global_generators,
    have_same_weights,
    supervised,
    talkturns,
    tiny_classifier,
    tiny_regressor,
    weights_of,
)

from hanrock_sk import AuxiliaryTargets, AuxiliaryWeights, MonahNarrator

FRESH_PROCESS = """
import json, sys
import joblib
folder = sys.argv[1]
pipeline, X = joblib.load(folder + "/pipeline.joblib")
regressor, Z = joblib.load(folder + "/regressor.joblib")
print(json.dumps({
    "probabilities": pipeline.predict_proba(X).tolist(),
    "values": regressor.predict(Z).tolist(),
}))
"""


@pytest.fixture(scope="module", params=["classification", "regression"])
def fitted(request):
    columns, y = supervised(request.param)
    X = pd.DataFrame(columns)
    make = tiny_classifier if request.param == "classification" else tiny_regressor
    return make().fit(X, y), X


def copies_of(model):
    file = io.BytesIO()
    joblib.dump(model, file)
    file.seek(0)
    return [pickle.loads(pickle.dumps(model)), joblib.load(file), copy.deepcopy(model)]


def test_a_copy_predicts_the_same(fitted):
    model, X = fitted
    for loaded in copies_of(model):
        np.testing.assert_array_equal(loaded.predict(X), model.predict(X))
        found, expected = loaded.predict_auxiliary(X), model.predict_auxiliary(X)
        assert found.keys() == expected.keys()
        for name, values in expected.items():
            np.testing.assert_array_equal(found[name], values, err_msg=name)


def test_a_copy_has_what_was_learnt(fitted):
    model, X = fitted
    loaded = pickle.loads(pickle.dumps(model))
    assert have_same_weights(loaded, model)
    assert loaded.history_ == model.history_
    assert loaded.n_iter_ == model.n_iter_
    assert loaded.best_epoch_ == model.best_epoch_
    assert loaded.vocabulary_.words == model.vocabulary_.words
    assert loaded.get_params() == model.get_params()
    assert loaded.feature_names_in_.tolist() == list(X.columns)
    assert loaded.net_.optimizer_ is None
    assert not loaded.net_.module_.training


def test_a_copy_of_a_copy_saves_to_the_same(fitted):
    model, X = fitted
    once = pickle.loads(pickle.dumps(model))
    twice = pickle.loads(pickle.dumps(once))
    np.testing.assert_array_equal(twice.predict(X), model.predict(X))
    assert len(pickle.dumps(once)) == len(pickle.dumps(twice))


def test_a_copy_is_apart_from_the_original(fitted):
    model, X = fitted
    expected = model.predict(X)
    other = copy.deepcopy(model)
    with torch.no_grad():
        for parameter in other.net_.module_.parameters():
            parameter.zero_()
    np.testing.assert_array_equal(model.predict(X), expected)


def test_a_copy_can_be_fitted_again(fitted):
    model, X = fitted
    columns, y = supervised(
        "classification" if hasattr(model, "classes_") else "regression"
    )
    loaded = pickle.loads(pickle.dumps(model)).fit(pd.DataFrame(columns), y)
    assert have_same_weights(loaded, model)


def test_an_unfitted_estimator():
    model = tiny_classifier(content_size=7)
    loaded = pickle.loads(pickle.dumps(model))
    assert loaded.get_params() == model.get_params()
    assert not hasattr(loaded, "net_")


def test_loading_and_saving_leave_the_global_generators(fitted):
    state = pickle.dumps(fitted[0])
    before = global_generators()
    pickle.dumps(pickle.loads(state))
    assert global_generators() == before


class Names(pickle.Unpickler):
    """Notes which classes and functions a pickle asks for."""

    def __init__(self, file):
        super().__init__(file)
        self.asked = set()

    def find_class(self, module, name):
        self.asked.add(module)
        return super().find_class(module, name)


def test_the_state_is_plain_data(fitted):
    reader = Names(io.BytesIO(pickle.dumps(fitted[0])))
    reader.load()
    packages = {module.split(".")[0] for module in reader.asked}
    assert packages <= {"hanrock_sk", "numpy", "sklearn", "builtins", "copyreg"}
    assert "net_" not in fitted[0].__getstate__()


def test_the_file_holds_the_weights_once():
    """Adam alone would keep two more numbers for each weight, skorch a copy."""
    columns, y = talkturns()
    model = tiny_classifier(embedding_dim=300, word_gru=64, pri_gru=64)
    model.fit(pd.DataFrame(columns), y)
    n_bytes = 4 * sum(weight.size for weight in weights_of(model).values())
    assert n_bytes > 700_000
    found = len(pickle.dumps(model))
    assert n_bytes < found < n_bytes + 25_000


def test_a_model_of_another_device_loads_on_this_machine(fitted):
    """As if it had been trained on a GPU that this machine need not have."""
    model, X = fitted
    for device in ("cuda", "cuda:7"):
        elsewhere = copy.deepcopy(model)
        elsewhere.device = device
        loaded = pickle.loads(pickle.dumps(elsewhere))
        assert loaded.device == device
        if not torch.cuda.is_available():
            assert loaded.net_.device == "cpu"
        for name, values in model.predict_auxiliary(X).items():
            found = loaded.predict_auxiliary(X)[name]
            if values.dtype.kind == "f":
                np.testing.assert_allclose(found, values, rtol=1e-4, atol=1e-4)


def test_clone_is_unfitted_and_has_the_parameters(fitted):
    copied = clone(fitted[0])
    assert copied.get_params() == fitted[0].get_params()
    assert not any(name.endswith("_") for name in vars(copied))


def test_a_process_that_never_saw_the_training(tmp_path):
    columns, y = talkturns()
    X = pd.DataFrame(columns)
    pipeline = Pipeline(
        [
            ("narrate", MonahNarrator()),
            ("targets", AuxiliaryTargets()),
            ("weights", AuxiliaryWeights(random_state=0)),
            ("model", tiny_classifier()),
        ]
    ).fit(X, y)
    joblib.dump((pipeline, X), tmp_path / "pipeline.joblib")
    columns, y = supervised("regression")
    Z = pd.DataFrame(columns)
    regressor = tiny_regressor().fit(Z, y)
    joblib.dump((regressor, Z), tmp_path / "regressor.joblib")
    answer = run("-c", FRESH_PROCESS, tmp_path, folder=tmp_path)
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout)
    np.testing.assert_allclose(
        found["probabilities"], pipeline.predict_proba(X), rtol=1e-6
    )
    np.testing.assert_allclose(found["values"], regressor.predict(Z), rtol=1e-6)
