"""warm_start=True: what was learnt stays, exactly, and training goes on."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import make_pipeline

from hanrock_sk import AuxiliaryTargets
from hanrock_sk.datasets import make_conversations
from hanrock_sk.text.bag_of_words import BagOfWords
from tests.fake_encoder import FakeEncoder
from tests.tiny_estimators import tiny_classifier, tiny_regressor

NO_STEP = {"lr": 1e-30, "max_epochs": 1, "optimizer": "sgd", "validation_fraction": 0}
"""Training steps that are none, so that it is seen what training begins with."""


def corpus(seed, word="", n=6):
    X, y = make_conversations(n, 8, random_state=seed)
    X["text"] = [f"{text} {word}" for text in X["text"]]
    return X, np.array(["no", "yes"])[[len(text) % 2 for text in X["text"]]]


def fitted(**params):
    X, y = corpus(0)
    return tiny_classifier(**params).fit(X, y)


VECTORS = {"hello": [1.0] * 6, "zebra": [2.0, 0, 1, 0, 1, 0], "so": [0.5] * 6}


@pytest.mark.parametrize(
    "params",
    [
        {"architecture": "han"},
        {"architecture": "rock"},
        {"architecture": "flat"},
        {"direct": False},
        {"speaker_vectors": False, "min_count": 1},
        {"embeddings": VECTORS},
        {"embeddings": FakeEncoder()},
        {"embeddings": [VECTORS, FakeEncoder()], "weight_average": 0.9},
        {"weight_average": 0.99, "schedule": "one_cycle"},
    ],
)
def test_before_the_first_step_it_predicts_what_it_predicted(params):
    X, y = corpus(0)
    more, labels = corpus(1, word="zebra xylophone")
    auxiliary = AuxiliaryTargets(history=1, future=0)
    wide = auxiliary.fit_transform(X, y)
    more_wide = auxiliary.fit_transform(more, labels)
    model = tiny_classifier(**params).fit(wide, y)
    before = model.predict_proba(more)
    tasks = model.predict_auxiliary(more)
    words = model.vocabulary_.words
    model.set_params(warm_start=True, **NO_STEP).fit(more_wide, labels)
    np.testing.assert_allclose(model.predict_proba(more), before, rtol=0, atol=1e-7)
    for name, expected in tasks.items():
        found = model.predict_auxiliary(more)[name]
        if expected.dtype.kind == "f":
            np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)
        else:
            np.testing.assert_array_equal(found, expected)
    assert model.vocabulary_.words[: len(words)] == words
    assert {"zebra", "xylophone"} <= set(model.vocabulary_.words[len(words) :])
    assert len(model.history_) == model.n_iter_ == 1


def test_a_regressor_keeps_its_scale():
    X, _ = corpus(0)
    model = tiny_regressor().fit(X, np.arange(len(X)) * 1.0)
    more, _ = corpus(1, word="zebra")
    before = model.predict(more)
    model.set_params(warm_start=True, **NO_STEP).fit(more, np.arange(len(more)) * -9.0)
    np.testing.assert_allclose(model.predict(more), before, rtol=1e-6)


def test_training_goes_on_and_learns_new_words():
    model = fitted(max_epochs=3)
    X, y = corpus(1, word="zebra")
    begun = model.network_.weights()
    model.set_params(warm_start=True, max_epochs=8, lr=0.02).fit(X, y)
    assert model.history_[-1]["loss"] < model.history_[0]["loss"]
    table = model.network_.weights()["inputs.embedding"]
    zebra = table[model.vocabulary_.words.index("zebra")]
    assert np.abs(zebra - table[0]).max() > 1e-3, "no longer an unknown word"
    assert len(table) > len(begun["inputs.embedding"])


def test_without_a_fit_before_it_is_a_fit():
    expected = fitted().network_.weights()
    found = fitted(warm_start=True).network_.weights()
    assert found.keys() == expected.keys()
    for name in expected:
        np.testing.assert_array_equal(found[name], expected[name])
    again = clone(fitted(warm_start=True)).fit(*corpus(0)).network_.weights()
    np.testing.assert_array_equal(
        again["primary_head.weight"], expected["primary_head.weight"]
    )


def test_twice_and_saved_between():
    model = fitted()
    for seed, word in ((1, "zebra"), (2, "xylophone"), (3, "quartz")):
        X, y = corpus(seed, word)
        before = model.predict_proba(X)
        model = pickle.loads(pickle.dumps(model))
        model.set_params(warm_start=True, **NO_STEP).fit(X, y)
        np.testing.assert_allclose(model.predict_proba(X), before, rtol=0, atol=1e-7)
        saved = pickle.loads(pickle.dumps(model))
        np.testing.assert_array_equal(saved.predict_proba(X), model.predict_proba(X))


def test_new_classes_are_refused_and_the_model_stays():
    model = fitted()
    X, y = corpus(1)
    expected = model.predict_proba(X)
    y = y.astype(object)
    y[3] = "maybe"
    model.set_params(warm_start=True)
    with pytest.raises(ValueError, match=r"y, row 3: the label 'maybe'.*init_from"):
        model.fit(X, y)
    np.testing.assert_array_equal(model.predict_proba(X), expected)
    some = np.where(np.arange(len(X)) % 2, "yes", None)
    model.fit(X, some)
    assert model.classes_.tolist() == ["no", "yes"], "one is enough now"


@pytest.mark.parametrize(
    "changed",
    [
        {"word_gru": 5},
        {"content_size": 4},
        {"architecture": "han"},
        {"embedding_dim": 7},
        {"max_words": 3},
        {"direct": False},
        {"speaker_vectors": False},
        {"embeddings": FakeEncoder()},
        {"text": "words"},
    ],
)
def test_parameters_that_make_another_network(changed):
    X, y = corpus(0)
    model = fitted().set_params(warm_start=True, **changed)
    with pytest.raises(ValueError, match=rf"other \['{next(iter(changed))}'\]: set"):
        model.fit(X, y)


def test_columns_that_the_fit_before_had():
    X, y = corpus(0)
    model = fitted().set_params(warm_start=True)
    with pytest.raises(ValueError, match="lacks the column 'speaker'"):
        model.fit(X.drop(columns="speaker"), y)
    wide = AuxiliaryTargets(history=1, future=0, actions=[], prosody=[])
    with pytest.raises(ValueError, match=r"the auxiliary targets \['history__1'\]"):
        model.fit(wide.fit_transform(X, y), y)
    model = tiny_classifier().fit(wide.fit_transform(X, y), y)
    model.set_params(warm_start=True, **NO_STEP).fit(X, y)
    assert model.network_.trained_on.labelled == ("history__1",)


def test_strings_and_other_libraries():
    X, y = corpus(0)
    model = tiny_classifier(warm_start=True).fit(X["text"], y)
    before = model.predict_proba(X["text"])
    model.set_params(**NO_STEP).fit(X["text"].tolist(), y)
    np.testing.assert_allclose(model.predict_proba(X["text"]), before, atol=1e-7)
    model = fitted().set_params(warm_start=True, **NO_STEP)
    before = model.predict_proba(X)
    model.fit(pl.DataFrame(X.to_dict("list")), y)
    np.testing.assert_allclose(model.predict_proba(X), before, atol=1e-7)


def test_in_pipelines_and_searches():
    X, y = corpus(0)
    pipeline = make_pipeline(tiny_classifier(warm_start=True)).fit(X, y)
    before = pipeline.predict_proba(X)
    pipeline.set_params(**{f"hanrockclassifier__{k}": v for k, v in NO_STEP.items()})
    np.testing.assert_allclose(pipeline.fit(X, y).predict_proba(X), before, atol=1e-7)
    search = GridSearchCV(pipeline, {"hanrockclassifier__lr": [0.1]}, cv=GroupKFold(2))
    search.fit(X, y, groups=X["conversation"])
    again = clone(pipeline).set_params(hanrockclassifier__lr=0.1).fit(X, y)
    np.testing.assert_array_equal(search.predict_proba(X), again.predict_proba(X))


def test_memory_tells_what_was_gone_on_from(tmp_path):
    X, y = corpus(1)
    params = {"warm_start": True, "memory": str(tmp_path)}
    found = []
    for seed in (0, 5, 0):
        model = tiny_classifier().fit(*corpus(seed))
        model.set_params(**params).fit(X, y)
        found.append(model.predict_proba(X))
    np.testing.assert_array_equal(found[0], found[2])
    assert np.abs(found[0] - found[1]).max() > 1e-4
    expected = tiny_classifier().fit(*corpus(0)).set_params(warm_start=True).fit(X, y)
    np.testing.assert_array_equal(found[2], expected.predict_proba(X))


def test_bags_keep_the_weights_of_their_features():
    said = [["oh", "no"], ["oh", "yes", "yes"], ["hm"]]
    bag = BagOfWords.learn(said)
    wider = bag.extended(BagOfWords.learn([["oh", "zebra"], ["hm", "yes", "zebra"]]))
    wider = wider.extended(BagOfWords.learn([["quartz", "zebra", "quartz", "oh"]]))
    assert wider.features[: len(bag)] == bag.features
    assert {"zebra", "oh zebra", "quartz"} <= set(wider.features[len(bag) :])
    mixed = [["oh", "zebra", "yes", "quartz"], ["zebra"], ["hm", "hm"], []]
    few, all_of_them = bag.encode(mixed), wider.encode(mixed)
    for row in range(len(mixed)):
        here, there = (
            dict(zip(i[o[row] : o[row + 1]], w[o[row] : o[row + 1]], strict=True))
            for i, o, w in (few, all_of_them)
        )
        assert {k: v for k, v in there.items() if k < len(bag)} == here
        squares = [float(w) ** 2 for w in there.values()]
        assert all(square <= 1 + 1e-6 for square in squares)
    same = pickle.loads(pickle.dumps(wider))
    np.testing.assert_array_equal(same.encode(mixed)[2], all_of_them[2])
    assert bag.extended(bag) is bag


def test_nothing_is_warned_of():
    X, y = corpus(1, "zebra")
    model = fitted(max_epochs=6, lr=0.05).set_params(warm_start=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        model.fit(pd.concat([X]), y)
