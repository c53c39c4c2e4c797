"""What follows the talkturn encoders: the fusion of tasks and the auxiliary heads.

Shapes: n targets, U attention units, C classes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn


class AuxiliaryHeads(nn.Module):
    """One linear predictor per auxiliary task.

    Parameters
    ----------
    classes : sequence of int
        Number of classes of each task, 0 for a real value.
    units : int
        Width of the vectors they read.
    """

    valued: Tensor
    labelled: Tensor

    def __init__(self, classes: Sequence[int], units: int) -> None:
        super().__init__()
        valued = [task for task, count in enumerate(classes) if count == 0]
        labelled = [task for task, count in enumerate(classes) if count > 0]
        for name, tasks in (("valued", valued), ("labelled", labelled)):
            index = torch.tensor(tasks, dtype=torch.int64)
            self.register_buffer(name, index, persistent=False)
        width = max(classes, default=0)
        self.value_weight = nn.Parameter(torch.empty(len(valued), units, 1))
        self.value_bias = nn.Parameter(torch.zeros(len(valued), 1, 1))
        self.label_weight = nn.Parameter(torch.empty(len(labelled), units, width))
        self.label_bias = nn.Parameter(torch.zeros(len(labelled), 1, width))
        for weight in (self.value_weight, self.label_weight):
            bound = math.sqrt(6 / (units + weight.shape[-1]))
            nn.init.uniform_(weight, -bound, bound)

    def forward(self, v: Tensor) -> tuple[Tensor, Tensor]:
        """Predict from (n, tasks, U): values (tasks, n) and logits (tasks, n, C)."""
        v = v.transpose(0, 1)
        valued, labelled = (
            v.index_select(0, tasks) for tasks in (self.valued, self.labelled)
        )
        values = torch.baddbmm(self.value_bias, valued, self.value_weight)
        logits = torch.baddbmm(self.label_bias, labelled, self.label_weight)
        return values.squeeze(-1), logits


class Fusion(nn.Module):
    """Attention over the tasks' vectors (section 3.2, from v_c to v).

    Parameters
    ----------
    units : int
        Width U of the tasks' vectors.
    """

    def __init__(self, units: int) -> None:
        super().__init__()
        self.query = nn.Parameter(torch.empty(units))
        nn.init.normal_(self.query, std=1 / math.sqrt(units))

    def forward(self, v: Tensor) -> tuple[Tensor, Tensor]:
        """Fuse (n, tasks, U) into (n, U); the weights are (n, tasks)."""
        alpha = (v @ self.query).softmax(1)  # exp(v_c . u_c) / sum_c
        return torch.bmm(alpha.unsqueeze(1), v).squeeze(1), alpha
