"""What a net is fed with: talkturns with their targets, in batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from torch.utils.data import Dataset

from hanrock_sk.model.layout.batch_targets import shuffled_runs, whole_conversations
from hanrock_sk.model.layout.batches import Batch, TokenTable, make_batch
from hanrock_sk.model.layout.unlabelled_targets import NOBODY, with_unlabelled
from hanrock_sk.model.losses import Targets

PIECE_WORDS = 4096
"""Words that are encoded at a time where nothing has to be remembered for a
backward pass: bounds the memory of prediction, and keeps it in the CPU's cache."""

PIECE_WORDS_OF = {"cuda": 65536}
"""The same by type of device: a GPU that gets little at a time is idle."""


def piece_words(device: str) -> int:
    """Words that are encoded at a time on a device."""
    return PIECE_WORDS_OF.get(torch.device(device).type, PIECE_WORDS)


@dataclass(frozen=True)
class TalkturnData(Dataset):
    """Talkturns with their targets, by position; a dataset to skorch.

    Attributes
    ----------
    table : TokenTable
        All talkturns, context included.
    targets : ndarray of int64
        Positions of the talkturns to predict, sorted.
    primary : ndarray, shape (n_talkturns,)
        Class indices, or values.
    values, labels, weights : ndarray, shape (tasks, n_talkturns)
        See `hanrock_sk.model.losses.Targets`.
    unlabelled : ndarray of int64
        Positions of talkturns that are trained on for their auxiliary targets alone.
    soft : ndarray of float32, shape (n_classes, n_talkturns), or None
        Probabilities of the classes, where labels are distributions.
    sample_weight : ndarray of float32, shape (n_talkturns,), or None
        How much each label counts, 1 on average; None if all count the same.
    """

    table: TokenTable
    targets: np.ndarray
    primary: np.ndarray
    values: np.ndarray
    labels: np.ndarray
    weights: np.ndarray
    unlabelled: np.ndarray = field(default_factory=NOBODY.copy)
    soft: np.ndarray | None = None
    sample_weight: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.targets)

    def of(self, positions: np.ndarray) -> Targets:
        """Collect the targets at some positions."""
        soft, counts = self.soft, self.sample_weight
        return Targets(
            primary=_at(self.primary, positions),
            values=_at(self.values, positions),
            labels=_at(self.labels, positions),
            weights=_at(self.weights, positions),
            soft=None if soft is None else _at(soft, positions).T,
            sample_weight=None if counts is None else _at(counts, positions),
        )

    def label_weights(self) -> np.ndarray | None:
        """How much each of the `targets` counts; None if all count the same."""
        if self.sample_weight is None or not self.sample_weight[self.targets].any():
            return None
        return self.sample_weight[self.targets].astype(np.float64)

    def class_counts(self, n_classes: int) -> np.ndarray:
        """How often each class is the truth: labels, weights, probabilities added up.

        Parameters
        ----------
        n_classes : int
            How many classes there are.

        Returns
        -------
        counts : ndarray of float64, shape (n_classes,)
            Over the `targets`.
        """
        weights = self.label_weights()
        if self.soft is None:
            return np.bincount(
                self.primary[self.targets], weights, minlength=n_classes
            ).astype(np.float64)
        soft = self.soft[:, self.targets].astype(np.float64)
        return (soft if weights is None else soft * weights).sum(axis=1)


def _at(column: np.ndarray, positions: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(column[..., positions]))


class Batches:
    """An iterator over a dataset, as skorch wants one.

    Parameters
    ----------
    data : TalkturnData
        What to iterate over.
    content_size : int
        Talkturns in a window.
    generator : numpy.random.Generator or None
        Draws shuffled runs; None goes through whole conversations in order.
    batch_size, run_length : int
        Of shuffled runs.
    piece_words : int or None
        Words of a piece of whole conversations; None takes `PIECE_WORDS`.
    """

    def __init__(
        self,
        data: TalkturnData,
        content_size: int,
        generator: np.random.Generator | None = None,
        batch_size: int = 1,
        run_length: int = 1,
        piece_words: int | None = None,
    ) -> None:
        self.data, self.content_size, self.generator = data, content_size, generator
        self.batch_size, self.run_length = batch_size, run_length
        self.piece_words = piece_words or PIECE_WORDS

    def __iter__(self) -> Iterator[tuple[Batch, Targets]]:
        data = self.data
        if self.generator is None:
            parts = whole_conversations(
                data.table, data.targets, self.content_size, self.piece_words
            )
        else:
            parts = with_unlabelled(
                data.table,
                data.targets,
                data.unlabelled,
                self._shuffled,
                self.generator,
            )
        for part in parts:
            batch = make_batch(data.table, part, self.content_size)
            yield batch, data.of(batch.targets)

    def _shuffled(self, targets: np.ndarray) -> Iterator[np.ndarray]:
        assert self.generator is not None
        return shuffled_runs(
            self.data.table, targets, self.batch_size, self.run_length, self.generator
        )
