"""The measured way: from what auxiliary heads predict of measurements to the head.

A tone of voice that words foretell says something of the label, and it can be learnt
from talkturns that nobody has labelled. The auxiliary branch learns it. The primary
head reads its predictions here, a few numbers whose weights few labels can tell, and
passes no gradient back, so what the branch predicts stays a measurement.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from hanrock_sk.model.dropout import dropout

SPREAD_OF_PREDICTIONS = 0.25
"""Predicted measurements spread less than measured ones; about so much."""


class MeasuredWay(nn.Module):
    """A linear predictor of the primary task from predicted measurements.

    Parameters
    ----------
    tasks : sequence of int
        Which of the real-valued auxiliary tasks it reads.
    outputs : int
        Width of the primary prediction.
    dropout : float
        Share of the predictions dropped in training.
    """

    tasks: Tensor
    centre: Tensor
    spread: Tensor

    def __init__(self, tasks: Sequence[int], outputs: int, dropout: float) -> None:
        super().__init__()
        self.dropout = dropout
        self.weight = nn.Parameter(torch.zeros(len(tasks), outputs))
        index = torch.tensor(tasks, dtype=torch.int64)
        self.register_buffer("tasks", index, persistent=False)
        self.register_buffer("centre", torch.zeros(len(tasks)))
        self.register_buffer("spread", torch.ones(len(tasks)))

    def forward(self, values: Tensor) -> Tensor:
        """Predict (n, outputs) from values of all real-valued tasks, (tasks, n)."""
        x = values.detach().index_select(0, self.tasks).T
        x = (x - self.centre) / (self.spread * SPREAD_OF_PREDICTIONS)
        return dropout(x, self.dropout, self.training) @ self.weight
