"""Occlusion against the naive way: change the table, predict again."""

from __future__ import annotations

import copy
import functools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from fake_encoder import FakeEncoder
from tiny_estimators import tiny_classifier, tiny_regressor

from hanrock_sk import HANRockClassifier, MonahNarrator, explain
from hanrock_sk.datasets import make_conversations
from hanrock_sk.text import token_spans, tokenize

SAID = [
    "Oh no, I can't!",
    "",
    "Yes.",
    "we're   so sad... you know?",
    "ten, (o'clock)?",
    "hm",
]


def conversations(task="classification"):
    """Two conversations in turn, so that rows and positions differ."""
    X, y = make_conversations(2, 6, task=task, random_state=0)
    X["text"] = [SAID[i] if i < len(SAID) else text for i, text in enumerate(X["text"])]
    rows = np.random.default_rng(0).permutation(len(y))
    return X.iloc[rows].reset_index(drop=True), y[rows]


def outputs_of(model, X):
    """What the model says of each talkturn: probabilities, or the value."""
    if hasattr(model, "predict_proba"):
        return model.predict_proba(X)
    return model.predict(X)[:, None]


def cut(text, number):
    """Take one word out of a raw text."""
    words, spans = token_spans(text)
    begin, end = spans[number]
    if len(words) == 1:
        return ""
    before, after = text[:begin], text[end:]
    if (not before or before[-1].isspace()) and after[:1].isspace():
        after = after[1:]
    return before + after


def without_word(X, row, number, read):
    """The table with a word of one talkturn left out, wherever it stands."""
    X = X.copy()
    n_words = len(tokenize(X.at[row, read]))
    if not n_words:
        return X
    for column in {read, "text"}:
        # What was said stands at the end of a narrative.
        here = number - (n_words - len(tokenize(X.at[row, column])))
        if here >= 0:
            X.at[row, column] = cut(X.at[row, column], here)
    return X


def silent(X, row):
    X = X.copy()
    for column in {"text", "narrative"} & set(X.columns):
        X.at[row, column] = ""
    return X


def reads_one_less(model):
    """The same model with a window that is one talkturn shorter."""
    model = copy.deepcopy(model)
    seen = model.network_.trained_on
    model.network_.trained_on = replace(seen, content_size=seen.content_size - 1)
    return model


def window_of(X, row, content_size):
    who = X["conversation"]
    mine = [i for i in range(len(X)) if who[i] == who[row]]
    at = mine.index(row)
    return mine[max(0, at - content_size + 1) : at + 1]


def predict_each(model, changed):
    """What the model says of one row of each of many tables, read as one table."""
    tables = [X.assign(conversation=i) for i, (X, _) in enumerate(changed)]
    begins = np.cumsum([0, *map(len, tables)])[:-1]
    places = [list(X.index).index(row) for X, row in changed]
    together = pd.concat(tables, ignore_index=True)
    return outputs_of(model, together)[begins + places]


def naive(model, X, content_size, read):
    """Changes of all predictions: per talkturn of the window, and per word of each."""
    base, n_rows = outputs_of(model, X), len(X)
    of_rows, shorter, altered = [], [], []
    for row in range(n_rows):
        mine = X[X["conversation"] == X["conversation"][row]]
        for other in window_of(X, row, content_size):
            if other == row:
                altered.append((silent(mine, row), row))
            else:
                shorter.append((mine.drop(index=other), row))
            of_rows.append((row, other))
    last = predict_each(model, altered)
    less = iter(predict_each(reads_one_less(model), shorter))
    left = [last[row] if row == other else next(less) for row, other in of_rows]
    of_talkturns = base[[row for row, _ in of_rows]] - left
    changed = [
        (
            without_word(
                X[X["conversation"] == X["conversation"][row]], other, k, read
            ),
            row,
        )
        for row, other in of_rows
        for k in range(len(tokenize(X.at[other, read])) or 1)
    ]
    of_words = base[[row for _, row in changed]] - predict_each(model, changed)
    return of_talkturns, of_words


@functools.cache
def fitted(case):
    """A model, talkturns, and the column it reads; nobody changes them."""
    task = "regression" if case == "values" else "classification"
    X, y = conversations(task)
    # To its last epoch, which tells more words apart than the best one may.
    params = {"content_size": 4, "max_epochs": 8, "lr": 0.06, "min_count": 1}
    params["validation_fraction"] = 0.0
    if case == "values":
        return tiny_regressor(**params, architecture="han").fit(X, y), X, "text"
    if "narrative" in case:
        X = MonahNarrator().fit_transform(X)
    read = "narrative" if "narrative" in case else "text"
    if "encoder" in case:
        params["embeddings"] = FakeEncoder()
    if case == "auxiliary":
        X["aux__action__au05"], X["aux__history__1"] = X["au05"], y
        params["speaker_vectors"] = False
    if case == "plain":
        params["direct"] = False
    return tiny_classifier(**params).fit(X, y), X, read


