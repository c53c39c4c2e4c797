"""Estimators small enough to train in a moment, and talkturns to train them on."""

from __future__ import annotations

import random
from functools import cache

import numpy as np
import pytest
import torch

from hanrock_sk import (
    AuxiliaryTargets,
    AuxiliaryWeights,
    HANRockClassifier,
    HANRockRegressor,
)
from hanrock_sk.datasets import make_conversations

OLD_TRAINING = {
    "optimizer": "adam",
    "l2": 0.0,
    "schedule": "plateau",
    "weight_average": None,
    "head_dropout": 0.0,
    "validation_fraction": 0.1,
    "train_unlabelled": False,
}
"""Conversations held out, a learning rate that decays where they get no better."""

TINY = OLD_TRAINING | {
    "content_size": 3,
    "word_gru": 4,
    "pri_gru": 4,
    "attention_units": 4,
    "embedding_dim": 6,
    "max_epochs": 2,
    "batch_size": 16,
    "run_length": 4,
    "device": "cpu",
    "random_state": 0,
}


PLAIN_LOSS = {"label_smoothing": 0.0, "logit_adjustment": 0.0}
"""The cross-entropy alone, as naive twins compute it."""


def tiny_classifier(**params):
    return HANRockClassifier(**TINY | PLAIN_LOSS | params)


def tiny_regressor(**params):
    return HANRockRegressor(**TINY | params)


@cache
def _made(task):
    X, y = make_conversations(
        6, 8, task=task, missing_labels=0.1, random_state=0, backend="polars"
    )
    wide = AuxiliaryTargets(history=1, future=1).fit_transform(X, y)
    wide = AuxiliaryWeights(random_state=0).fit_transform(wide, y)
    return X.to_dict(as_series=False), wide.to_dict(as_series=False), y.tolist()


def talkturns(task="classification"):
    """The columns of a talkturn table, and its labels; one in ten is missing."""
    columns, _, y = _made(task)
    return dict(columns), list(y)


def supervised(task="classification"):
    """The same, with auxiliary targets and loss weights among the columns."""
    _, wide, y = _made(task)
    return dict(wide), list(y)


def weights_of(model):
    """Copy the weights of a fitted estimator."""
    state = model.net_.module_.state_dict()
    return {name: tensor.numpy().copy() for name, tensor in state.items()}


def have_same_weights(one, other):
    """Whether two fitted estimators have the same weights, to the last bit."""
    first, second = weights_of(one), weights_of(other)
    return first.keys() == second.keys() and all(
        np.array_equal(first[name], second[name]) for name in first
    )


def is_labelled(y):
    """Which labels are there."""
    return np.array([value is not None and value == value for value in y])


def global_generators():
    """The state of every generator that is not ours to touch."""
    return (
        torch.get_rng_state().numpy().tobytes(),
        np.random.get_state()[1].tobytes(),  # noqa: NPY002
        random.getstate(),
    )


def words_that_tell_most(n=120):
    """Two words and two labels, of which every sixth is the other one."""
    says_yes = np.random.default_rng(0).random(n) < 0.5
    label = np.where(np.arange(n) % 6 == 0, ~says_yes, says_yes)
    text = np.where(says_yes, "yes", "no")
    return {"text": text, "conversation": np.arange(n) // 10}, label.tolist()


KINDS = {"classification": tiny_classifier, "regression": tiny_regressor}


BOTH = pytest.mark.parametrize("task", KINDS)


def fitted(X, y, **params):
    return tiny_classifier(**params).fit(X, y)
