"""A fitted network at work: piece by piece, row by row, and with other weights."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
import torch
from fake_encoder import FakeEncoder
from tiny_estimators import supervised, tiny_classifier

from hanrock_sk.estimators import fitted, talkturn_data


@pytest.fixture(scope="module")
def model():
    columns, y = supervised()
    return tiny_classifier(lr=0.03).fit(pd.DataFrame(columns), y)


@pytest.fixture(scope="module")
def columns():
    return supervised()[0]


def test_piece_by_piece_it_is_the_same(frame, model, columns, monkeypatch):
    X = frame(columns)
    expected, tasks = model.predict_proba(X), model.predict_auxiliary(X)
    monkeypatch.setattr(talkturn_data, "PIECE_WORDS", 25)
    np.testing.assert_allclose(model.predict_proba(X), expected, atol=1e-6)
    for name, values in model.predict_auxiliary(X).items():
        if values.dtype.kind == "f":
            np.testing.assert_allclose(values, tasks[name], atol=1e-6)
        else:
            assert values.tolist() == tasks[name].tolist()


def test_inference_mode_stays_within(model, columns):
    for _ in model.network_.run(model._read_new(pd.DataFrame(columns))):
        assert not torch.is_inference_mode_enabled()


def test_each_row_is_run_once(model, columns, monkeypatch):
    monkeypatch.setattr(talkturn_data, "PIECE_WORDS", 25)
    talkturns = model._read_new(pd.DataFrame(columns).head(16))
    pieces = [rows for rows, _, _ in model.network_.run(talkturns)]
    assert len(pieces) > 2
    assert sorted(np.concatenate(pieces)) == list(range(16))


@pytest.mark.parametrize("given", [None, {"so": [0.5] * 6, "zebra": [2.0] * 6}])
def test_products_that_are_looked_up_change_nothing(columns, monkeypatch, given):
    X, y = pd.DataFrame(columns).head(16), supervised()[1][:16]
    params = {"architecture": "han", "embeddings": given, "max_epochs": 1}
    network = tiny_classifier(**params).fit(X, y).network_
    X["text"] = [f"{text} zebra" for text in X["text"]]
    talkturns = network.read(X)
    table = network.reader.token_table(talkturns, encode=False)
    assert (table.beyond is None) == (given is None)
    assert network._products_of_frequent(table) is not None
    found = network.predict_primary(talkturns)
    monkeypatch.setattr(network, "_products_of_frequent", lambda table: None)
    expected = network.predict_primary(talkturns)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


def test_an_encoder_reads_what_stands_before_a_piece(columns, monkeypatch):
    X, y = pd.DataFrame(columns).head(16), supervised()[1][:16]
    encoder = FakeEncoder()
    params = {"architecture": "han", "lr": 0.03, "max_epochs": 1}
    model = tiny_classifier(embeddings=encoder, **params).fit(X, y)
    expected = model.predict_proba(X)
    monkeypatch.setattr(talkturn_data, "PIECE_WORDS", 12)
    monkeypatch.setattr(fitted, "ENCODED_PIECES", 1)
    encoder.read.clear()
    found = model.predict_proba(X)
    assert len(encoder.read) > len(X), "some of them twice"
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


def test_weights_that_are_set(model, columns):
    """All at zero, a network says nothing; with those it had, what it said."""
    network = pickle.loads(pickle.dumps(model)).network_
    talkturns = network.read(pd.DataFrame(columns))
    expected = network.predict_tasks(talkturns)
    weights = {name: array.copy() for name, array in network.weights().items()}
    network.set_weights({name: 0 * array for name, array in weights.items()})
    for said in network.predict_tasks(talkturns):
        assert not said.any()
    network.set_weights(weights)
    for said, before in zip(network.predict_tasks(talkturns), expected, strict=True):
        np.testing.assert_array_equal(said, before)


def test_lists_of_so_many():
    assert list(fitted.batched(iter(range(5)), 2)) == [[0, 1], [2, 3], [4]]
    assert list(fitted.batched("abcd", 4)) == [list("abcd")]
    assert list(fitted.batched([], 3)) == []
