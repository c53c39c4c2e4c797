"""The training loop: skorch's, with the best epoch kept and seeds of its own."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from skorch.callbacks import Callback
from skorch.helper import predefined_split
from torch import Tensor

from hanrock_sk._base.callbacks import EpochTasks, NoTasks
from hanrock_sk.estimators.batch_end import BatchEnd
from hanrock_sk.estimators.constant_answer import (
    describe_chance,
    loss_of_best_constant,
)
from hanrock_sk.estimators.net import MultiTaskNet
from hanrock_sk.estimators.running_losses import NonFiniteLoss
from hanrock_sk.estimators.seeds import seeded
from hanrock_sk.estimators.skorch_callbacks import without_batches
from hanrock_sk.estimators.start import Start, begin_with
from hanrock_sk.estimators.starting_weights import (
    start_direct_way,
    start_measured_way,
    start_standardised,
    start_values_at_median,
)
from hanrock_sk.estimators.talkturn_data import TalkturnData
from hanrock_sk.model.native.waiting import CoreSharing

OPTIMIZERS = {
    "sgd": (torch.optim.SGD, {"momentum": 0.9}),
    "adam": (torch.optim.Adam, {}),
    "adamw": (torch.optim.AdamW, {}),
}


BAG_LR = 10
"""Factor of the learning rate of bags of words."""

STEPS_WITHOUT_GAIN = 200
"""Training steps after which a loss that is no better is more than bad luck: less than
an epoch of a large corpus, several of a small one."""


class StopTraining(Exception):
    """Ends the epochs early; skorch's own way would swallow a real interrupt."""


class EpochEnd(Callback):
    """Keeps the history and the best weights, and decides when to stop.

    Parameters
    ----------
    history : list of dict
        Gets a record per epoch.
    epoch_tasks : EpochTasks or NoTasks
        scikit-learn's callbacks.
    patience : int or None
        Epochs without a better one after which training ends.
    lr_decay : float
        Factor of the learning rate after an epoch that was no better, if that makes
        `STEPS_WITHOUT_GAIN` since the best one.
    verbose : int
        Above 0, a line per epoch is printed.

    Attributes
    ----------
    constant_loss : float
        Validation loss below which the network has learnt something; until then its
        learning rate stays, and patience is not tried.
    warning : str or None
        What was warned of at the end of training.
    """

    def __init__(
        self,
        history: list[dict[str, Any]],
        epoch_tasks: EpochTasks | NoTasks,
        patience: int | None,
        lr_decay: float,
        verbose: int,
    ) -> None:
        self.history_, self.epoch_tasks = history, epoch_tasks
        self.patience, self.lr_decay = patience, lr_decay
        self.verbose = verbose
        self.best_loss = self.constant_loss = np.inf
        self.best_epoch = self.steps_since_best = 0
        self.best_state: dict[str, Tensor] | None = None
        self.warning: str | None = None

    def on_epoch_begin(self, net: MultiTaskNet, **kwargs: Any) -> None:  # noqa: D102
        net.start_epoch()
        self.epoch_tasks.begin_epoch()
        self._began = time.perf_counter()

    def on_epoch_end(self, net: MultiTaskNet, **kwargs: Any) -> None:  # noqa: D102
        record = net.record_
        record["seconds"] = time.perf_counter() - self._began
        validated = "valid_loss" in record
        check_finite(net, record)
        self.history_.append(record)
        if not validated:
            self.best_epoch = record["epoch"]
        elif record["valid_loss"]["primary"] < self.best_loss:
            self.best_loss = record["valid_loss"]["primary"]
            self.best_epoch = record["epoch"]
            self.steps_since_best = 0
            self.best_state = {
                name: tensor.detach().clone()
                for name, tensor in net.module_.state_dict().items()
            }
        else:
            self.steps_since_best += net.n_steps
        has_learnt = self.best_loss < self.constant_loss
        if has_learnt and self.steps_since_best >= STEPS_WITHOUT_GAIN:
            net.decay_lr(self.lr_decay)
        if self.verbose:
            print(describe_epoch(record))
        out_of_patience = (
            has_learnt
            and self.patience is not None
            and record["epoch"] - self.best_epoch >= self.patience
        )
        stopped = self.epoch_tasks.end_epoch()
        if stopped or net.wants_to_stop:
            record["stopped"] = "callback" if stopped else "callback of net_params"
        if stopped or net.wants_to_stop or out_of_patience:
            raise StopTraining

    def replay(self, history: list[dict[str, Any]], stopped: bool) -> bool:
        """Tell the callbacks of epochs that were trained before.

        Parameters
        ----------
        history : list of dict
            The records of all epochs of that training.
        stopped : bool
            Whether a callback ended it.

        Returns
        -------
        agreed : bool
            Whether today's callbacks would have ended it there too. If not, nothing
            has happened, but that the callbacks know of the epochs.
        """
        stops = False
        for record in history:
            self.history_.append(record)
            self.epoch_tasks.begin_epoch()
            stops = self.epoch_tasks.end_epoch(weights_are_there=False)
            if stops:
                record["stopped"] = "callback"
                break
        if len(self.history_) == len(history) and (stops or not stopped):
            return True
        self.history_.clear()
        self.epoch_tasks.start_over()
        return False


