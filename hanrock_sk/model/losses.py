"""The weighted multi-task loss (section 4.4).

The loss is the sum over tasks of weight times mean over the rows that have that
task's target: cross-entropy for labels, absolute (or squared) error for real values.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from hanrock_sk.model.layout.transfer import move_record
from hanrock_sk.model.records import Predictions

MISSING = -1
"""The class index of a label that is not there."""


@dataclass(frozen=True)
class Targets:
    """What the network should have said of each target.

    Attributes
    ----------
    primary : Tensor of shape (n,)
        Class index (int64), or value; `MISSING` or NaN where there is none.
    values : Tensor of shape (real-valued auxiliary tasks, n)
        NaN where there is none.
    labels : Tensor of int64, shape (auxiliary tasks with classes, n)
        Class indices; `MISSING` where there is none.
    weights : Tensor of shape (1 + auxiliary tasks, n)
        Loss weights: the primary task, the real-valued tasks, those with classes.
    soft : Tensor of shape (n, C) or None
        The probability of every class, where the primary task's truth is not one class
        but a distribution; rows without a label mean nothing.
    sample_weight : Tensor of shape (n,) or None
        How much each label of the primary task counts in what is reported; `weights`
        have it already.
    """

    primary: Tensor
    values: Tensor
    labels: Tensor
    weights: Tensor
    soft: Tensor | None = None
    sample_weight: Tensor | None = None

    def to(self, device: torch.device | str) -> Targets:
        """Move the tensors to a device, in one copy for each dtype."""
        return move_record(self, device)


class MultiTaskLoss(nn.Module):
    """Weighted sum of the tasks' losses.

    Parameters
    ----------
    value_loss : {"absolute_error", "squared_error"}, default="absolute_error"
        Error of real values.
    class_weight : Tensor of shape (C,) or None, default=None
        Factor of each class in the cross-entropies.
    label_smoothing : float, default=0.0
        Share of a label's probability that all classes share, in training.
    logit_offsets : Tensor of shape (C,) or None, default=None
        Added to the primary task's logits within the loss alone: what they add, the
        network need not say.
    """

    class_weight: Tensor | None
    logit_offsets: Tensor | None

    def __init__(
        self,
        value_loss: str = "absolute_error",
        class_weight: Tensor | None = None,
        label_smoothing: float = 0.0,
        logit_offsets: Tensor | None = None,
    ) -> None:
        super().__init__()
        self.value_loss, self.label_smoothing = value_loss, label_smoothing
        self.register_buffer("class_weight", class_weight)
        self.register_buffer("logit_offsets", logit_offsets)

    def _label_errors(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Cross-entropy of logits (..., n, C) for labels (..., n); 0 if missing."""
        return F.cross_entropy(
            logits.flatten(0, -2),
            labels.flatten(),
            weight=self.class_weight,
            ignore_index=MISSING,
            reduction="none",
            label_smoothing=self.label_smoothing if self.training else 0.0,
        ).view(labels.shape)

    def _soft_errors(self, logits: Tensor, soft: Tensor, has_target: Tensor) -> Tensor:
        """Cross-entropy of logits (n, C) with distributions (n, C); 0 if missing."""
        errors = F.cross_entropy(
            logits,
            soft,
            weight=self.class_weight,
            reduction="none",
            label_smoothing=self.label_smoothing if self.training else 0.0,
        )
        return errors.masked_fill(~has_target, 0)

    def _value_errors(self, predicted: Tensor, values: Tensor) -> Tensor:
        """Error of predicted values; 0 where the true one is missing."""
        missing = values.isnan()
        difference = predicted - values.masked_fill(missing, 0)
        errors = difference.abs() if self.value_loss == "absolute_error" else (
            difference.square()
        )  # fmt: skip
        return errors.masked_fill(missing, 0)

    def forward(
        self, predictions: Predictions, targets: Targets
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Compute the loss.

        Returns
        -------
        loss : Tensor of shape ()
            What is minimised.
        task_losses : Tensor of shape (1 + auxiliary tasks,)
            Each task's own mean loss, without its weight; in the order of
            `Targets.weights`. Detached.
        counts : Tensor of shape (1 + auxiliary tasks,)
            How many rows have each task's target; how much the labels of the primary
            task count.
        """
        if targets.primary.is_floating_point():
            primary = self._value_errors(
                predictions.primary.squeeze(-1), targets.primary
            )
            has_primary = ~targets.primary.isnan()
        else:
            logits = predictions.primary
            if self.logit_offsets is not None:
                logits = logits + self.logit_offsets
            has_primary = targets.primary != MISSING
            if targets.soft is None:
                primary = self._label_errors(logits, targets.primary)
            else:
                primary = self._soft_errors(logits, targets.soft, has_primary)
        errors, has_target = [primary.unsqueeze(0)], [has_primary.unsqueeze(0)]
        if len(predictions.values):
            errors.append(self._value_errors(predictions.values, targets.values))
            has_target.append(~targets.values.isnan())
        if len(predictions.logits):
            errors.append(self._label_errors(predictions.logits, targets.labels))
            has_target.append(targets.labels != MISSING)
        all_errors, is_there = torch.cat(errors), torch.cat(has_target)
        counts = is_there.sum(1)
        n_rows = counts.clamp(min=1)
        loss = ((targets.weights * all_errors).sum(1) / n_rows).sum()
        sums = all_errors.detach().sum(1)
        if targets.sample_weight is not None:
            sums[0] = (all_errors[0].detach() * targets.sample_weight).sum()
            counts = counts.to(sums.dtype)
            counts[0] = (has_primary * targets.sample_weight).sum()
            n_rows = counts.where(counts > 0, 1)
        return loss, sums / n_rows, counts
