"""What follows the talkturn encoders: the fusion of tasks and the auxiliary heads.

Shapes: n targets, U attention units, C classes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

GATE_AT_START = -3.0
"""The auxiliary branch's weight begins at sigmoid(-3) / 2, that is 0.024."""

SMALLEST_SQUARE = 1e-12
"""Keeps the length of a vector of zeros differentiable."""


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


class PaperFusion(nn.Module):
    """Attention over the tasks' vectors (section 3.2, from v_c to v).

    Nothing keeps the primary branch in it: auxiliary vectors grow while their heads
    are trained, the largest one takes the softmax, and the primary branch is left
    without a gradient.

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


class AnchoredFusion(nn.Module):
    """Attention over the tasks' vectors that cannot leave the primary branch.

    With the primary vector v_p and a learnt gate g::

        alpha = softmax_c(norm(v_c) . u_c)
        v = (1 - g) v_p + g sum_c alpha_c v_c |v_p| / |v_c|,     0 < g < 1/2

    Scores are of normalised vectors, and vectors are mixed at the length of the
    primary one, so that no task wins by its scale. The primary branch keeps more than
    half of the weight and at the start nearly all of it: training begins as that of
    the primary branch alone, and g opens as far as the auxiliary tasks help.

    Parameters
    ----------
    units : int
        Width U of the tasks' vectors.
    """

    def __init__(self, units: int) -> None:
        super().__init__()
        self.query = nn.Parameter(torch.empty(units))
        nn.init.normal_(self.query, std=1 / math.sqrt(units))
        self.gate = nn.Parameter(torch.tensor([GATE_AT_START]))

    def forward(self, v: Tensor) -> tuple[Tensor, Tensor]:
        """Fuse (n, tasks, U), the primary task first, into (n, U).

        The weights (n, tasks) are those of the mixture: they sum to 1.
        """
        scores = F.layer_norm(v, v.shape[-1:]) @ self.query
        gate = self.gate.sigmoid() / 2
        weights = gate * scores.softmax(1)
        weights = torch.cat([weights[:, :1] + 1 - gate, weights[:, 1:]], dim=1)
        length = (v.square().mean(-1) + SMALLEST_SQUARE).sqrt()
        scaled = weights * length[:, :1] / length
        return torch.bmm(scaled.unsqueeze(1), v).squeeze(1), weights


FUSIONS: dict[str, type[nn.Module]] = {
    "anchored": AnchoredFusion,
    "paper": PaperFusion,
}
