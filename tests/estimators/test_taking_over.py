"""init_from: what reads conversations is taken over, heads are new."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline

from hanrock_sk import AuxiliaryTargets, MonahNarrator
from hanrock_sk.datasets import make_conversations
from tests.fake_encoder import FakeEncoder
from tests.tiny_estimators import tiny_classifier, tiny_regressor

NO_STEP = {"lr": 1e-30, "max_epochs": 1, "optimizer": "sgd", "validation_fraction": 0}


def corpus(seed, word="", n=6, history=2, future=1, actions=(), n_classes=2):
    X, _ = make_conversations(n, 8, random_state=seed)
    X["text"] = [f"{text} {word}" for text in X["text"]]
    lengths = np.array([len(text) for text in X["text"]])
    y = np.array(["a", "b", "c"])[lengths % 3]
    if n_classes == 2:
        y = np.array(["no", "yes"])[lengths % 2]
    targets = AuxiliaryTargets(
        history=history, future=future, actions=list(actions), prosody=[]
    )
    return targets.fit_transform(X, y), y


def read_by(model, X):
    """Talkturn vectors of all branches, and what the first task's windows say."""
    network = model.network_
    seen = []
    module = network.net.module_.eval()

    def look(_, given, made):
        seen.append([each.detach().numpy() for each in (given[0], made[0])])

    hooks = [
        branch.talkturn_encoder.register_forward_hook(look)
        for branch in module.branches
    ]
    list(network.run(network.read(X)))
    for hook in hooks:
        hook.remove()
    return seen


@pytest.mark.parametrize("encoder", [False, True])
def test_what_is_taken_over_reads_as_it_did(encoder):
    X, y = corpus(0)
    params = {"min_count": 1, "validation_fraction": 0}
    if encoder:
        params |= {"embeddings": FakeEncoder()}
    old = tiny_classifier(**params).fit(X, y)
    new = tiny_classifier(init_from=old, **params | NO_STEP).fit(
        *corpus(0, n_classes=3)
    )
    assert new.classes_.tolist() == ["a", "b", "c"]
    before, after = read_by(old, X), read_by(new, X)
    assert len(before) == len(after) == 2
    for (s, v), (s_new, v_new) in zip(before, after, strict=True):
        np.testing.assert_array_equal(s_new, s)
        np.testing.assert_array_equal(v_new, v)
    weights, begun = old.network_.weights(), new.network_.weights()
    np.testing.assert_array_equal(begun["fusion.query"], weights["fusion.query"])
    assert np.abs(begun["direct.bag"]).max() < 1e-25, "the direct way is new"
    assert 3 in begun["primary_head.weight"].shape


def test_common_words_and_others():
    X, y = corpus(0)
    old = tiny_classifier().fit(X, y)
    X, y = corpus(1, word="zebra")
    new = tiny_classifier(init_from=old, **NO_STEP).fit(X, y)
    plain = tiny_classifier(**NO_STEP).fit(X, y)
    number = {word: row for row, word in enumerate(old.vocabulary_.words)}
    name = "inputs.embedding"
    there, here, drawn = (m.network_.weights()[name] for m in (old, new, plain))
    assert new.vocabulary_.words == plain.vocabulary_.words
    common = 0
    for row, word in enumerate(new.vocabulary_.words):
        if word in number:
            common += 1
            np.testing.assert_array_equal(here[row], there[number[word]])
        else:
            np.testing.assert_array_equal(here[row], drawn[row])
    assert 10 < common < len(here)


def same(one, other):
    """Whether they are the same but for training steps of next to nothing."""
    np.testing.assert_allclose(one, other, rtol=0, atol=1e-25)


def test_auxiliary_encoders_where_tasks_agree():
    old = tiny_classifier().fit(*corpus(0, history=2, future=1, actions=["au05"]))
    X, y = corpus(1, history=3, future=1, actions=["au17"])
    new = tiny_classifier(init_from=old, **NO_STEP).fit(X, y)
    plain = tiny_classifier(**NO_STEP).fit(X, y)
    tasks = [model.network_.trained_on.tasks[1:] for model in (old, new)]
    history = ("history__1", "history__2")
    assert tasks[0] == ("action__au05", *history, "future__1")
    assert tasks[1] == ("action__au17", *history, "history__3", "future__1")
    weights = [m.network_.weights() for m in (old, new, plain)]
    prefix = "auxiliary.talkturn_encoder."
    for name in ("gru.weight_input", "gru.bias_new", "attention.weight"):
        there, here, drawn = (w[prefix + name] for w in weights)
        for place, task in enumerate(tasks[1]):
            expected = drawn[:, place]
            if task in tasks[0]:
                expected = there[:, tasks[0].index(task)]
            same(here[:, place], expected)
    there, here, drawn = (w[prefix + "attention.query"] for w in weights)
    same(here[[1, 2, 4]], there[[1, 2, 3]])
    same(here[[0, 3]], drawn[[0, 3]])
    there, here, drawn = (w["auxiliary.word_encoder.gru.weight_input"] for w in weights)
    same(here, there)
    heads = [w["auxiliary_heads.label_weight"] for w in weights]
    same(heads[1], heads[2])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"architecture": "han"}, {}),
        ({"architecture": "flat"}, {}),
        ({}, {"architecture": "han"}),
        ({}, {"architecture": "flat", "content_size": 5, "direct": False}),
        ({"speaker_vectors": False}, {}),
        ({}, {"speaker_vectors": False}),
        ({"aux_gru": 2}, {"architecture": "han"}),
        ({"validation_fraction": 0.3, "weight_average": 0.9}, {"max_words": 5}),
    ],
)
def test_other_networks_take_over_the_primary_branch(old, new):
    model = tiny_classifier(**old).fit(*corpus(0))
    X, y = corpus(1)
    begun = tiny_classifier(init_from=model, **NO_STEP | new).fit(X, y)
    name = "primary.word_encoder.gru.weight_input"
    found, expected = (m.network_.weights()[name] for m in (begun, model))
    np.testing.assert_array_equal(found, expected)
    assert np.isfinite(begun.predict_proba(X)).all()


