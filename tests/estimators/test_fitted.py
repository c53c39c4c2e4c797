"""A fitted network at work: piece by piece, row by row, and with other weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch
from tiny_estimators import supervised, tiny_classifier

from hanrock_sk.estimators import talkturn_data


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
