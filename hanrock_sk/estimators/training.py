"""The training loop: skorch's, fed with batches of runs, minding several tasks."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from skorch import NeuralNet
from skorch.callbacks import Callback
from skorch.helper import predefined_split
from torch import Tensor
from torch.utils.data import Dataset

from hanrock_sk.estimators.callbacks import EpochTasks
from hanrock_sk.model.batches import (
    Batch,
    TokenTable,
    make_batch,
    shuffled_runs,
    whole_conversations,
)
from hanrock_sk.model.losses import Targets
from hanrock_sk.model.networks import Predictions, Sizes, make_network

PIECE_WORDS = 8192
"""Words that are encoded at a time where nothing has to be remembered for a
backward pass; bounds the memory of prediction."""

OPTIMIZERS = {
    "sgd": (torch.optim.SGD, {"momentum": 0.9}),
    "adam": (torch.optim.Adam, {}),
    "adamw": (torch.optim.AdamW, {}),
}


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
    """

    table: TokenTable
    targets: np.ndarray
    primary: np.ndarray
    values: np.ndarray
    labels: np.ndarray
    weights: np.ndarray

    def __len__(self) -> int:
        return len(self.targets)

    def of(self, positions: np.ndarray) -> Targets:
        """Collect the targets at some positions."""
        return Targets(
            *(
                torch.from_numpy(np.ascontiguousarray(column[..., positions]))
                for column in (self.primary, self.values, self.labels, self.weights)
            )
        )


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
    """

    def __init__(
        self,
        data: TalkturnData,
        content_size: int,
        generator: np.random.Generator | None = None,
        batch_size: int = 1,
        run_length: int = 1,
    ) -> None:
        self.data, self.content_size, self.generator = data, content_size, generator
        self.batch_size, self.run_length = batch_size, run_length

    def __iter__(self) -> Iterator[tuple[Batch, Targets]]:
        data = self.data
        if self.generator is None:
            parts = whole_conversations(
                data.table, data.targets, self.content_size, PIECE_WORDS
            )
        else:
            parts = shuffled_runs(
                data.table,
                data.targets,
                self.batch_size,
                self.run_length,
                self.generator,
            )
        for part in parts:
            batch = make_batch(data.table, part, self.content_size)
            yield batch, data.of(batch.targets)


class StopTraining(Exception):
    """Ends the epochs early; skorch's own way would swallow a real interrupt."""


class NonFiniteLoss(Exception):
    """A task's loss became NaN or infinite."""


