"""Nets and data small enough to train in a moment, without an estimator."""

from __future__ import annotations

import numpy as np
import torch

from hanrock_sk.estimators.epoch_end import EpochEnd
from hanrock_sk.estimators.net import make_net
from hanrock_sk.estimators.talkturn_data import Batches, TalkturnData
from hanrock_sk.estimators.training import optimizer_params
from hanrock_sk.model.layout.batches import TokenTable
from hanrock_sk.model.losses import MultiTaskLoss
from hanrock_sk.model.networks import Sizes

SIZES = Sizes(3, (0, 3), word_gru=3, pri_gru=3, aux_gru=1, attention_units=4)
EMBEDDING = torch.randn(9, 5, generator=torch.Generator().manual_seed(0))


def toy_data(seed=0, n=12):
    generator = np.random.default_rng(seed)
    lengths = generator.integers(1, 5, size=n)
    return TalkturnData(
        table=TokenTable(
            generator.integers(9, size=lengths.sum()).astype(np.uint8),
            np.concatenate([[0], np.cumsum(lengths)]),
            np.repeat([0, n // 2], n // 2),
        ),
        targets=np.arange(n),
        primary=generator.integers(3, size=n),
        values=generator.random((1, n)).astype(np.float32),
        labels=generator.integers(-1, 3, size=(1, n)),
        weights=np.repeat([[0.6], [0.2], [0.2]], n, axis=1).astype(np.float32),
    )


def toy_net(optimizer="sgd", l2=0.0, sizes=SIZES, lr=0.1, **params):
    defaults = {
        "criterion": MultiTaskLoss,
        "lr": lr,
        "max_epochs": 3,
        "batch_size": 100,
        "iterator_train": Batches,
        "iterator_train__content_size": 2,
        "iterator_train__run_length": 100,
        "iterator_train__generator": np.random.default_rng(0),
        "iterator_valid": Batches,
        "iterator_valid__content_size": 2,
        "tasks": ("primary", "action__au05", "history__1"),
        "l2": 0.0 if optimizer == "adamw" else l2,
        "verbose": 0,
    }
    return make_net(
        architecture="rock",
        embedding=EMBEDDING,
        sizes=sizes,
        freeze_embedding=False,
        device="cpu",
        **defaults | optimizer_params(optimizer, l2, lr, "cpu") | params,
    )


def two_conversations(primary=(0, 1, -1, 2, 1, 1, 0)):
    """Conversations of three and four talkturns; one has no label."""
    n = len(primary)
    lengths = np.array([2, 1, 3, 2, 4, 1, 2])
    generator = np.random.default_rng(0)
    primary = np.array(primary)
    known = ~np.isnan(primary) if primary.dtype.kind == "f" else primary >= 0
    return TalkturnData(
        table=TokenTable(
            generator.integers(9, size=lengths.sum()).astype(np.uint8),
            np.concatenate([[0], np.cumsum(lengths)]),
            np.array([0, 0, 0, 3, 3, 3, 3]),
        ),
        targets=np.flatnonzero(known),
        primary=primary,
        values=np.array([[0.5, np.nan, 1.0, 0.25, np.nan, 1.0, 0.0]], dtype=np.float32),
        labels=np.array([[1, 0, 2, -1, 1, 1, 0]]),
        weights=generator.random((3, n)).astype(np.float32),
    )


def one_batch(data):
    (batch,) = Batches(data, 2)
    return batch


class Epochs:
    """Stands for scikit-learn's callbacks; asks to stop after so many epochs."""

    def __init__(self, stop_after=None):
        self.stop_after, self.begun, self.ended = stop_after, 0, 0

    def begin_epoch(self):
        self.begun += 1

    def end_epoch(self):
        self.ended += 1
        return self.ended == self.stop_after


def end_of_epochs(stop_after=None, patience=None, verbose=0):
    return EpochEnd([], Epochs(stop_after), patience, 0.5, verbose)
