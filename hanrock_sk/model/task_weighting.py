"""Gradients of auxiliary tasks, weighed against the primary task's at each step.

Auxiliary heads are linear and read talkturn vectors v. There, in the backward pass, the
gradients of all tasks are known at once: the primary task's, which comes back through
the fusion (or, in flat multi-task learning, its own head), and each auxiliary task's,
which comes back through its head. So they are compared, and the auxiliary ones scaled,
before anything of the encoders has been computed, without a further backward pass. The
primary task's gradient always passes as it is, and the heads learn in any case.

Shapes: n targets, K auxiliary tasks, U attention units.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

SMOOTHING = 0.95
"""Decay of a cosine's average over training steps: a batch has few labels."""


class TaskWeighting:
    """Factors of the auxiliary tasks' gradients, decided anew at each step."""

    def __init__(self) -> None:
        self._sums: Tensor | None = None
        self._steps = 0

    def factors(self, primary: Tensor, tasks: Tensor) -> Tensor:
        """Weigh the tasks, and note it for the epoch's record.

        Parameters
        ----------
        primary : Tensor of shape (n, K, U) or (n, 1, U)
            Gradient of the primary task's loss, with its weight, with respect to the
            vectors that the auxiliary heads read: each its own, or all the same.
        tasks : Tensor of shape (n, K, U)
            Gradient of each auxiliary task's loss, with its weight.

        Returns
        -------
        factors : Tensor of shape (K,)
            Not negative.
        """
        factors = self.weigh(primary, tasks)
        self._sums = factors.clone() if self._sums is None else self._sums + factors
        self._steps += 1
        return factors

    def weigh(self, primary: Tensor, tasks: Tensor) -> Tensor:
        """Weigh the tasks; see `factors`."""
        raise NotImplementedError

    def summary(self, tasks: Sequence[str]) -> dict[str, float]:
        """Return the mean factor of each auxiliary task since the last summary."""
        if self._sums is None:
            return {}
        means = (self._sums / self._steps).tolist()
        self._sums, self._steps = None, 0
        return dict(zip(tasks, means, strict=True))


class CosineGate(TaskWeighting):
    """Leaves out of a step each task whose gradient opposes the primary task's.

    Du et al. (2018), "Adapting auxiliary losses using gradient similarity", in the
    unweighted variant: the gate is 1 where the cosine of the two gradients is not
    negative, else 0. Here the cosine is an exponential average over training steps, and
    it is taken over the talkturns that have a label: the primary task has no opinion
    about the others.
    """

    def __init__(self) -> None:
        super().__init__()
        self.cosine: Tensor | None = None

    def weigh(self, primary: Tensor, tasks: Tensor) -> Tensor:
        """Weigh the tasks by 0 or 1."""
        labelled = primary.flatten(1).any(dim=1).to(tasks)[:, None, None]
        inner = (primary * tasks).sum(dim=(0, 2))
        squares = primary.square().sum(dim=(0, 2)) * (
            (tasks * labelled).square().sum(dim=(0, 2))
        )
        tiny = torch.finfo(squares.dtype).tiny
        now = inner / squares.clamp(min=tiny).sqrt()
        if self.cosine is None:
            self.cosine = now
        else:
            self.cosine = torch.lerp(now, self.cosine, SMOOTHING)
        return (self.cosine >= 0).to(tasks)


class UPGradWeights(TaskWeighting):
    """Combines all tasks' gradients so that none of their losses rises (UPGrad).

    Quinton and Rey (2024), "Jacobian descent for multi-objective optimization": each
    gradient is projected onto the directions that raise no task's loss, and the
    projections are added. As the gradients carry the tasks' weights, the primary task
    is preferred by its own. The sum is scaled so that the primary task's gradient
    passes as it is.
    """

    def weigh(self, primary: Tensor, tasks: Tensor) -> Tensor:
        """Weigh the tasks by what UPGrad gives them, relative to the primary task."""
        gramian = gradients_gramian(primary, tasks).double().cpu()
        # A cone does not depend on the lengths of its vectors, but TorchJD's solver
        # does: behind the fusion the primary task's gradient is short, and would be
        # lost beside the others'. So the projections are of unit vectors.
        lengths = gramian.diagonal().sqrt()
        there = lengths > 0
        scale = torch.where(there, lengths, 1)
        weights = upgrad_weighting(gramian / torch.outer(scale, scale), lengths)
        weights = torch.where(there, weights / scale, 1)
        return (weights[1:] / weights[0]).clamp(min=0).to(tasks)


