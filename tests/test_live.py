"""Live prediction is batch prediction, talkturn by talkturn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from fake_encoder import FakeEncoder
from live_talkturns import SMALL, one_conversation, records
from sklearn.pipeline import Pipeline

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


def full_pipeline(model, *, timed):
    steps = [
        ("narrate", MonahNarrator()),
        ("targets", AuxiliaryTargets()),
        ("weights", AuxiliaryWeights()),
        ("model", model),
    ]
    return Pipeline([("time", Timings()), *steps] if timed else steps)


@pytest.mark.parametrize("timed", [False, True])
def test_live_is_batch_prediction(live_talkturns, timed):
    X, y = live_talkturns
    if timed:
        X = X[["conversation", "speaker", "text", "start", "end"]]
    pipeline = full_pipeline(HANRockClassifier(**SMALL), timed=timed).fit(X, y)
    X = one_conversation(X)
    live = LiveConversation(pipeline)
    heard = [live.add(record) for record in records(X)]
    expected = pipeline.predict_proba(X)
    result = np.array([list(said.probabilities.values()) for said in heard])
    np.testing.assert_allclose(result, expected, atol=1e-6)
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


@pytest.fixture(params=["fake", "minilm"])
def encoder(request):
    if request.param == "fake":
        return FakeEncoder()
    pytest.importorskip("transformers")
    from hanrock_sk.text import minilm_l6

    try:
        return minilm_l6()
    except ImportError as error:
        pytest.skip(str(error))


def some_unnamed(X):
    """Nobody knows who spoke in some talkturns."""
    speakers = X["speaker"].to_list() if hasattr(X, "to_dicts") else list(X["speaker"])
    names = [None if i % 5 == 3 else name for i, name in enumerate(speakers)]
    if hasattr(X, "iloc"):
        return X.assign(speaker=pd.Series(names, dtype=object).to_numpy())
    return X.with_columns(pl.Series("speaker", names))


def fitted_with(encoder, narrator, X, y):
    """A model with all that the network may know, its new ways far from zero."""
    params = {"embeddings": encoder, "min_count": 1, "content_size": 3, "lr": 0.02}
    model = HANRockClassifier(**SMALL | params)
    pipeline = Pipeline([*narrator, ("model", model)]).fit(X, y)
    torch.manual_seed(0)
    module = pipeline["model"].net_.module_
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if name.startswith("direct.") or name.endswith("speakers"):
                parameter.add_(0.5 * torch.randn_like(parameter))
    return pipeline


@pytest.mark.parametrize("narrated", [False, True])
def test_live_with_a_direct_way_speakers_and_an_encoder(
    live_talkturns, encoder, narrated
):
    X, y = live_talkturns
    X = some_unnamed(X)
    narrator = [("told", MonahNarrator("v"))] if narrated else []
    pipeline = fitted_with(encoder, narrator, X, y)
    sizes = pipeline["model"].network_.trained_on.sizes
    assert sizes.direct
    assert sizes.speakers
    assert sizes.bag > 0
    assert sizes.contextual == encoder.width
    X = one_conversation(X)
    live = LiveConversation(pipeline)
    heard = [live.add(record) for record in records(X)]
    found = np.array([list(said.probabilities.values()) for said in heard])
    np.testing.assert_allclose(found, pipeline.predict_proba(X), atol=1e-5)
    # What is remembered counts: the same talkturn, heard first, is another one.
    alone = LiveConversation(pipeline).add(records(X)[-1])
    assert np.abs(list(alone.probabilities.values()) - found[-1]).max() > 1e-3


def test_who_speaks_has_to_be_told(live_talkturns):
    X, y = live_talkturns
    pipeline = fitted_with(None, [], X, y)
    first, second, third, *_ = records(one_conversation(X))
    live, undisturbed = LiveConversation(pipeline), LiveConversation(pipeline)
    for conversation in (live, undisturbed):
        conversation.add(first)
        conversation.add(second)
    with pytest.raises(ValueError, match="speaker"):
        live.add({"text": third["text"]})
    with pytest.raises(ValueError, match=r"\['a'\] is not hashable"):
        live.add({"text": third["text"], "speaker": ["a"]})
    unnamed = live.add(third | {"speaker": None}).probabilities
    assert undisturbed.add(third["text"]).probabilities == unnamed


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


def test_a_talkturn_that_cannot_be_heard_changes_nothing(live_talkturns):
    X, y = live_talkturns
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


@pytest.mark.parametrize("timed", [False, True])
def test_without_conversations_each_talkturn_is_heard_alone(live_talkturns, timed):
    X, y = live_talkturns
    X = X[["speaker", "text", "start", "end"]] if timed else X[["speaker", "text"]]
    X, y = X[:40], y[:40]
    pipeline = full_pipeline(HANRockClassifier(**SMALL), timed=timed).fit(X, y)
    live = LiveConversation(pipeline)
    heard = [live.add(record) for record in records(X)]
    result = np.array([list(said.probabilities.values()) for said in heard])
    np.testing.assert_allclose(result, pipeline.predict_proba(X), atol=1e-6)
    assert {len(said.attention.words) for said in heard} == {1}


def test_a_string_is_what_the_first_step_reads(live_talkturns):
    X, y = live_talkturns
    words = {"text": "words"}
    X = X.rename(columns=words) if hasattr(X, "iloc") else X.rename(words)
    X = X[["conversation", "words"]]
    narrator = MonahNarrator("v", text="words")
    pipeline = Pipeline([("told", narrator), ("model", HANRockClassifier(**SMALL))])
    pipeline.fit(X, y)
    X = one_conversation(X)
    live = LiveConversation(pipeline)
    result = [live.add(text).prediction for text in X["words"]]
    assert result == pipeline.predict(X).tolist()
