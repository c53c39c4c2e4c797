"""Live conversations that are pickled, and predictions of many threads at once."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from fake_encoder import FakeEncoder
from sklearn.pipeline import make_pipeline
from tiny_estimators import tiny_classifier

from hanrock_sk import MonahNarrator, SuitedColumns, Timings, conversation_pipeline
from hanrock_sk.datasets import make_conversations
from hanrock_sk.live import LiveConversation


def timed(n=4):
    X, y = make_conversations(n, 6, random_state=0)
    X = X.drop(columns=["delay", "speech_rate"])
    return X.assign(start=np.arange(len(X)) * 2.0, end=np.arange(len(X)) * 2.0 + 1.5), y


@pytest.mark.parametrize("first", [Timings, SuitedColumns])
def test_a_pickled_conversation_goes_on(first):
    X, y = timed()
    steps = [first(), MonahNarrator()] if first is Timings else [first()]
    params = {"embeddings": [{"so": [1.0] * 6}, FakeEncoder()]}
    pipeline = make_pipeline(*steps, tiny_classifier(**params)).fit(X, y)
    whole, parts = LiveConversation(pipeline), LiveConversation(pipeline)
    for row, talkturn in enumerate(X.head(7).to_dict("records")):
        parts = (pickle.loads(pickle.dumps(parts)), copy.deepcopy(parts))[row % 2]
        expected, found = whole.add(talkturn), parts.add(talkturn)
        assert found.probabilities == expected.probabilities
        np.testing.assert_array_equal(
            found.attention.talkturn_weights, expected.attention.talkturn_weights
        )


def test_a_copy_does_not_change_the_original():
    X, y = timed()
    pipeline = make_pipeline(Timings(), MonahNarrator(), tiny_classifier()).fit(X, y)
    first, second, third = X.head(3).to_dict("records")
    live, expected = LiveConversation(pipeline), LiveConversation(pipeline)
    for conversation in (live, expected):
        conversation.add(first)
    copied = pickle.loads(pickle.dumps(live))
    copied.add(second)
    assert live.add(third).probabilities == expected.add(third).probabilities


@pytest.mark.parametrize("embeddings", [{"so": [1.0] * 6, "zebra": [2.0] * 6}, None])
def test_eight_threads_predict_what_one_does(embeddings):
    X, y = timed(8)
    model = tiny_classifier(embeddings=embeddings)
    pipeline = make_pipeline(Timings(), MonahNarrator(), model).fit(X, y)
    tables = [
        table.assign(text=[f"{text} zebra {name}" for text in table["text"]])
        for name, table in X.groupby("conversation")
    ]
    saved = pickle.loads(pickle.dumps(pipeline))
    expected = [saved.predict_proba(table) for table in tables]

    def heard(table):
        live = LiveConversation(pipeline)
        return [live.add(row).probabilities for row in table.to_dict("records")]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(pipeline.predict_proba, tables * 4))
        lived = list(pool.map(heard, tables))
    for one, other in zip(found, expected * 4, strict=True):
        np.testing.assert_array_equal(one, other)
    for said, table in zip(lived, expected, strict=True):
        rows = [[row[label] for label in model.classes_] for row in said]
        np.testing.assert_allclose(rows, table, rtol=0, atol=1e-5)


def test_the_readmes_pipeline_asks_for_what_its_steps_read():
    X, y = make_conversations(8, 6, random_state=0)
    params = {"word_gru": 4, "pri_gru": 4, "max_epochs": 1, "random_state": 0}
    words = X[["conversation", "speaker", "text"]]
    pipeline = conversation_pipeline(embeddings=None, **params).fit(words, y)
    said = LiveConversation(pipeline).add({"text": "Hello.", "speaker": "anna"})
    assert said.prediction in pipeline.classes_
    told = conversation_pipeline(embeddings=None, **params).fit(X, y)
    read = set(told[0]._columns_read) | {"speaker"}
    talkturn = X.drop(columns="conversation").to_dict("records")[0]
    live = LiveConversation(told)
    live.add({name: value for name, value in talkturn.items() if name in read})
    expected = told.predict(X.head(1))[0]
    live = LiveConversation(told)
    assert live.add(talkturn).prediction == expected