def gradients_gramian(primary: Tensor, tasks: Tensor) -> Tensor:
    """Return all inner products of the tasks' gradients, the primary one first.

    Parameters
    ----------
    primary, tasks : Tensor
        See `TaskWeighting.factors`. Where every task has a vector of its own, the
        gradients of different auxiliary tasks have nothing in common.

    Returns
    -------
    gramian : Tensor of shape (1 + K, 1 + K)
        Symmetric.
    """
    n_tasks = tasks.shape[1]
    gramian = tasks.new_zeros(1 + n_tasks, 1 + n_tasks)
    gramian[0, 0] = primary.square().sum()
    gramian[0, 1:] = gramian[1:, 0] = (primary * tasks).sum(dim=(0, 2))
    if primary.shape[1] == 1:  # one vector for all
        rows = tasks.transpose(0, 1).flatten(1)
        gramian[1:, 1:] = rows @ rows.T
    else:
        gramian[1:, 1:].diagonal().copy_(tasks.square().sum(dim=(0, 2)))
    return gramian


def upgrad_weighting(gramian: Tensor, preference: Tensor) -> Tensor:
    """Return UPGrad's weight of each gradient, by TorchJD.

    Parameters
    ----------
    gramian : Tensor of shape (m, m)
        Inner products of the gradients.
    preference : Tensor of shape (m,)
        How much each gradient's projection counts.

    Raises
    ------
    ImportError
        If TorchJD, or the solver that it needs, is not installed.
    """
    try:
        from torchjd.aggregation import UPGradWeighting

        weighting = UPGradWeighting(preference)
    except ImportError as error:
        raise ImportError(
            "task_weighting='upgrad' needs TorchJD and its solver: "
            "pip install hanrock-sk[upgrad]"
        ) from error
    return weighting(gramian)


def make_weighting(name: str) -> TaskWeighting | None:
    """Make the weighting of that name; "fixed" has none.

    Raises
    ------
    ImportError
        If it needs what is not installed.
    """
    if name == "cosine":
        return CosineGate()
    if name == "upgrad":
        one = torch.ones(1, dtype=torch.float64)
        upgrad_weighting(one[:, None], one)
        return UPGradWeights()
    return None


class _Weighed(torch.autograd.Function):
    """The vectors twice: for the primary task and for the auxiliary heads."""

    @staticmethod
    def forward(
        ctx: Any, v: Tensor, n_tasks: int, weighting: TaskWeighting
    ) -> tuple[Tensor, Tensor]:
        ctx.weighting = weighting
        ctx.set_materialize_grads(False)
        return v.view_as(v), v.expand(-1, n_tasks, -1).clone()

    @staticmethod
    def backward(
        ctx: Any, primary: Tensor | None, tasks: Tensor | None
    ) -> tuple[Tensor | None, None, None]:
        if primary is None or tasks is None:
            only = tasks if primary is None else primary
            return only, None, None
        passed = tasks * ctx.weighting.factors(primary, tasks)[:, None]
        if primary.shape[1] != tasks.shape[1]:
            passed = passed.sum(dim=1, keepdim=True)
        return primary + passed, None, None


def weighed(
    v: Tensor, n_tasks: int, weighting: TaskWeighting | None
) -> tuple[Tensor, Tensor]:
    """Return the vectors for the primary task, and for the auxiliary heads.

    Parameters
    ----------
    v : Tensor of shape (n, K, U) or (n, 1, U)
        Talkturn vectors: one for each auxiliary task, or one for all.
    n_tasks : int
        K.
    weighting : TaskWeighting or None
        Weighs the auxiliary tasks' gradients; None leaves them as they are.

    Returns
    -------
    for_primary : Tensor of the shape of `v`
        The same values.
    for_heads : Tensor of shape (n, K, U)
        The same values.
    """
    if weighting is None or n_tasks == 0:
        return v, v.expand(-1, n_tasks, -1)
    return _Weighed.apply(v, n_tasks, weighting)
