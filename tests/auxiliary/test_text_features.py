"""Features of talkturns against scikit-learn's TF-IDF and a loop over the context."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_allclose
from sklearn.feature_extraction.text import TfidfVectorizer

from hanrock_sk.auxiliary.text_features import (
    BEFORE_DIMENSIONS,
    TALKTURNS_BEFORE,
    text_features,
)
from hanrock_sk.datasets import make_conversations
from hanrock_sk.talkturns.conversations import read_conversations
from hanrock_sk.talkturns.table import read_table
from hanrock_sk.text import tokenize


def test_words_length_and_context():
    X, _ = make_conversations(8, 8, random_state=0)
    X = X.sample(frac=1, random_state=1)  # conversations interleave
    read = read_conversations(read_table(X))
    features = text_features(X["text"].tolist(), read, seed=0)
    width = features.shape[1] - 1 - BEFORE_DIMENSIONS
    assert width == len(X) - 1  # nothing is lost but one dimension
    own, before = features[:, 1 : 1 + width], features[:, 1 + width :]

    tfidf = TfidfVectorizer(
        tokenizer=tokenize, token_pattern=None, lowercase=False,
        sublinear_tf=True, ngram_range=(1, 2),
    ).fit_transform(X["text"])  # fmt: skip
    n_words = np.log1p([len(tokenize(text)) for text in X["text"]])
    assert_allclose(features[:, 0], n_words - n_words.mean(), rtol=1e-4, atol=1e-6)
    centred = tfidf.toarray() - tfidf.toarray().mean(axis=0)
    assert_allclose(own @ own.T, centred @ centred.T, atol=0.1)

    expected = np.zeros_like(before)
    for row in range(len(X)):
        earlier = [
            other for other in range(row)
            if X["conversation"].iloc[other] == X["conversation"].iloc[row]
        ][-TALKTURNS_BEFORE:]  # fmt: skip
        if earlier:
            expected[row] = own[earlier][:, : before.shape[1]].mean(axis=0)
    # Centring moves both by constants, the zeros of a conversation's start apart.
    inner = read.position - read.first[read.position] > 0
    difference = (before - expected)[inner]
    assert_allclose(difference - difference[0], 0, atol=1e-5)


def test_texts_without_a_word():
    one = read_conversations(read_table(make_conversations(1, 4, random_state=0)[0]))
    features = text_features([""] * len(one.order), one, seed=0)
    assert features.tolist() == [[0.0]] * len(one.order)
