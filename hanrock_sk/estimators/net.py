"""A skorch net that knows about several tasks."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import torch
from skorch import NeuralNet
from skorch.callbacks import Callback
from torch import Tensor
from torch.optim.lr_scheduler import LambdaLR

from hanrock_sk.estimators.running_losses import RunningLosses, run_epoch
from hanrock_sk.estimators.schedule import WeightAverage, one_cycle
from hanrock_sk.estimators.skorch_callbacks import EpochNumbers, adapted
from hanrock_sk.model.layout.batches import Batch
from hanrock_sk.model.losses import Targets
from hanrock_sk.model.networks import make_network
from hanrock_sk.model.records import Predictions, Sizes
from hanrock_sk.model.task_weighting import make_weighting


class MultiTaskNet(NeuralNet):
    """A skorch net whose loss and history know about several tasks.

    Parameters
    ----------
    *args : object
        See `skorch.NeuralNet`.
    tasks : tuple of str
        Names of the tasks, the primary one first, in the order of the loss weights.
    value_scale : float
        Factor that takes real values back to the user's unit.
    l2 : float
        Weight of the sum of the squared weight matrices in the loss.
    clip_norm : float or None
        Largest norm of the gradient.
    n_labels : int
        Labels trained on, which the direct way's penalty is weighed by.
    total_steps : int or None
        Training steps of a one-cycle learning rate; None without one.
    average : float or None
        Decay of the weights' average; None without one.
    task_weighting : {"fixed", "cosine", "upgrad"}
        See `hanrock_sk.model.task_weighting`.
    **kwargs : object
        See `skorch.NeuralNet`.

    Attributes
    ----------
    estimator : HANRockClassifier or HANRockRegressor or None
        Whose fit it is, while it is trained; callbacks ask it for classes.
    """

    estimator: Any = None

    def __init__(
        self, *args: Any, tasks: tuple[str, ...] = ("primary",),
        value_scale: float = 1.0, l2: float = 0.0, clip_norm: float | None = None,
        n_labels: int = 1, total_steps: int | None = None,
        average: float | None = None, task_weighting: str = "fixed", **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.tasks = tasks
        self.value_scale = value_scale
        self.l2 = l2
        self.clip_norm = clip_norm
        self.n_labels = n_labels
        self.total_steps = total_steps
        self.average = average
        self.task_weighting = task_weighting

    def initialize_optimizer(self, *args: Any, **kwargs: Any) -> MultiTaskNet:
        """Make the optimiser, and what follows it from step to step."""
        super().initialize_optimizer(*args, **kwargs)
        self.cycle_, self.average_ = None, None
        self.module_.weighting = make_weighting(self.task_weighting)
        if self.total_steps is not None:
            self.cycle_ = LambdaLR(
                self.optimizer_, partial(one_cycle, total=self.total_steps)
            )
        if self.average is not None:
            self.average_ = WeightAverage(self.module_.parameters(), self.average)
        return self

    def run_single_epoch(
        self, iterator: Any, training: bool, prefix: str, step_fn: Any, **params: Any
    ) -> None:
        """Train with the weights in training, validate with their average."""
        if self.average_ is not None:
            self.average_.use(not training)
        run = super().run_single_epoch
        if torch.device(self.device).type != "cpu":
            run = partial(run_epoch, self)  # which asks the device for nothing
        run(iterator, training, prefix, step_fn, **params)

    @property
    def _default_callbacks(self) -> list[tuple[str, Callback]]:
        return [("numbers", EpochNumbers())]  # the primary task's; skorch's know none

    def initialize_callbacks(self) -> MultiTaskNet:
        """Make the user's callbacks, once, and wrap those that are told apart."""
        if "callbacks_" in vars(self):
            return self
        super().initialize_callbacks()
        made = vars(self)["callbacks_"]
        self.callbacks_ = [(name, adapted(each)) for name, each in made]
        return self

    def start_epoch(self) -> None:
        """Forget the sums of the epoch before."""
        self.losses_ = RunningLosses(self.tasks, self.device)
        self.wants_to_stop = False

    def infer(self, x: Batch, **fit_params: Any) -> Predictions:
        """Run the network on a batch."""
        return self.module_(x.to(self.device))

    def predict_labelled(self, data: Any) -> tuple[np.ndarray, np.ndarray]:
        """Predict the labelled talkturns of a data set.

        Parameters
        ----------
        data : TalkturnData
            Whose targets are predicted.

        Returns
        -------
        raw : ndarray of shape (n_targets, n_outputs)
            Logits or values of the primary task.
        positions : ndarray of int64, shape (n_targets,)
            Which of the data's talkturns they are of.
        """
        raw, positions = [], []
        self.module_.eval()
        with torch.inference_mode():
            for batch, _ in self.get_iterator(data, training=False):
                raw.append(self.infer(batch).primary.cpu().numpy())
                positions.append(batch.targets)
        return np.concatenate(raw), np.concatenate(positions)

    def get_loss(
        self, y_pred: Predictions, y_true: Targets, X: Any = None,
        training: bool = False,
    ) -> Tensor:  # fmt: skip
        """Compute the loss of a batch; add up each task's own, and the score."""
        y_true = y_true.to(self.device)
        loss, task_losses, counts = self.criterion_(y_pred, y_true)
        if training:
            self.losses_.add_step(loss, task_losses)
        else:
            self.losses_.add_score(score_sum(y_pred, y_true))
        self.losses_.add(task_losses, counts, training)
        return loss

    def train_step_single(self, batch: Any, **fit_params: Any) -> dict[str, Any]:
        """Add the L2 penalty's gradient and clip, once the loss has its own."""
        step = super().train_step_single(batch, **fit_params)
        if self.module_.direct is not None:
            self.module_.direct.add_penalty(self.n_labels)
        if self.l2 > 0:
            held = [
                parameter
                for name, parameter in self.module_.named_parameters()
                if is_regularised(name) and parameter.grad is not None
            ]
            with torch.no_grad():
                grads = [parameter.grad for parameter in held]
                torch._foreach_add_(grads, held, alpha=2 * self.l2)
        if self.clip_norm is not None:
            # Apart: a large gradient of auxiliary losses would shorten the primary
            # branch's step, which they must not disturb.
            on_cuda = torch.device(self.device).type == "cuda"
            for parameters in self.module_.parts():
                torch.nn.utils.clip_grad_norm_(
                    parameters, self.clip_norm, foreach=on_cuda or None
                )
        return step

    def train_step(self, batch: Any, **fit_params: Any) -> dict[str, Any]:
        """Follow a step with the learning rate and the average of the weights."""
        step = super().train_step(batch, **fit_params)
        if self.cycle_ is not None:
            self.cycle_.step()
        if self.average_ is not None:
            self.average_.update()
        return step

    def decay_lr(self, factor: float) -> None:
        """Multiply the learning rate of the epochs to come."""
        for group in self.optimizer_.param_groups:
            group["lr"] *= factor

    @property
    def n_steps(self) -> int:
        """Training steps of this epoch so far."""
        return self.losses_.n_steps

    @property
    def classifies(self) -> bool:
        """Whether the primary task has classes."""
        return self.module_.sizes.primary > 1

    def epoch_record(self) -> dict[str, Any]:
        """Summarise the epoch: the losses of each task, and the validation score."""
        squared = self.criterion_.value_loss == "squared_error"
        scale = self.value_scale**2 if squared else self.value_scale

        record = {
            "epoch": len(self.history),
            "loss": self.losses_.mean_total() * scale,
            "train_loss": self.losses_.means(True, scale),
            "lr": self.optimizer_.param_groups[-1]["lr"],  # of all that have no own
        }
        if self.module_.weighting is not None:
            record["passed"] = self.module_.weighting.summary(self.tasks[1:])
        score = self.losses_.mean_score(self.value_scale)
        if score is not None:
            record["valid_loss"] = self.losses_.means(False, scale)
            record["valid_score"] = score
        return record


def score_sum(y_pred: Predictions, y_true: Targets) -> Tensor:
    """Add up the right answers, or the negative errors, of a batch."""
    if y_true.primary.is_floating_point():
        scores = -(y_pred.primary.squeeze(-1) - y_true.primary).abs()
    else:
        scores = y_pred.primary.argmax(-1) == y_true.primary
    if y_true.sample_weight is not None:
        scores = scores * y_true.sample_weight
    return scores.nansum() if scores.is_floating_point() else scores.sum()


def is_regularised(name: str) -> bool:
    """Whether L2 holds a parameter down: weight matrices, not biases or queries."""
    return "weight" in name.rpartition(".")[2]


def make_net(
    *, architecture: str, embedding: Tensor, sizes: Sizes, freeze_embedding: bool,
    device: str, **kwargs: Any,
) -> MultiTaskNet:  # fmt: skip
    """Make a skorch net around a network, not yet initialised."""
    return MultiTaskNet(
        module=make_network,
        module__architecture=architecture,
        module__embedding=embedding,
        module__sizes=sizes,
        module__freeze_embedding=freeze_embedding,
        device=device,
        **kwargs,
    )
