"""Steps of the user at work live: what they say of themselves, and what is refused."""

from __future__ import annotations

from collections import Counter

import narwhals as nw
import numpy as np
import pytest
from live_talkturns import SMALL, library, one_conversation, records, small
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from hanrock_sk import (
    HANRockClassifier,
    MonahNarrator,
)
from hanrock_sk.datasets import make_conversations
from hanrock_sk.live import LiveConversation
from hanrock_sk.talkturns.live_half import CarryingHalf, live_half


def test_steps_that_cannot_work_live_are_refused(live_talkturns):
    X, y = live_talkturns
    pipeline = Pipeline(
        [("odd", FunctionTransformer()), ("model", HANRockClassifier(**SMALL))]
    ).fit(X, y)
    with pytest.raises(TypeError, match="'odd', a FunctionTransformer"):
        LiveConversation(pipeline)
    with pytest.raises(ValueError, match="backend must be"):
        LiveConversation(pipeline["model"], backend="arrow")
    with pytest.raises(TypeError, match="got MonahNarrator"):
        LiveConversation(MonahNarrator())


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
    def pipeline(self, step, live_talkturns):
        X, y = live_talkturns
        return Pipeline(
            [("own", step), ("told", MonahNarrator("v")), ("model", small())]
        ).fit(X, y)

    @pytest.mark.parametrize("step", [Shout(), Numbered()])
    def test_predict_as_in_a_batch(self, step, live_talkturns):
        pipeline = self.pipeline(step, live_talkturns)
        X = one_conversation(live_talkturns[0])
        live = LiveConversation(pipeline, backend=library(X))
        result = [list(live.add(r).probabilities.values()) for r in records(X)]
        np.testing.assert_allclose(result, pipeline.predict_proba(X), atol=1e-6)

    def test_a_step_of_scikit_learn_says_it_by_an_attribute(self, live_talkturns):
        step = FunctionTransformer(Shout().transform)
        pipeline = self.pipeline(step, live_talkturns)
        with pytest.raises(TypeError, match=r"pipeline\['own'\]\.keeps_rows_apart"):
            LiveConversation(pipeline)
        pipeline["own"].keeps_rows_apart = True
        X = one_conversation(live_talkturns[0])
        live = LiveConversation(pipeline)
        result = [live.add(record).prediction for record in records(X)]
        assert result == pipeline.predict(X).tolist()

    def test_that_does_not_keep_rows_apart_is_told_on(self, live_talkturns):
        pipeline = self.pipeline(Longer(), live_talkturns)
        live = LiveConversation(pipeline)
        live.add({"text": "yes indeed", "speaker": "anna"})
        with pytest.raises(
            ValueError,
            match=r"a Longer, .* 'no no' for .* 'no yes",
        ):
            live.add({"text": "no", "speaker": "bert"})

    def test_that_needs_earlier_talkturns_without_a_live_half(self, live_talkturns):
        step = Numbered()
        step.live_half = lambda: None
        step.keeps_rows_apart = False
        with pytest.raises(TypeError, match=r"a Numbered, cannot work talkturn by"):
            live_half(step, "own")


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
