"""Talkturns that are heard one by one, and models small enough to hear them."""

from __future__ import annotations

from hanrock_sk import HANRockClassifier

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


def library(X):
    return "pandas" if hasattr(X, "iloc") else "polars"


def small():
    return HANRockClassifier(**SMALL)