def test_from_a_regressor_and_to_one():
    X, y = corpus(0, history=0, future=0)
    values = np.arange(len(X)) * 1.0
    model = tiny_regressor(init_from=tiny_classifier().fit(X, y)).fit(X, values)
    again = tiny_classifier(init_from=model).fit(X, y)
    assert again.predict(X).shape == model.predict(X).shape


def test_clones_pipelines_and_searches_keep_the_model():
    old = tiny_classifier().fit(*corpus(0))
    X, y = corpus(1)
    model = tiny_classifier(init_from=old, max_epochs=1)
    assert clone(model).init_from is old
    expected = model.fit(X, y).predict_proba(X)
    pipeline = make_pipeline(MonahNarrator("v"), model)
    assert clone(pipeline)[-1].init_from is old
    X = X.drop(columns="narrative", errors="ignore")
    scores = cross_val_score(
        pipeline, X, y, cv=GroupKFold(2), groups=X["conversation"], error_score="raise"
    )
    assert np.isfinite(scores).all()
    as_pipeline = tiny_classifier(init_from=make_pipeline(old), max_epochs=1)
    np.testing.assert_array_equal(as_pipeline.fit(X, y).predict_proba(X), expected)
    groups = {"cv": GroupKFold(2)}
    choices = {"init_from": [None, FrozenEstimator(old)]}
    search = GridSearchCV(model, choices, error_score="raise", **groups)
    search.fit(X, y, groups=X["conversation"])
    assert len(set(search.cv_results_["mean_test_score"])) >= 1
    search = GridSearchCV(model, {"init_from": [old]}, error_score="raise", **groups)
    with pytest.raises(ValueError, match="FrozenEstimator"):
        search.fit(X, y, groups=X["conversation"])
    found = GridSearchCV(old, {"lr": [0.1]}, **groups)
    found.fit(X, y, groups=X["conversation"])
    assert tiny_classifier(init_from=found).fit(X, y)
    saved = pickle.loads(pickle.dumps(tiny_classifier(init_from=old).fit(X, y)))
    assert saved.init_from.classes_.tolist() == old.classes_.tolist()


def test_memory_tells_what_was_taken_over(tmp_path):
    X, y = corpus(1)
    found = []
    for seed in (0, 5, 0):
        old = tiny_classifier().fit(*corpus(seed))
        model = tiny_classifier(init_from=old, memory=str(tmp_path)).fit(X, y)
        found.append(model.predict_proba(X))
    np.testing.assert_array_equal(found[0], found[2])
    assert np.abs(found[0] - found[1]).max() > 1e-5
    expected = tiny_classifier(init_from=old).fit(X, y)
    np.testing.assert_array_equal(found[2], expected.predict_proba(X))
    plain = tiny_classifier(memory=str(tmp_path)).fit(X, y).predict_proba(X)
    assert np.abs(found[0] - plain).max() > 1e-5


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"word_gru": 5}, "word_gru: 4 there, 5 here"),
        ({"pri_gru": 5}, "pri_gru: 4 there, 5 here"),
        ({"attention_units": 5}, "attention_units"),
        ({"embedding_dim": 5}, "embedding_dim: 6 there, 5 here"),
        ({"aux_gru": 2}, "aux_gru"),
        ({"fusion": "paper"}, "fusion: 'anchored' there, 'paper' here"),
        ({"embeddings": FakeEncoder()}, "embeddings: None there"),
    ],
)
def test_sizes_that_do_not_fit(params, named):
    X, y = corpus(0)
    old = tiny_classifier().fit(X, y)
    model = tiny_classifier(init_from=old, **params)
    with pytest.raises(ValueError, match=named):
        model.fit(X, y)
    assert not hasattr(model, "network_")


def test_what_is_no_fitted_model():
    X, y = corpus(0)
    with pytest.raises(ValueError, match="is not fitted: HANRockClassifier"):
        tiny_classifier(init_from=tiny_classifier()).fit(X, y)
    for other in ("model.skops", LogisticRegression(), make_pipeline(MonahNarrator())):
        if not isinstance(other, str) and not hasattr(other, "predict"):
            continue
        with pytest.raises(TypeError, match="load_model"):
            tiny_classifier(init_from=other).fit(X, y)


def test_then_warm_start_goes_on():
    X, y = corpus(0)
    old = tiny_classifier().fit(X, y)
    X, y = corpus(0, n_classes=3)
    model = tiny_classifier(init_from=old, warm_start=True).fit(X, y)
    before = model.predict_proba(X)
    model.set_params(**NO_STEP).fit(X, y)
    np.testing.assert_allclose(model.predict_proba(X), before, atol=1e-7)