def check_finite(net: MultiTaskNet, record: dict[str, Any]) -> None:
    """Check what no training loss has shown yet: the result of the last step."""
    if "valid_loss" in record and not np.isfinite(record["valid_loss"]["primary"]):
        raise NonFiniteLoss("the validation loss of primary")
    names, parameters = zip(*net.module_.named_parameters(), strict=True)
    # One question for all: each one makes a GPU finish what it is doing.
    finite = torch.stack([each.isfinite().all() for each in parameters]).tolist()
    if not all(finite):
        raise NonFiniteLoss(f"the parameter {names[finite.index(False)]}")


def describe_epoch(record: dict[str, Any]) -> str:
    """Describe an epoch in one line."""
    parts = [f"epoch {record['epoch']:3d}", f"loss {record['loss']:.4f}"]
    parts.append(f"primary {record['train_loss']['primary']:.4f}")
    if "valid_loss" in record:
        parts.append(f"validation {record['valid_loss']['primary']:.4f}")
        parts.append(f"score {record['valid_score']:.4f}")
    return "  ".join([*parts, f"{record['seconds']:.1f} s"])


def optimizer_params(
    optimizer: str, l2: float, lr: float, device: str
) -> dict[str, Any]:
    """Skorch parameters of an optimiser; AdamW decays weights apart from the loss.

    The direct way has its own penalty, and its bags of words, each of which few
    talkturns have, learn faster.
    """
    kind, fixed = OPTIMIZERS[optimizer]
    params: dict[str, Any] = {f"optimizer__{k}": v for k, v in fixed.items()}
    if optimizer != "sgd" and torch.device(device).type in ("cpu", "cuda"):
        params["optimizer__fused"] = True  # one pass over the parameters, not ten
    groups: list[tuple[str, dict[str, float]]] = []
    if optimizer == "adamw":
        params["optimizer__weight_decay"] = 0.0
        groups.append(("*weight*", {"weight_decay": l2}))
    if optimizer != "sgd":
        groups.append(("direct.bag", {"lr": lr * BAG_LR}))
    params["optimizer__param_groups"] = groups
    return {"optimizer": kind, **params}


@contextmanager
def tiny_is_zero() -> Iterator[None]:
    """Calculate with zero instead of numbers below 1e-38, on this thread.

    A processor is up to a hundred times slower with them, and a network that L2 keeps
    down soon has few others: its epochs took ever longer.
    """
    was_zero = (torch.tensor([1e-40]) * 1).item() == 0
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(was_zero)


def train(
    net: MultiTaskNet,
    data: TalkturnData,
    valid: TalkturnData | None,
    epoch_end: EpochEnd,
    seed: int,
    start: Start | None = None,
) -> None:
    """Train a net and leave it with the weights of its best epoch, without optimiser.

    What `start` has is taken over, whatever else a network begins with. Random numbers
    come from `seed` alone and torch's global generators are left as
    they were.

    Raises
    ------
    FloatingPointError
        If a loss is not finite in the first epoch, or without validation in any.

    Warns
    -----
    ConvergenceWarning
        If a loss is not finite later; the best weights until then are kept. Also if
        the training labels are told no better than by a constant answer.
    """
    with seeded(seed, net.device), tiny_is_zero(), CoreSharing() as cores:
        net.set_params(train_split=predefined_split(valid) if valid else None)
        net.initialize()
        start_values_at_median(net, data)
        start_standardised(net, data)
        start_direct_way(net, data)
        start_measured_way(net, data)
        if start:
            begin_with(net.module_, start)
            if net.average_ is not None:
                net.average_.begin()
        if valid is not None:
            epoch_end.constant_loss = loss_of_best_constant(net, valid)
        net.callbacks_.append(("epoch_end", epoch_end))  # behind the user's own
        net.callbacks_.append(("cores", BatchEnd(cores.look)))
        net.notify("on_train_begin", X=data, y=None)
        try:
            # Not `fit`: it would swallow a KeyboardInterrupt.
            net.fit_loop(data)
        except StopTraining:
            pass
        except NonFiniteLoss as problem:
            _give_up(problem, epoch_end, net)
        if epoch_end.warning is None and "stopped" not in epoch_end.history_[-1]:
            epoch_end.warning = describe_chance(net, data, epoch_end.history_[-1])
            if epoch_end.warning is not None:
                warn_of_no_success(epoch_end.warning)
        net.notify("on_train_end", X=data, y=None)
    if epoch_end.best_state is not None:
        net.module_.load_state_dict(epoch_end.best_state)
    net.cycle_ = net.average_ = net.module_.weighting = net.estimator = None
    net.callbacks = None  # else trimming empties the list in the user's net_params
    numbers = without_batches(net)
    net.trim_for_prediction()  # which clears the history
    net.history.extend(numbers)


def _give_up(problem: NonFiniteLoss, epoch_end: EpochEnd, net: MultiTaskNet) -> None:
    epoch = len(epoch_end.history_) + 1
    message = (
        f"Training stopped in epoch {epoch}: {problem} is not finite. The likely cause "
        f"is a learning rate that is too high (lr={net.lr}); a smaller one, or "
        f"clip_norm (now {net.clip_norm}), should help."
    )
    if epoch_end.best_state is None:
        raise FloatingPointError(message)
    epoch_end.warning = (
        f"{message} The weights of epoch {epoch_end.best_epoch} are kept."
    )
    warn_of_no_success(epoch_end.warning)


def warn_of_no_success(message: str) -> None:
    """Warn of a training without success, after it and when such a fit is loaded."""
    warnings.warn(message, ConvergenceWarning, stacklevel=3)
