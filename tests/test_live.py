"""Live prediction is batch prediction, talkturn by talkturn."""

from __future__ import annotations

from collections import Counter

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from fake_encoder import FakeEncoder
from sklearn.base import BaseEstimator, TransformerMixin
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
from hanrock_sk.talkturns.live_half import CarryingHalf, live_half

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
def test_live_with_a_direct_way_speakers_and_an_encoder(talkturns, encoder, narrated):
    X, y = talkturns
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


def test_who_speaks_has_to_be_told(talkturns):
    X, y = talkturns
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
    with pytest.raises(ValueError, match="backend must be"):
        LiveConversation(pipeline["model"], backend="arrow")
    with pytest.raises(TypeError, match="got MonahNarrator"):
        LiveConversation(MonahNarrator())
    with pytest.raises(TypeError, match="must be a string"):
        pipeline["model"].live().add(3)


class Shout(TransformerMixin, BaseEstimator):
    """A user's own step: writes the narrative in capitals, each row by itself."""

    keeps_rows_apart = True

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        table = nw.from_native(X)
        return table.with_columns(nw.col("text").str.to_uppercase()).to_native()


class Longer(Shout):
    """A step that looks at the whole table: adds the longest text to each."""

    def transform(self, X):
        table = nw.from_native(X)
        longest = max(table["text"].to_list(), key=len)
        return table.with_columns(nw.col("text") + " " + longest).to_native()


class Numbered(Shout):
    """A step that counts the talkturns of a conversation, and can do so live."""

    def transform(self, X):
        table = nw.from_native(X)
        count, numbers = Counter(), []
        for conversation in table["conversation"].to_list():
            count[conversation] += 1
            numbers.append(f"number {count[conversation]} ")
        number = nw.new_series("n", numbers, backend=table.implementation)
        text = (number + table["text"]).alias("text")
        return table.with_columns(text).to_native()

    def live_half(self):
        def columns(talkturn, n_heard):
            said = talkturn["text"].to_list()[0]
            return {"text": [f"number {n_heard + 1} {said}"]}, n_heard + 1

        return CarryingHalf("text", ["text"], 0, columns)


class TestStepsOfTheUser:
    def pipeline(self, step, talkturns):
        X, y = talkturns
        return Pipeline(
            [("own", step), ("told", MonahNarrator("v")), ("model", small())]
        ).fit(X, y)

    @pytest.mark.parametrize("step", [Shout(), Numbered()])
    def test_predict_as_in_a_batch(self, step, talkturns):
        pipeline = self.pipeline(step, talkturns)
        X = one_conversation(talkturns[0])
        live = LiveConversation(pipeline, backend=library(X))
        result = [list(live.add(r).probabilities.values()) for r in records(X)]
        np.testing.assert_allclose(result, pipeline.predict_proba(X), atol=1e-6)

    def test_a_step_of_scikit_learn_says_it_by_an_attribute(self, talkturns):
        step = FunctionTransformer(Shout().transform)
        pipeline = self.pipeline(step, talkturns)
        with pytest.raises(TypeError, match=r"pipeline\['own'\]\.keeps_rows_apart"):
            LiveConversation(pipeline)
        pipeline["own"].keeps_rows_apart = True
        X = one_conversation(talkturns[0])
        live = LiveConversation(pipeline)
        result = [live.add(record).prediction for record in records(X)]
        assert result == pipeline.predict(X).tolist()

    def test_that_does_not_keep_rows_apart_is_told_on(self, talkturns):
        pipeline = self.pipeline(Longer(), talkturns)
        live = LiveConversation(pipeline)
        live.add({"text": "yes indeed", "speaker": "anna"})
        with pytest.raises(
            ValueError,
            match=r"a Longer, .* 'no no' for .* 'no yes",
        ):
            live.add({"text": "no", "speaker": "bert"})

    def test_that_needs_earlier_talkturns_without_a_live_half(self, talkturns):
        step = Numbered()
        step.live_half = lambda: None
        step.keeps_rows_apart = False
        with pytest.raises(TypeError, match=r"a Numbered, cannot work talkturn by"):
            live_half(step, "own")


def library(X):
    return "pandas" if hasattr(X, "iloc") else "polars"


def small():
    return HANRockClassifier(**SMALL)


@pytest.mark.parametrize("named", ["pandas", "polars", None])
def test_the_library_of_the_tables_that_steps_are_given(named):
    seen = []

    class Look(Shout):
        def transform(self, X):
            seen.append(type(X).__module__.split(".")[0])
            return X

    X, y = make_conversations(n_conversations=4, n_talkturns=6, random_state=0)
    pipeline = Pipeline([("look", Look()), ("model", small())]).fit(X, y)
    seen.clear()
    LiveConversation(pipeline, backend=named).add("yes")
    assert seen == [named or "pandas"]


@pytest.mark.parametrize("timed", [False, True])
def test_without_conversations_each_talkturn_is_heard_alone(talkturns, timed):
    X, y = talkturns
    X = X[["speaker", "text", "start", "end"]] if timed else X[["speaker", "text"]]
    X, y = X[:40], y[:40]
    pipeline = full_pipeline(HANRockClassifier(**SMALL), timed=timed).fit(X, y)
    live = LiveConversation(pipeline)
    heard = [live.add(record) for record in records(X)]
    result = np.array([list(said.probabilities.values()) for said in heard])
    np.testing.assert_allclose(result, pipeline.predict_proba(X), atol=1e-6)
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
    result = [live.add(text).prediction for text in X["words"]]
    assert result == pipeline.predict(X).tolist()
