"""The attention weights by row, against the network's own answer."""

from __future__ import annotations

import copy

import numpy as np
import pandas as pd
import pytest
import torch
from tiny_estimators import supervised, tiny_classifier, tiny_regressor

from hanrock_sk.estimators import talkturn_data
from hanrock_sk.text import tokenize

CONTENT_SIZE = 3


def interleaved():
    """Conversations in turn, so that rows and positions differ; one turn is empty."""
    columns, y = supervised()
    rows = np.random.default_rng(0).permutation(len(y))
    columns = {name: [values[i] for i in rows] for name, values in columns.items()}
    columns["text"][5] = ""
    return columns, [y[i] for i in rows]


def window_of(conversation, row):
    """The rows of a talkturn's window, oldest first."""
    mine = [i for i, who in enumerate(conversation) if who == conversation[row]]
    at = mine.index(row)
    return mine[max(0, at - CONTENT_SIZE + 1) : at + 1]


@pytest.fixture(scope="module")
def fitted():
    columns, y = interleaved()
    X = pd.DataFrame(columns)
    return tiny_classifier(content_size=CONTENT_SIZE).fit(X, y), X, columns


@pytest.fixture
def found(fitted):
    model, X, _ = fitted
    return model.attention(X)


def entries(offsets, row):
    return slice(offsets[row], offsets[row + 1])


def test_words_are_those_said(fitted, found):
    for row, text in enumerate(fitted[2]["text"]):
        expected = tokenize(text) or ["<empty>"]
        assert found.words[entries(found.word_offsets, row)] == expected
    assert found.word_offsets[-1] == len(found.words) == found.word_weights.shape[1]


def test_windows_are_the_talkturns_before(fitted, found):
    conversation = fitted[2]["conversation"]
    for row in range(len(conversation)):
        rows = found.window_rows[entries(found.window_offsets, row)]
        assert rows.tolist() == window_of(conversation, row)
    n_entries = found.window_offsets[-1]
    assert n_entries == len(found.window_rows) == found.talkturn_weights.shape[1]


def test_weights_sum_to_one(found):
    n_tasks = len(found.tasks)
    words = np.add.reduceat(found.word_weights, found.word_offsets[:-1], axis=1)
    windows = np.add.reduceat(found.talkturn_weights, found.window_offsets[:-1], axis=1)
    assert words.shape[0] == 2
    assert windows.shape[0] == found.task_weights.shape[0] == n_tasks
    for total in (words, windows, found.task_weights.sum(0)):
        np.testing.assert_allclose(total, 1, rtol=1e-5)


def test_tasks_are_the_primary_and_the_auxiliary_ones(fitted, found):
    columns = fitted[2]
    named = {name.removeprefix("aux__") for name in columns if name.startswith("aux__")}
    assert found.tasks[0] == "primary"
    assert set(found.tasks[1:]) == named
    # Real values first, as in the network.
    kinds = [name.split("__")[0] in ("history", "future") for name in found.tasks]
    assert kinds == sorted(kinds)


def test_weights_come_from_the_window_alone(fitted, found):
    """A table that holds nothing but a talkturn's window tells the same of it."""
    model, X, columns = fitted
    for row in range(0, len(X), 3):
        window = window_of(columns["conversation"], row)
        alone = model.attention(X.iloc[window])
        last = len(window) - 1
        pairs = [
            (found.task_weights[:, row], alone.task_weights[:, last]),
            (
                found.talkturn_weights[:, entries(found.window_offsets, row)],
                alone.talkturn_weights[:, entries(alone.window_offsets, last)],
            ),
            *(
                (
                    found.word_weights[:, entries(found.word_offsets, other)],
                    alone.word_weights[:, entries(alone.word_offsets, at)],
                )
                for at, other in enumerate(window)
            ),
        ]
        for weights, expected in pairs:
            np.testing.assert_allclose(weights, expected, rtol=1e-4)


def test_weights_follow_from_the_queries(fitted):
    """Without queries all that is compared with them weighs the same."""
    model, X, _ = fitted
    model = copy.deepcopy(model)
    with torch.no_grad():
        for name, parameter in model.net_.module_.named_parameters():
            if name.endswith("query"):
                parameter.zero_()
    found = model.attention(X)
    sizes = np.diff(found.word_offsets)
    np.testing.assert_allclose(
        found.word_weights, [1 / np.repeat(sizes, sizes)] * 2, rtol=1e-6
    )
    sizes = np.diff(found.window_offsets)
    expected = [1 / np.repeat(sizes, sizes)] * len(found.tasks)
    np.testing.assert_allclose(found.talkturn_weights, expected, rtol=1e-6)
    gate = torch.sigmoid(model.net_.module_.fusion.gate).item() / 2
    expected = np.full(len(found.tasks), gate / len(found.tasks))
    expected[0] += 1 - gate
    np.testing.assert_allclose(found.task_weights[:, 0], expected, rtol=1e-6)
    assert (found.task_weights == found.task_weights[:, :1]).all()


def test_piece_by_piece_it_is_the_same(fitted, found, monkeypatch):
    model, X, _ = fitted
    monkeypatch.setattr(talkturn_data, "PIECE_WORDS", 20)
    again = model.attention(X)
    for name in ("word_weights", "talkturn_weights", "task_weights"):
        np.testing.assert_allclose(
            getattr(again, name), getattr(found, name), rtol=1e-4, err_msg=name
        )
    assert again.window_rows.tolist() == found.window_rows.tolist()


@pytest.mark.parametrize("architecture", ["flat", "han"])
def test_without_an_auxiliary_branch(frame, architecture):
    columns, y = interleaved()
    X = frame(columns)
    found = tiny_classifier(architecture=architecture).fit(X, y).attention(X)
    assert found.tasks == ("primary",)
    assert found.word_weights.shape[0] == found.talkturn_weights.shape[0] == 1
    assert (found.task_weights == 1).all()
    assert found.task_weights.shape == (1, len(y))


def test_a_regressor_has_it_too(frame):
    columns, y = supervised("regression")
    X = frame(columns)
    found = tiny_regressor().fit(X, y).attention(X)
    assert len(found.tasks) == found.task_weights.shape[0] == 11


def test_strings_have_windows_of_one():
    texts = ["yes I do", "no", "yes yes", "no no"]
    found = tiny_classifier(min_count=1).fit(texts, list("abab")).attention(texts)
    assert found.window_rows.tolist() == [0, 1, 2, 3]
    assert found.window_offsets.tolist() == [0, 1, 2, 3, 4]
    assert (found.talkturn_weights == 1).all()
    assert found.words == ["yes", "i", "do", "no", "yes", "yes", "no", "no"]


def test_only_the_words_read_are_shown():
    texts = ["yes I do", "no", "yes yes", "no no"]
    model = tiny_classifier(min_count=1, max_words=1)
    with pytest.warns(UserWarning, match="max_words=1"):
        model.fit(texts, list("abab"))
    with pytest.warns(UserWarning, match="max_words=1"):
        assert model.attention(texts).words == ["yes", "no", "yes", "no"]
