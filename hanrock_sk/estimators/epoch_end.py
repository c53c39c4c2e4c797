"""What happens when an epoch ends: history, best weights, learning rate, patience."""

from __future__ import annotations

import time
import warnings
from typing import Any

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from skorch.callbacks import Callback
from torch import Tensor

from hanrock_sk._base.callbacks import EpochTasks, NoTasks
from hanrock_sk.estimators.net import MultiTaskNet
from hanrock_sk.estimators.running_losses import NonFiniteLoss

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

    def warn(self, message: str) -> None:
        """Warn of a training without success, and keep what was said."""
        self.warning = message
        warn_of_no_success(message)

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


def warn_of_no_success(message: str) -> None:
    """Warn of a training without success, after it and when such a fit is loaded."""
    warnings.warn(message, ConvergenceWarning, stacklevel=3)


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
