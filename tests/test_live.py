"""Live prediction is batch prediction, talkturn by talkturn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from hanrock_sk import (
    AuxiliaryTargets,
    AuxiliaryWeights,
    HANRockClassifier,
    HANRockRegressor,
    MonahNarrator,
    Timings,
)
from hanrock_sk.datasets import make_conversations
from hanrock_sk.live import LiveConversation

SMALL = {
    "word_gru": 5,
    "pri_gru": 5,
    "attention_units": 6,
    "embedding_dim": 7,
    "content_size": 4,
    "max_epochs": 2,
    "device": "cpu",
    "random_state": 0,
}


def records(X):
    """The talkturns as mappings."""
    return X.to_dict("records") if hasattr(X, "iloc") else X.to_dicts()


def one_conversation(X):
    """The rows of the first conversation."""
    if hasattr(X, "iloc"):
        return X[X["conversation"] == X["conversation"].iloc[0]]
    return X.filter(X["conversation"] == X["conversation"][0])


def full_pipeline(model, *, timed):
    steps = [
        ("narrate", MonahNarrator()),
        ("targets", AuxiliaryTargets()),
        ("weights", AuxiliaryWeights()),
        ("model", model),
    ]
    return Pipeline([("time", Timings()), *steps] if timed else steps)


@pytest.fixture(params=["pandas", "polars"])
def talkturns(request):
    return make_conversations(
        n_conversations=8, n_talkturns=12, random_state=0, backend=request.param
    )


@pytest.mark.parametrize("timed", [False, True])
def test_live_is_batch_prediction(talkturns, timed):
    X, y = talkturns
    if timed:
        X = X[["conversation", "speaker", "text", "start", "end"]]
    pipeline = full_pipeline(HANRockClassifier(**SMALL), timed=timed).fit(X, y)
    X = one_conversation(X)
    live = LiveConversation(pipeline)
    heard = [live.add(record) for record in records(X)]
    expected = pipeline.predict_proba(X)
    found = np.array([list(said.probabilities.values()) for said in heard])
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert [said.prediction for said in heard] == pipeline.predict(X).tolist()
    attention = pipeline["model"].attention(pipeline[:-1].transform(X))
    for row, said in enumerate(heard):
        window = slice(*attention.window_offsets[row : row + 2])
        np.testing.assert_allclose(
            said.attention.talkturn_weights,
            attention.talkturn_weights[:, window],
            atol=1e-6,
        )
        np.testing.assert_allclose(
            said.attention.task_weights, attention.task_weights[:, row], atol=1e-6
        )
        own = slice(*attention.word_offsets[row : row + 2])
        assert said.attention.words[-1] == attention.words[own]
        np.testing.assert_allclose(
            said.attention.word_weights[-1], attention.word_weights[:, own], atol=1e-6
        )
        assert said.attention.tasks == attention.tasks
        assert len(said.attention.words) == min(row + 1, SMALL["content_size"])


def test_live_regression_on_strings():
    X, y = make_conversations(n_conversations=4, task="regression", random_state=1)
    model = HANRockRegressor(**SMALL).fit(X[["conversation", "text"]], y)
    X = one_conversation(X)
    live = LiveConversation(model)
    heard = [live.add(text) for text in X["text"]]
    np.testing.assert_allclose(
        [said.prediction for said in heard], model.predict(X), rtol=1e-5
    )
    assert heard[0].probabilities is None


def test_each_talkturn_is_encoded_once(talkturns, monkeypatch):
    X, y = talkturns
    model = HANRockClassifier(**SMALL).fit(X, y)
    module = model.net_.module_
    calls = []
    encode = module.encode
    monkeypatch.setattr(
        module,
        "encode",
        lambda batch, *rest: calls.append(batch.n_talkturns) or encode(batch, *rest),
    )
    live = model.live()
    for text in list(one_conversation(X)["text"])[:6]:
        live.add(text)
    assert calls == [1] * 6


def test_a_talkturn_that_cannot_be_heard_changes_nothing(talkturns):
    X, y = talkturns
    pipeline = full_pipeline(HANRockClassifier(**SMALL), timed=False).fit(X, y)
    first, second, *_ = records(one_conversation(X))
    undisturbed, disturbed = LiveConversation(pipeline), LiveConversation(pipeline)
    undisturbed.add(first)
    disturbed.add(first)
    with pytest.raises(ValueError, match="delay"):
        disturbed.add({key: second[key] for key in second if key != "delay"})
    with pytest.raises(ValueError, match="row 0"):
        disturbed.add({**second, "text": None})
    with pytest.raises(ValueError, match="head_nod"):
        disturbed.add({**second, "head_nod": 0.5})
    assert disturbed.add(second).probabilities == undisturbed.add(second).probabilities


def test_steps_that_cannot_work_live_are_refused(talkturns):
    X, y = talkturns
    pipeline = Pipeline(
        [("odd", FunctionTransformer()), ("model", HANRockClassifier(**SMALL))]
    ).fit(X, y)
    with pytest.raises(TypeError, match="'odd', a FunctionTransformer"):
        LiveConversation(pipeline)
    with pytest.raises(TypeError, match="got MonahNarrator"):
        LiveConversation(MonahNarrator())
    with pytest.raises(TypeError, match="must be a string"):
        pipeline["model"].live().add(3)


@pytest.mark.parametrize("timed", [False, True])
def test_without_conversations_each_talkturn_is_heard_alone(talkturns, timed):
    X, y = talkturns
    X = X[["speaker", "text", "start", "end"]] if timed else X[["speaker", "text"]]
    X, y = X[:40], y[:40]
    pipeline = full_pipeline(HANRockClassifier(**SMALL), timed=timed).fit(X, y)
    live = LiveConversation(pipeline)
    heard = [live.add(record) for record in records(X)]
    found = np.array([list(said.probabilities.values()) for said in heard])
    np.testing.assert_allclose(found, pipeline.predict_proba(X), atol=1e-6)
    assert {len(said.attention.words) for said in heard} == {1}


def test_a_string_is_what_the_first_step_reads(talkturns):
    X, y = talkturns
    words = {"text": "words"}
    X = X.rename(columns=words) if hasattr(X, "iloc") else X.rename(words)
    X = X[["conversation", "words"]]
    narrator = MonahNarrator("v", text="words")
    pipeline = Pipeline([("told", narrator), ("model", HANRockClassifier(**SMALL))])
    pipeline.fit(X, y)
    X = one_conversation(X)
    live = LiveConversation(pipeline)
    found = [live.add(text).prediction for text in X["words"]]
    assert found == pipeline.predict(X).tolist()
