"""The direct way: from a talkturn's own words to the head, past all recurrence.

With few labels a logistic regression on what was said is hard to beat. The direct way
is one, trained as a part of the network: a linear predictor of the mean vector that an
encoder gave the talkturn's words, of its bag of words (and that of the talkturns just
before), and of the talkturn's vector s. The network then learns what context adds.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from hanrock_sk.model.dropout import dropout
from hanrock_sk.model.layout.batches import Batch
from hanrock_sk.model.records import Sizes

DENSE_C = 5.0
BAG_C = 15.0
BAG_ALONE_C = 60.0
"""Inverse strengths of the L2 penalty, as of a logistic regression's C: of an encoder's
mean vector, of the bag of words beside it, and of the bag without an encoder."""


class DirectWay(nn.Module):
    """A linear predictor of the primary task from the talkturn itself.

    Parameters
    ----------
    outputs : int
        Width of the primary prediction.
    units : int
        Width U of the talkturn vectors s.
    contextual : int
        Width of the encoder's vectors; 0 without an encoder.
    bag : int
        Features of a bag of words; the talkturns before have as many of their own.
    dropout : float
        Share of the features dropped in training.
    """

    centre: Tensor

    def __init__(
        self, outputs: int, units: int, contextual: int, bag: int, dropout: float
    ) -> None:
        super().__init__()
        self.dropout = dropout
        self.own_weight = nn.Parameter(torch.zeros(units, outputs))
        self.dense = nn.Parameter(torch.zeros(contextual, outputs))
        self.bag = nn.Parameter(torch.zeros(2 * bag, outputs))
        self.register_buffer("centre", torch.zeros(contextual))

    @classmethod
    def of(cls, sizes: Sizes) -> DirectWay | None:
        """Make one if the network is to have it."""
        if not sizes.direct:
            return None
        return cls(
            sizes.primary,
            sizes.attention_units,
            sizes.contextual,
            sizes.bag,
            sizes.gru_dropout,
        )

    def forward(self, s: Tensor, batch: Batch) -> Tensor:
        """Predict the targets.

        Parameters
        ----------
        s : Tensor of shape (talkturns, U)
            The primary branch's vectors of the distinct talkturns.
        batch : Batch
            What is read.

        Returns
        -------
        prediction : Tensor of shape (targets, outputs)
            To be added to that of the network.
        """
        prediction = s.index_select(0, batch.own) @ self.own_weight
        if batch.sentences is not None:
            x = F.normalize(batch.sentences.to(s) - self.centre, dim=1)
            x = dropout(x * len(self.centre) ** 0.5, self.dropout, self.training)
            prediction = prediction + x @ self.dense
        if batch.bags is not None and len(self.bag):
            weights = dropout(batch.bags.weights.to(s), self.dropout, self.training)
            prediction = prediction + F.embedding_bag(
                batch.bags.ids,
                self.bag,
                batch.bags.offsets,
                mode="sum",
                per_sample_weights=weights,
            )
        return prediction

    def add_penalty(self, n_labels: int) -> None:
        """Add the gradient of the L2 penalty, as strong as a regression's.

        Parameters
        ----------
        n_labels : int
            Labels trained on.
        """
        with torch.no_grad():
            bag_c = BAG_C if len(self.dense) else BAG_ALONE_C
            for weight, c in ((self.dense, DENSE_C), (self.bag, bag_c)):
                if weight.grad is not None and len(weight):
                    # The vectors have the length sqrt(width), not 1.
                    scale = len(weight) if weight is self.dense else 1
                    weight.grad.add_(weight, alpha=scale / (c * n_labels))