@pytest.mark.parametrize(
    "case",
    ["auxiliary", "plain", "values", "narrative", "encoder", "encoder, narrative"],
)
def test_as_if_the_word_had_not_been_said(case):
    model, X, read = fitted(case)
    occlusion = explain.occlusion(model, X)
    np.testing.assert_allclose(occlusion.outputs, outputs_of(model, X), atol=1e-6)
    talkturns, words = naive(model, X, 4, read)
    np.testing.assert_allclose(occlusion.talkturn_changes, talkturns, atol=1e-5)
    np.testing.assert_allclose(occlusion.word_changes, words, atol=1e-5)
    assert np.abs(words).max() > 0.002  # there is something to compare
    assert np.abs(talkturns).max() > 0.002


def test_layout_is_that_of_attention():
    model, X, _ = fitted("auxiliary")
    rows = [3, 0, 7]
    occlusion = explain.occlusion(model, X, rows)
    overall = explain.attention(model, X, rows)
    assert occlusion.rows.tolist() == rows
    for name in ("window_offsets", "window_rows", "word_offsets"):
        assert getattr(occlusion, name).tolist() == getattr(overall, name).tolist()
    words = [overall.exact.words[i] for i in overall.word_index]
    assert occlusion.words == words


def test_some_rows_and_own_words_alone():
    model, X, _ = fitted("auxiliary")
    everything = explain.occlusion(model, X)
    some = explain.occlusion(model, X, [5, 2], context_words=False)
    for k, row in enumerate([5, 2]):
        whole, part = everything[row].context, some[row].context
        for talkturn, same in zip(whole, part, strict=True):
            assert same.effect == pytest.approx(talkturn.effect, abs=1e-6)
        assert [w.effect for w in part[-1].words] == pytest.approx(
            [w.effect for w in whole[-1].words], abs=1e-6
        )
        for talkturn in part[:-1]:
            assert {word.effect for word in talkturn.words} <= {None}
        assert some.rows[k] == row
    none = explain.occlusion(model, X, [5], words=False)
    assert np.isnan(none.word_changes).all()
    assert np.isfinite(none.talkturn_changes).all()


def test_piece_by_piece(monkeypatch):
    """However little is encoded at a time, the result is the same."""
    model, X, _ = fitted("encoder, narrative")
    once = explain.occlusion(model, X)
    monkeypatch.setattr("hanrock_sk.explain.leaving_out.WORDS_AT_A_TIME", 1)
    monkeypatch.setattr(
        "hanrock_sk.estimators.altered_windows.piece_words", lambda _: 5
    )
    monkeypatch.setattr("hanrock_sk.estimators.variants.piece_words", lambda _: 5)
    monkeypatch.setattr("hanrock_sk.estimators.variants.ENCODED_PIECES", 2)
    twice = explain.occlusion(model, X)
    np.testing.assert_allclose(twice.word_changes, once.word_changes, atol=1e-6)
    np.testing.assert_allclose(twice.talkturn_changes, once.talkturn_changes, atol=1e-6)


def test_long_talkturns_lose_a_word_and_gain_none():
    X, y = conversations()
    model = tiny_classifier(max_words=3, content_size=1).fit(X, y)
    row = int(np.argmax([len(tokenize(text)) for text in X["text"]]))
    words = tokenize(X.at[row, "text"])[:3]
    with pytest.warns(UserWarning, match="max_words"):
        occlusion = explain.occlusion(model, X, [row])
    assert occlusion.words == words
    changed = X.copy()
    changed.loc[row, "text"] = " ".join(words[:1] + words[2:])
    left = model.predict_proba(changed)[row]
    np.testing.assert_allclose(
        occlusion.word_changes[1], model.predict_proba(X)[row] - left, atol=1e-6
    )


FILLERS = [a + b for a in "bdfgklmnprst" for b in ("ala", "ebe", "olo", "unu", "iri")]
CUES = {"glad": ["hooray", "lovely"], "low": ["hopeless", "crying"], "calm": ["okay"]}


def with_cues(seed):
    """Talkturns of fillers, one of which is a cue of its class."""
    random = np.random.default_rng(seed)
    rows, y, cues = [], [], []
    for conversation in range(40):
        for _ in range(10):
            label = random.choice(list(CUES))
            words = random.choice(FILLERS, size=random.integers(5, 12)).tolist()
            cue = random.choice(CUES[label])
            words[random.integers(len(words))] = cue
            rows.append((conversation, " ".join(words)))
            y.append(label)
            cues.append(cue)
    return pd.DataFrame(rows, columns=["conversation", "text"]), np.array(y), cues


def test_a_cue_word_comes_first():
    X, y, _ = with_cues(0)
    new, labels, cues = with_cues(1)
    model = HANRockClassifier(
        content_size=3, word_gru=16, pri_gru=8, attention_units=16, max_epochs=15,
        device="cpu", random_state=0,
    ).fit(X, y)  # fmt: skip
    assert model.score(new, labels) > 0.9
    occlusion = explain.occlusion(model, new, context_words=False)
    first = [occlusion[row].top_words(1)[0].word for row in range(len(new))]
    assert np.mean([word == cue for word, cue in zip(first, cues, strict=True)]) >= 0.95
