"""The losses of an epoch, added up where they are computed.

Asking a GPU for a number makes the program wait until all work before it is done. So
losses stay on the device until the epoch ends, and whether they are finite is asked
every `CHECK_EVERY` steps alone; on the CPU, where asking costs nothing, at every step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from hanrock_sk.model.layout.transfer import move_records

CHECK_EVERY = 50
"""Training steps between two questions whether losses are finite, but on the CPU."""


class NonFiniteLoss(Exception):
    """Training went astray; the message says what became NaN or infinite."""


class RunningLosses:
    """Sums of an epoch's losses.

    Parameters
    ----------
    tasks : tuple of str
        Names of the tasks.
    device : str
        Where losses are computed.
    """

    def __init__(self, tasks: tuple[str, ...], device: str) -> None:
        self.tasks = tasks
        self.check_every = 1 if torch.device(device).type == "cpu" else CHECK_EVERY
        zeros = torch.zeros(len(tasks), device=device)
        self._sums = {True: zeros, False: zeros}
        self._counts = {True: zeros, False: zeros}
        self._unchecked: list[tuple[Tensor, Tensor]] = []
        self._totals: list[float] = []
        self._scores: list[Tensor] = []

    @property
    def n_steps(self) -> int:
        """Training steps so far."""
        return len(self._totals) + len(self._unchecked)

    def add(self, task_losses: Tensor, counts: Tensor, training: bool) -> None:
        """Add the losses of a batch, a mean over `counts` rows for each task."""
        self._sums[training] = self._sums[training] + task_losses * counts
        self._counts[training] = self._counts[training] + counts

    def add_step(self, loss: Tensor, task_losses: Tensor) -> None:
        """Add the whole loss of a training step.

        Raises
        ------
        NonFiniteLoss
            See `check`.
        """
        self._unchecked.append((loss.detach(), task_losses))
        if len(self._unchecked) >= self.check_every:
            self.check()

    def check(self) -> None:
        """Ask for the losses that have not been asked for yet.

        Raises
        ------
        NonFiniteLoss
            If one is not finite.
        """
        if not self._unchecked:
            return
        losses, task_losses = zip(*self._unchecked, strict=True)
        self._unchecked = []
        totals = torch.stack(losses).tolist()
        self._totals += totals
        if not np.isfinite(totals).all():
            first = int(np.flatnonzero(~np.isfinite(totals))[0])
            finite = torch.isfinite(task_losses[first]).tolist()
            bad = [name for name, ok in zip(self.tasks, finite, strict=True) if not ok]
            raise NonFiniteLoss(f"the loss of {', '.join(bad) or 'all tasks'}")

    def add_score(self, score: Tensor) -> None:
        """Add the score of a validation batch, a sum over its rows."""
        self._scores.append(score)

    def mean_total(self) -> float:
        """Mean of the whole loss over the training steps."""
        self.check()
        return float(np.mean(self._totals))

    def means(self, training: bool, scale: float) -> dict[str, float]:
        """Mean loss of each task, times `scale`; NaN for a task without a target."""
        means = self._sums[training] / self._counts[training] * scale
        return dict(zip(self.tasks, means.tolist(), strict=True))

    def mean_score(self, scale: float) -> float | None:
        """Sum of the scores, times `scale`, by validated row; None without any."""
        n_validated = self._counts[False][0].item()
        if not n_validated:
            return None
        scores = torch.stack(self._scores).tolist()
        return sum((score * scale for score in scores), 0.0) / n_validated


def run_epoch(
    net: Any,
    batches: Iterable[Any] | None,
    training: bool,
    prefix: str,
    step_fn: Callable[..., dict[str, Any]],
    **params: Any,
) -> None:
    """Run the batches of an epoch as skorch does, but wait for no loss before its end.

    Parameters
    ----------
    net : skorch.NeuralNet
        Whose history gets the losses, when the epoch is over.
    batches, training, prefix, step_fn, **params : object
        See `skorch.NeuralNet.run_single_epoch`.
    """
    if batches is None:
        return
    losses = []
    for records in batches:
        batch = move_records(records, net.device)
        net.notify("on_batch_begin", batch=batch, training=training)
        step = step_fn(batch, **params)
        losses.append(step["loss"].detach())
        net.history.record_batch(f"{prefix}_batch_size", len(batch[0]))
        net.notify("on_batch_end", batch=batch, training=training, **step)
    if losses:
        records = net.history[-1]["batches"][-len(losses) :]
        for record, loss in zip(records, torch.stack(losses).tolist(), strict=True):
            record[f"{prefix}_loss"] = loss
    net.history.record(f"{prefix}_batch_count", len(losses))
