"""The training loop: skorch's, with optimisers and seeds of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from skorch.helper import predefined_split

from hanrock_sk._base.seeding import SEEDING
from hanrock_sk.estimators.batch_end import BatchEnd
from hanrock_sk.estimators.constant_answer import (
    describe_chance,
    loss_of_best_constant,
)
from hanrock_sk.estimators.epoch_end import EpochEnd, StopTraining
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
from hanrock_sk.model.dropout import drawing_from
from hanrock_sk.model.native.waiting import CoreSharing

OPTIMIZERS = {
    "sgd": (torch.optim.SGD, {"momentum": 0.9}),
    "adam": (torch.optim.Adam, {}),
    "adamw": (torch.optim.AdamW, {}),
}


BAG_LR = 10
"""Factor of the learning rate of bags of words."""


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
    try:
        torch.set_flush_denormal(True)
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
    with tiny_is_zero(), CoreSharing() as cores, ExitStack() as drawn:
        net.set_params(train_split=predefined_split(valid) if valid else None)
        if has_callbacks(net):
            with seeded(seed, net.device):
                net.initialize_callbacks()  # which may fit models, on other threads
        with SEEDING, seeded(seed, net.device):
            net.initialize()
            state = torch.get_rng_state()
        _begin(net, data, start)  # which draws nothing, so that nobody need wait
        if valid is not None:
            epoch_end.constant_loss = loss_of_best_constant(net, valid)
        generator = None
        if torch.device(net.device).type == "cpu":
            generator = torch.Generator()
            generator.set_state(state)
        drawn.enter_context(drawing_from(generator))
        if not shares_no_generator(net):
            drawn.enter_context(seeded(seed, net.device))
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
            failed = describe_chance(net, data, epoch_end.history_[-1])
            if failed is not None:
                epoch_end.warn(failed)
        net.notify("on_train_end", X=data, y=None)
    if epoch_end.best_state is not None:
        net.module_.load_state_dict(epoch_end.best_state)
    net.cycle_ = net.average_ = net.module_.weighting = net.estimator = None
    net.callbacks = None  # else trimming empties the list in the user's net_params
    numbers = without_batches(net)
    net.trim_for_prediction()  # which clears the history
    net.history.extend(numbers)


def _begin(net: MultiTaskNet, data: TalkturnData, start: Start | None) -> None:
    """Give the net the weights that its training begins with, instead of drawn ones."""
    start_values_at_median(net, data)
    start_standardised(net, data)
    start_direct_way(net, data)
    start_measured_way(net, data)
    if start:
        begin_with(net.module_, start)
        if net.average_ is not None:
            net.average_.begin()


def shares_no_generator(net: MultiTaskNet) -> bool:
    """Whether a training draws nothing from the generators that all threads share.

    On the CPU dropout has a generator of its own; a user's callbacks have not.
    """
    return torch.device(net.device).type == "cpu" and not has_callbacks(net)


def has_callbacks(net: MultiTaskNet) -> bool:
    """Whether there are callbacks of the user's."""
    return bool(net.callbacks) and net.callbacks != "disable"


def _give_up(problem: NonFiniteLoss, epoch_end: EpochEnd, net: MultiTaskNet) -> None:
    epoch = len(epoch_end.history_) + 1
    message = (
        f"Training stopped in epoch {epoch}: {problem} is not finite. The likely cause "
        f"is a learning rate that is too high (lr={net.lr}); a smaller one, or "
        f"clip_norm (now {net.clip_norm}), should help."
    )
    if epoch_end.best_state is None:
        raise FloatingPointError(message)
    epoch_end.warn(f"{message} The weights of epoch {epoch_end.best_epoch} are kept.")