class MultiTaskNet(NeuralNet):
    """A skorch net whose loss and history know about several tasks.

    Parameters
    ----------
    *args, **kwargs :
        See `skorch.NeuralNet`.
    tasks : tuple of str
        Names of the tasks, the primary one first, in the order of the loss weights.
    value_scale : float
        Factor that takes real values back to the user's unit.
    l2 : float
        Weight of the sum of the squared weight matrices in the loss.
    clip_norm : float or None
        Largest norm of the gradient.
    """

    def __init__(
        self, *args: Any, tasks: tuple[str, ...] = ("primary",),
        value_scale: float = 1.0, l2: float = 0.0, clip_norm: float | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.tasks = tasks
        self.value_scale = value_scale
        self.l2 = l2
        self.clip_norm = clip_norm

    @property
    def _default_callbacks(self) -> list[tuple[str, Callback]]:
        return []  # the history kept here knows the tasks; skorch's own does not

    def start_epoch(self) -> None:
        """Forget the sums of the epoch before."""
        zeros = torch.zeros(len(self.tasks), device=self.device)
        self._sums = {True: zeros, False: zeros}
        self._counts = {True: zeros, False: zeros}
        self._totals: list[float] = []
        self._score = 0.0

    def infer(self, x: Batch, **fit_params: Any) -> Predictions:
        """Run the network on a batch."""
        return self.module_(x.to(self.device))

    def get_loss(
        self, y_pred: Predictions, y_true: Targets, X: Any = None,
        training: bool = False,
    ) -> Tensor:  # fmt: skip
        """Compute the loss of a batch; add up each task's own, and the score."""
        y_true = y_true.to(self.device)
        loss, task_losses, counts = self.criterion_(y_pred, y_true)
        if training:
            self._totals.append(loss.item())
            if not np.isfinite(self._totals[-1]):
                finite = torch.isfinite(task_losses).tolist()
                bad = [
                    name for name, ok in zip(self.tasks, finite, strict=True) if not ok
                ]
                raise NonFiniteLoss(", ".join(bad) or "the sum of all tasks")
        elif y_true.primary.is_floating_point():
            errors = y_pred.primary.squeeze(-1) - y_true.primary
            self._score -= errors.abs().nansum().item() * self.value_scale
        else:
            right = y_pred.primary.argmax(-1) == y_true.primary
            self._score += right.sum().item()
        self._sums[training] = self._sums[training] + task_losses * counts
        self._counts[training] = self._counts[training] + counts
        return loss

    def train_step_single(self, batch: Any, **fit_params: Any) -> dict[str, Any]:
        """Add the L2 penalty's gradient and clip, once the loss has its own."""
        step = super().train_step_single(batch, **fit_params)
        if self.l2 > 0:
            with torch.no_grad():
                for name, parameter in self.module_.named_parameters():
                    if is_regularised(name) and parameter.grad is not None:
                        parameter.grad.add_(parameter, alpha=2 * self.l2)
        if self.clip_norm is not None:
            torch.nn.utils.clip_grad_norm_(self.module_.parameters(), self.clip_norm)
        return step

    def epoch_record(self) -> dict[str, Any]:
        """Summarise the epoch: the losses of each task, and the validation score."""
        squared = self.criterion_.value_loss == "squared_error"
        scale = self.value_scale**2 if squared else self.value_scale

        def losses(training: bool) -> dict[str, float]:
            # 0 / 0, a task without a single target, is NaN: not known.
            means = self._sums[training] / self._counts[training] * scale
            return dict(zip(self.tasks, means.tolist(), strict=True))

        record = {
            "epoch": len(self.history),
            "loss": float(np.mean(self._totals)) * scale,
            "train_loss": losses(True),
        }
        n_validated = self._counts[False][0].item()
        if n_validated:
            record["valid_loss"] = losses(False)
            record["valid_score"] = self._score / n_validated
        return record


def is_regularised(name: str) -> bool:
    """Whether L2 holds a parameter down: weight matrices, not biases or queries."""
    return "weight" in name.rpartition(".")[2]


class EpochEnd(Callback):
    """Keeps the history and the best weights, and decides when to stop.

    Parameters
    ----------
    history : list of dict
        Gets a record per epoch.
    epoch_tasks : EpochTasks
        scikit-learn's callbacks.
    patience : int or None
        Epochs without a better one after which training ends.
    verbose : int
        Above 0, a line per epoch is printed.
    """

    def __init__(
        self,
        history: list[dict[str, Any]],
        epoch_tasks: EpochTasks,
        patience: int | None,
        verbose: int,
    ) -> None:
        self.history_, self.epoch_tasks = history, epoch_tasks
        self.patience, self.verbose = patience, verbose
        self.best_loss = np.inf
        self.best_epoch = 0
        self.best_state: dict[str, Tensor] | None = None

    def on_epoch_begin(self, net: MultiTaskNet, **kwargs: Any) -> None:  # noqa: D102
        net.start_epoch()
        self.epoch_tasks.begin_epoch()
        self._began = time.perf_counter()

    def on_epoch_end(self, net: MultiTaskNet, **kwargs: Any) -> None:  # noqa: D102
        record = net.epoch_record()
        record["seconds"] = time.perf_counter() - self._began
        self.history_.append(record)
        validated = "valid_loss" in record
        if not validated:
            self.best_epoch = record["epoch"]
        elif record["valid_loss"]["primary"] < self.best_loss:
            self.best_loss = record["valid_loss"]["primary"]
            self.best_epoch = record["epoch"]
            self.best_state = {
                name: tensor.detach().clone()
                for name, tensor in net.module_.state_dict().items()
            }
        if self.verbose:
            print(describe_epoch(record))
        out_of_patience = (
            validated
            and self.patience is not None
            and record["epoch"] - self.best_epoch >= self.patience
        )
        if self.epoch_tasks.end_epoch() or out_of_patience:
            raise StopTraining


def describe_epoch(record: dict[str, Any]) -> str:
    """Describe an epoch in one line."""
    parts = [f"epoch {record['epoch']:3d}", f"loss {record['loss']:.4f}"]
    parts.append(f"primary {record['train_loss']['primary']:.4f}")
    if "valid_loss" in record:
        parts.append(f"validation {record['valid_loss']['primary']:.4f}")
        parts.append(f"score {record['valid_score']:.4f}")
    return "  ".join([*parts, f"{record['seconds']:.1f} s"])


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


def optimizer_params(optimizer: str, l2: float, device: str) -> dict[str, Any]:
    """Skorch parameters of an optimiser; AdamW decays weights apart from the loss."""
    kind, fixed = OPTIMIZERS[optimizer]
    params: dict[str, Any] = {f"optimizer__{k}": v for k, v in fixed.items()}
    if optimizer != "sgd" and torch.device(device).type in ("cpu", "cuda"):
        params["optimizer__fused"] = True  # one pass over the parameters, not ten
    if optimizer == "adamw":
        params["optimizer__weight_decay"] = 0.0
        params["optimizer__param_groups"] = [("*weight*", {"weight_decay": l2})]
    return {"optimizer": kind, **params}


def start_values_at_median(net: MultiTaskNet, data: TalkturnData) -> None:
    """Let every head of a real value begin with its training targets' median."""
    with torch.no_grad():
        if data.primary.dtype.kind == "f":
            net.module_.primary_head.bias.fill_(
                float(np.median(data.primary[data.targets]))
            )
        heads = getattr(net.module_, "auxiliary_heads", None)
        if heads is not None:
            for row, values in enumerate(data.values[:, data.targets]):
                known = values[~np.isnan(values)]
                if len(known):
                    heads.value_bias[row].fill_(float(np.median(known)))


def train(
    net: MultiTaskNet, data: TalkturnData, valid: TalkturnData | None,
    epoch_end: EpochEnd, seed: int,
) -> None:  # fmt: skip
    """Train a net and leave it with the weights of its best epoch, without optimiser.

    Random numbers come from `seed` alone and torch's global generators are left as
    they were.

    Raises
    ------
    FloatingPointError
        If a loss is not finite in the first epoch.

    Warns
    -----
    ConvergenceWarning
        If a loss is not finite later; the best weights until then are kept.
    """
    uses_cuda = torch.device(net.device).type == "cuda" or torch.cuda.is_initialized()
    devices = list(range(torch.cuda.device_count())) if uses_cuda else []
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(seed)
        net.set_params(train_split=predefined_split(valid) if valid else None)
        net.initialize()
        start_values_at_median(net, data)
        net.notify("on_train_begin", X=data, y=None)
        try:
            # Not `fit`: it would swallow a KeyboardInterrupt.
            net.fit_loop(data)
        except StopTraining:
            pass
        except NonFiniteLoss as problem:
            _give_up(problem, epoch_end, net)
        net.notify("on_train_end", X=data, y=None)
    if epoch_end.best_state is not None:
        net.module_.load_state_dict(epoch_end.best_state)
    net.trim_for_prediction()


def _give_up(problem: NonFiniteLoss, epoch_end: EpochEnd, net: MultiTaskNet) -> None:
    epoch = len(epoch_end.history_) + 1
    message = (
        f"Training stopped in epoch {epoch}: the loss of {problem} is not finite. The "
        f"likely cause is a learning rate that is too high (lr={net.lr}); a smaller "
        f"one, or clip_norm (now {net.clip_norm}), should help."
    )
    if epoch_end.best_state is None:
        raise FloatingPointError(message)
    warnings.warn(
        f"{message} The weights of epoch {epoch_end.best_epoch} are kept.",
        ConvergenceWarning,
        stacklevel=2,
    )
